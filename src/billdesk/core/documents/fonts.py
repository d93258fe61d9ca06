"""The bundled fonts: registered once, measured here, and chosen per run of text here.

reportlab knows no fallback: a character its font lacks silently becomes ``.notdef``. So every
text passes ``runs``, which never lets one through.
"""

from collections.abc import Iterator
from functools import cache
from threading import Lock

from billdesk.core.documents.style import Weight
from billdesk.resources import locate

# Drawn in place of a character that no bundled font has: seen at once, never dropped.
SUBSTITUTE = "\N{WHITE SQUARE}"

_registering = Lock()


class _Widths(dict[str, float]):
    """Advance widths at size 1; a character that is missing is as wide as its substitute."""

    def __missing__(self, character: str) -> float:
        return self[SUBSTITUTE]


@cache
def _load(weight: Weight) -> tuple[_Widths, frozenset[str]]:
    # Slow to import, and the first list is shown without it.
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _registering:
        # Flate streams are binary anyway; ASCII85 on top costs a quarter of size and some time.
        rl_config.useA85 = 0
        if weight.value not in pdfmetrics.getRegisteredFontNames():
            path = locate(f"fonts/{weight.value}.ttf")
            pdfmetrics.registerFont(
                TTFont(weight.value, str(path), asciiReadable=0, shapable=False)
            )
        font = pdfmetrics.getFont(weight.value)
        widths = _Widths((chr(code), width / 1000) for code, width in font.face.charWidths.items())
        # reportlab writes a no-break space as a plain one.
        widths["\N{NO-BREAK SPACE}"] = widths[" "]
        covered = frozenset(chr(code) for code in font.face.charToGlyph if 0x20 <= code <= 0xFFFF)
        return widths, covered


def covered(weight: Weight = Weight.REGULAR) -> frozenset[str]:
    """The characters a weight can draw (the three weights are cut alike)."""
    return _load(weight)[1]


def width(text: str, weight: Weight, size: float) -> float:
    """Advance width in points, without tracking."""
    return sum(map(_load(weight)[0].__getitem__, text)) * size


def runs(text: str, weight: Weight) -> Iterator[tuple[str, str]]:
    """Split ``text`` into (font name, text) runs that can be drawn as they are.

    One family covers Latin, Greek, Cyrillic and Vietnamese, so there is one run; a character it
    lacks is replaced by the visible substitute. Other scripts get their fonts here.
    """
    known = covered(weight)
    if text.isascii() or known.issuperset(text):
        yield weight.value, text
        return
    yield (
        weight.value,
        "".join(character if character in known else SUBSTITUTE for character in text),
    )
