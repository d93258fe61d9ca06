"""The cuts of the bundled fonts: what they cover, and that figures line up in columns."""

import pytest
from fontTools.ttLib import TTFont

from billdesk.core.documents.fonts import SUBSTITUTE, covered, runs, width
from billdesk.core.documents.style import Weight
from billdesk.resources import locate

EVERY_WEIGHT = pytest.mark.parametrize("weight", list(Weight))


@EVERY_WEIGHT
def test_digits_are_one_width(weight: Weight) -> None:
    assert len({width(digit, weight, 1000) for digit in "0123456789"}) == 1


@EVERY_WEIGHT
@pytest.mark.parametrize(
    "sample",
    [
        "The quick brown fox – “jumps” … ÄÖÜäöüß ÀÉÎÕÇ Æøå",
        "ĄĆĘŁŃÓŚŹŻ ĂÂÎȘȚ ČĎĚŇŘŠŤŮŽ ĞİŞ ẞ Ə",
        "Αλφα Ωμέγα ϊ Ϋ",
        "Щъёлкни Їжак ўЎ ЏЉЊ",
        "Tiếng Việt ằẵặẻẽịọỹ",
        "€ £ ¥ ₹ ₺ ₽ ₩ ₪ ₫ ₴ ₦ ₱ ₿ ₡ ₲ ₸",
        "\N{MINUS SIGN}\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{THIN SPACE}\N{EN DASH}’",
        "← → ↑ ↓ ✓ ✗ № ™ ½ ≤ ≥ ≈ • ■ □ ★",
    ],
)
def test_covers_the_scripts_it_promises(weight: Weight, sample: str) -> None:
    assert set(sample) <= covered(weight)


@EVERY_WEIGHT
def test_is_a_family_of_its_own_without_layout_tables(weight: Weight) -> None:
    font = TTFont(locate(f"fonts/{weight.value}.ttf"))
    names = {font["name"].getDebugName(16), font["name"].getDebugName(1)}
    assert "BillDesk Sans" in names
    assert font["name"].getDebugName(6) == weight.value
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert not {"GSUB", "GPOS", "fpgm", "prep"} & set(font.keys())


def test_the_licence_ships_with_the_fonts() -> None:
    text = locate("fonts/OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in text
    assert "Copyright 2016 The Inter Project Authors" in text


def test_a_run_never_contains_a_character_its_font_lacks() -> None:
    text = "Tōkyō 東京 €"
    drawn = "".join(part for _, part in runs(text, Weight.REGULAR))
    assert drawn == f"Tōkyō {SUBSTITUTE * 2} €"
    assert width(text, Weight.REGULAR, 9) == width(drawn, Weight.REGULAR, 9)
