"""The look of printed documents: sizes, colours and paper, all lengths in points from the top.

A point is 1/72 inch. The grid is DIN 5008 form B where it can be, so that the address shows in
the window of an envelope.
"""

from dataclasses import dataclass
from enum import Enum

from billdesk.core.domain.snapshot import Paper

MM = 72 / 25.4

Colour = tuple[float, float, float]


def colour(text: str) -> Colour:
    """``#RRGGBB`` as red, green, blue from 0 to 1. Raises ``ValueError`` for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"not a colour: {text!r}")
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (red, green, blue)


INK = colour("#0F172A")
TEXT = colour("#334155")
MUTED = colour("#64748B")
MUTED_ON_TINT = colour("#475569")
HAIRLINE = colour("#E2E8F0")
TINT = colour("#F1F5F9")
WHITE = colour("#FFFFFF")
WATERMARK = colour("#EEF2F7")
WARNING = colour("#92400E")
WARNING_TINT = colour("#FEF3C7")


class Weight(Enum):
    """The three cuts that ship; the value is the name reportlab knows the cut by."""

    REGULAR = "BillDeskSans-Regular"
    MEDIUM = "BillDeskSans-Medium"
    SEMIBOLD = "BillDeskSans-SemiBold"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is set; ``size``, ``leading`` and ``tracking`` in points."""

    weight: Weight
    size: float
    colour: Colour
    leading: float = 0.0
    tracking: float = 0.0

    def scaled(self, factor: float) -> "TextStyle":
        """The same style, smaller or larger."""
        return TextStyle(
            self.weight,
            self.size * factor,
            self.colour,
            self.leading * factor,
            self.tracking * factor,
        )

    def coloured(self, other: Colour) -> "TextStyle":
        """The same style in another colour."""
        return TextStyle(self.weight, self.size, other, self.leading, self.tracking)


SMALLEST = 6.5

TITLE = TextStyle(Weight.SEMIBOLD, 26, INK, tracking=-0.6)
NUMBER = TextStyle(Weight.MEDIUM, 10, MUTED)
FIRM = TextStyle(Weight.SEMIBOLD, 14, INK, 16.5)
CLAIM = TextStyle(Weight.REGULAR, 7.5, MUTED, 10)
SENDER = TextStyle(Weight.REGULAR, 6.5, MUTED, 8.5)
RECIPIENT = TextStyle(Weight.SEMIBOLD, 10.5, INK, 13)
ADDRESS = TextStyle(Weight.REGULAR, 9.5, TEXT, 13)
BUYER_ID = TextStyle(Weight.REGULAR, 7.5, MUTED, 10)
META_LABEL = TextStyle(Weight.REGULAR, 8, MUTED)
META_VALUE = TextStyle(Weight.MEDIUM, 8.5, INK, 11)
BAND_LABEL = TextStyle(Weight.REGULAR, 8, MUTED_ON_TINT)
HERO = TextStyle(Weight.SEMIBOLD, 20, INK, tracking=-0.3)
DUE_DATE = TextStyle(Weight.SEMIBOLD, 12, INK)
BUTTON = TextStyle(Weight.SEMIBOLD, 9.5, WHITE)
PLACEHOLDER = TextStyle(Weight.REGULAR, 6.5, MUTED_ON_TINT, 8)
SECTION = TextStyle(Weight.SEMIBOLD, 9.5, INK, 13)
BODY = TextStyle(Weight.REGULAR, 9, TEXT, 13)
TABLE_HEAD = TextStyle(Weight.MEDIUM, 7.5, MUTED)
NAME = TextStyle(Weight.MEDIUM, 9, INK, 11.5)
DETAIL = TextStyle(Weight.REGULAR, 7.5, MUTED, 9.8)
CELL = TextStyle(Weight.REGULAR, 9, TEXT, 11.5)
SMALL_CELL = TextStyle(Weight.REGULAR, 8, MUTED, 11.5)
CELL_AMOUNT = TextStyle(Weight.MEDIUM, 9, INK, 11.5)
CARRIED = TextStyle(Weight.REGULAR, 8, MUTED)
TOTAL_LABEL = TextStyle(Weight.REGULAR, 8.5, MUTED, 11)
TOTAL_VALUE = TextStyle(Weight.MEDIUM, 9, INK)
GRAND_LABEL = TextStyle(Weight.SEMIBOLD, 10.5, INK, 13)
GRAND_VALUE = TextStyle(Weight.SEMIBOLD, 10.5, INK)
DUE_VALUE = TextStyle(Weight.SEMIBOLD, 15, INK, tracking=-0.2)
FIELD_LABEL = TextStyle(Weight.REGULAR, 6.5, MUTED)
FIELD_VALUE = TextStyle(Weight.MEDIUM, 8.5, INK, 10.5)
TERMS = TextStyle(Weight.REGULAR, 7.5, MUTED, 11)
FOOTER = TextStyle(Weight.REGULAR, 6.5, MUTED, 9)
FOOTER_PAGE = TextStyle(Weight.MEDIUM, 6.5, MUTED, 9)
RUNNING_FIRM = TextStyle(Weight.SEMIBOLD, 9, INK)
RUNNING_NUMBER = TextStyle(Weight.REGULAR, 8, MUTED)
TEST_MARK = TextStyle(Weight.SEMIBOLD, 8.5, WARNING)
DRAFT_MARK = TextStyle(Weight.SEMIBOLD, 130, WATERMARK, tracking=4)


@dataclass(frozen=True, slots=True)
class Frame:
    """One paper size: page and content edges in points from the top-left corner."""

    width: float
    height: float
    left: float
    right: float
    footer_rule: float

    @property
    def content_width(self) -> float:
        return self.right - self.left


FRAMES = {
    Paper.A4: Frame(210 * MM, 297 * MM, 20 * MM, 190 * MM, 276 * MM),
    Paper.LETTER: Frame(612, 792, 20 * MM, 196 * MM, 258 * MM),
}
# Text ends this far above the footer's rule.
FOOTER_GAP = 6 * MM
