"""Colours, type and the style sheet, from data files; switched while the window is open."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from billdesk.resources import locate

FAMILY = "BillDesk Sans"
FONT_FILES = ("BillDeskSans-Regular.ttf", "BillDeskSans-Medium.ttf", "BillDeskSans-SemiBold.ttf")
BODY_PX = 13
# Type sizes of the specification, in pixels at 100 %.
SIZES = {"caps": 11, "meta": 12, "body": BODY_PX, "section": 15, "title": 20, "kpi": 24}
PILL_KINDS = ("ok", "warn", "bad", "info", "part", "neutral")
_OBJECT_NAME = "billdesk-theme"
_PLACEHOLDER = re.compile(r"@([a-z0-9_.]+)(?::(\d+))?@")


class ThemeMode(StrEnum):
    """What the user chose in Settings, Appearance."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {
    ThemeMode.SYSTEM: Qt.ColorScheme.Unknown,
    ThemeMode.LIGHT: Qt.ColorScheme.Light,
    ThemeMode.DARK: Qt.ColorScheme.Dark,
}


def load_tokens(name: str) -> dict[str, str]:
    """All colours of a theme file as flat names: ``muted``, ``pill.ok.fg``, ``chart.0``.

    Raises:
        OSError, tomllib.TOMLDecodeError: the file is missing or damaged.
    """
    data: Mapping[str, Any] = tomllib.loads(locate(f"themes/{name}.toml").read_text("utf-8"))
    tokens = {str(key): str(value) for key, value in data["color"].items()}
    for kind in PILL_KINDS:
        tokens[f"pill.{kind}.fg"] = str(data["pill"][kind]["fg"])
        tokens[f"pill.{kind}.bg"] = str(data["pill"][kind]["bg"])
    for position, value in enumerate(data["chart"]["series"]):
        tokens[f"chart.{position}"] = str(value)
    return tokens


def fill_template(template: str, values: Mapping[str, str], scale: float) -> str:
    """Fill ``@token@`` with a value and ``@px:12@`` with a length at the given text scale.

    Raises:
        KeyError: the template names a token that the theme lacks.
    """

    def replace(match: re.Match[str]) -> str:
        name, length = match.group(1), match.group(2)
        if name == "px" and length is not None:
            return f"{round(int(length) * scale)}px"
        return values[name]

    return _PLACEHOLDER.sub(replace, template)


def system_text_scale(system_font: QFont) -> float:
    """How much larger than 13 px the user's own system font is; never smaller than 1."""
    ratio = QFontInfo(system_font).pixelSize() / BODY_PX
    # Desktops differ by a pixel for the same intent; only a deliberate enlargement counts.
    return 1.0 if ratio < 1.1 else min(ratio, 2.0)


class Theme(QObject):
    """The look of the application. One per QApplication: see :func:`theme_of`."""

    themeChanged = Signal()

    def __init__(self, application: QApplication, mode: ThemeMode = ThemeMode.SYSTEM) -> None:
        super().__init__(application)
        self.setObjectName(_OBJECT_NAME)
        self._application = application
        self._mode = mode
        self._template = locate("themes/billdesk.qss").read_text("utf-8")
        self._name = ""
        self._tokens: dict[str, str] = {}
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int], QFont] = {}
        self._scale = system_text_scale(application.font())
        self._family = _load_fonts() or application.font().family()
        application.setStyle("Fusion")
        application.setFont(self.font("body"))
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self.set_mode(mode)

    @property
    def mode(self) -> ThemeMode:
        """The user's choice."""
        return self._mode

    @property
    def name(self) -> str:
        """The theme on screen: ``light`` or ``dark``."""
        return self._name

    @property
    def is_dark(self) -> bool:
        return self._name == "dark"

    @property
    def text_scale(self) -> float:
        """Factor of the user's system font over 13 px."""
        return self._scale

    def set_mode(self, mode: ThemeMode) -> None:
        """Switch to System, Light or Dark at once."""
        self._mode = mode
        hints = self._application.styleHints()
        hints.setColorScheme(_SCHEMES[mode])
        if mode is ThemeMode.SYSTEM:
            self._follow(hints.colorScheme())
        else:
            # Platforms without a scheme of their own do not report the change.
            self._apply(mode.value)

    def color(self, token: str) -> QColor:
        """A colour by its token, e.g. ``muted``, ``pill.bad.fg``, ``chart.0``.

        Raises:
            KeyError: no such token.
        """
        return self._colors[token]

    def pill(self, kind: str) -> tuple[QColor, QColor]:
        """Text and fill colour of a pill kind (``ok warn bad info part neutral``)."""
        return self._colors[f"pill.{kind}.fg"], self._colors[f"pill.{kind}.bg"]

    def series(self, position: int) -> QColor:
        """Colour of a chart series; repeats after the fourth."""
        return self._colors[f"chart.{position % 4}"]

    def px(self, length: int) -> int:
        """A length of the specification at the user's text size."""
        return round(length * self._scale)

    def font(self, size: str = "body", weight: int = 400) -> QFont:
        """The bundled font in a size of the scale (``caps meta body section title kpi``)."""
        key = (size, weight)
        found = self._fonts.get(key)
        if found is None:
            found = QFont(self._family)
            found.setPixelSize(self.px(SIZES[size]))
            found.setWeight(QFont.Weight(weight))
            if size == "caps":
                found.setCapitalization(QFont.Capitalization.AllUppercase)
            self._fonts[key] = found
        # A copy: callers may change theirs (QFont is implicitly shared, so this is cheap).
        return QFont(found)

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply("dark" if scheme == Qt.ColorScheme.Dark else "light")

    def _apply(self, name: str) -> None:
        if name == self._name:
            return
        self._name = name
        self._tokens = load_tokens(name)
        self._colors = {token: QColor(value) for token, value in self._tokens.items()}
        self._application.setPalette(self._palette())
        values = self._tokens | {"family": self._family, "icons": locate("icons").as_posix()}
        self._application.setStyleSheet(fill_template(self._template, values, self._scale))
        self.themeChanged.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        roles = {
            role.Window: "window",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "hover",
            role.Text: "text",
            role.PlaceholderText: "muted",
            role.Button: "surface",
            role.ButtonText: "text",
            role.BrightText: "pill.bad.fg",
            role.Highlight: "accent",
            role.HighlightedText: "accent_text",
            role.Accent: "accent",
            role.Link: "link",
            role.LinkVisited: "link",
            role.ToolTipBase: "toast",
            role.ToolTipText: "toast_text",
            role.Light: "surface",
            role.Midlight: "hover",
            role.Mid: "line",
            role.Dark: "control_border",
            role.Shadow: "shadow",
        }
        palette = QPalette()
        for item, token in roles.items():
            palette.setColor(item, self.color(token))
        for item in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, item, self.color("disabled"))
        return palette


def _load_fonts() -> str | None:
    """Register the bundled cuts; None when they are not there (the system font serves)."""
    loaded = False
    for name in FONT_FILES:
        path = locate(f"fonts/{name}")
        if path.is_file():
            loaded = QFontDatabase.addApplicationFont(str(path)) >= 0 or loaded
    return FAMILY if loaded else None


def theme_of(application: QApplication, mode: ThemeMode) -> Theme:
    """The one theme of the application in the given mode, made when there is none yet."""
    theme = application.findChild(Theme, _OBJECT_NAME)
    if theme is None:
        return Theme(application, mode)
    theme.set_mode(mode)
    return theme


def current_theme() -> Theme:
    """The theme of the running application.

    A look-up on the application object, like its palette and font: the look is the one thing
    every widget shares, and threading it through each constructor would say nothing.

    Raises:
        RuntimeError: no theme has been made yet.
    """
    application = QApplication.instance()
    theme = application.findChild(Theme, _OBJECT_NAME) if application else None
    if theme is None:
        raise RuntimeError("no theme: ask theme_of(application) before the first widget")
    return theme
