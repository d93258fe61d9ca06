import re

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from billdesk.resources import locate
from billdesk.ui.icons import current_icons, render_icon
from billdesk.ui.theme import (
    PILL_KINDS,
    Theme,
    ThemeMode,
    current_theme,
    fill_template,
    load_tokens,
)

TEXT, CONTROL = 4.5, 3.0
# (foreground, background, least WCAG ratio)
FLOORS = [
    *((text, ground, TEXT) for text in ("text", "text2", "muted", "link")
      for ground in ("surface", "window", "selected")),
    ("muted", "sunken", TEXT),
    ("accent_text", "accent", TEXT),
    ("accent_text", "accent_hover", TEXT),
    ("danger_text", "danger", TEXT),
    ("danger_text", "danger_hover", TEXT),
    ("toast_text", "toast", TEXT),
    ("accent", "surface", CONTROL),
    ("control_border", "surface", CONTROL),
    ("control_border", "window", CONTROL),
    ("focus", "surface", CONTROL),
    ("focus", "window", CONTROL),
    *((f"pill.{kind}.fg", f"pill.{kind}.bg", TEXT) for kind in PILL_KINDS),
    *((f"pill.{kind}.fg", "surface", TEXT) for kind in PILL_KINDS),
    *((f"chart.{n}", "surface", TEXT) for n in range(4)),
]  # fmt: skip


def luminance(color: str) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (int(color[n : n + 2], 16) for n in (1, 3, 5))
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_formula_agrees_with_the_known_extremes():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "floor"), FLOORS)
def test_colours_keep_their_contrast_floor(name: str, front: str, ground: str, floor: float):
    tokens = load_tokens(name)
    assert contrast(tokens[front], tokens[ground]) >= floor


def test_both_themes_define_the_same_tokens_as_plain_colours():
    light, dark = load_tokens("light"), load_tokens("dark")
    assert light.keys() == dark.keys()
    for value in (*light.values(), *dark.values()):
        assert re.fullmatch(r"#[0-9A-F]{6}", value)


def test_style_sheet_fills_from_either_theme_without_a_rest():
    template = locate("themes/billdesk.qss").read_text("utf-8")
    for name in ("light", "dark"):
        filled = fill_template(template, load_tokens(name) | {"icons": "/x"}, 1.5)
        assert "@" not in filled
        assert "font-size: 18px" in filled  # 12 px at 150 %


def test_template_with_an_unknown_token_is_refused():
    with pytest.raises(KeyError, match="colour_of_hope"):
        fill_template("color: @colour_of_hope@", {}, 1.0)


def test_theme_switches_palette_style_sheet_and_tells_once(qapp: QApplication, theme: Theme, qtbot):
    assert not theme.is_dark
    with qtbot.waitSignal(theme.themeChanged):
        theme.set_mode(ThemeMode.DARK)
    assert theme.is_dark
    dark = load_tokens("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(dark["window"])
    assert dark["surface"] in qapp.styleSheet()
    with qtbot.assertNotEmitted(theme.themeChanged):
        theme.set_mode(ThemeMode.DARK)


def test_system_mode_follows_what_the_desktop_says(qapp: QApplication, theme: Theme):
    theme.set_mode(ThemeMode.SYSTEM)
    assert theme.mode is ThemeMode.SYSTEM
    assert theme.name in ("light", "dark")


def test_bundled_font_with_semibold_is_in_use(theme: Theme):
    label = QLabel("0123")
    assert theme.font("body", 600).family() == "BillDesk Sans"
    assert label.font().family() == "BillDesk Sans"


def test_digits_are_tabular(theme: Theme):
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.font("body"))
    assert len({round(metrics.horizontalAdvance(digit * 10), 3) for digit in "0123456789"}) == 1


def test_every_icon_draws_in_the_colour_asked_for(qapp: QApplication):
    names = sorted(path.stem for path in locate("icons").glob("*.svg"))
    assert len(names) > 30
    for name in names:
        # Drawn in colours of their own.
        if name.startswith("control-") or name == "billdesk":
            continue
        image = render_icon(name, QColor("#123456"), 20, 2.0).toImage()
        assert (image.width(), image.devicePixelRatio()) == (40, 2.0)
        colors = {
            image.pixelColor(x, y).name()
            for x in range(40)
            for y in range(40)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert colors == {"#123456"}, name


def test_icon_cache_is_emptied_with_the_theme(theme: Theme):
    icons = current_icons()
    assert icons is current_icons()
    light = icons.pixmap("home", "text")
    assert icons.pixmap("home", "text") is light
    theme.set_mode(ThemeMode.DARK)
    assert icons.pixmap("home", "text") is not light


def test_unknown_icon_and_token_are_refused(theme: Theme):
    with pytest.raises(KeyError):
        current_icons().pixmap("no-such-icon")
    with pytest.raises(KeyError):
        current_theme().color("no-such-token")
