"""What every page carries: footer, running head, fold marks and the marks of drafts and tests."""

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, hypot

from billdesk.core.documents import style
from billdesk.core.documents.content import SEPARATOR, InvoiceContent
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.style import FOOTER_GAP, MM, Frame
from billdesk.core.documents.text import fit, shorten, text_width, wrap

_RUNNING_BASELINE = 17 * MM
_FIRST_LINE = 12.5
_COLUMNS = (0.0, 46 * MM, 88 * MM)
_COLUMN_GAP = 4 * MM
_PAGE_ROOM = 20 * MM
_USUAL_LINES = 3
_FOLD_MARKS = ((105 * MM, 4 * MM), (148.5 * MM, 3 * MM), (210 * MM, 4 * MM))
_FOLD_LEFT = 4 * MM
_TEST_TOP = 5 * MM
_TEST_HEIGHT = 5.8 * MM


@dataclass(frozen=True, slots=True)
class Footer:
    """The footer's columns, broken to their widths, and where its rule stands."""

    columns: tuple[list[str], list[str], list[str]]
    rule: float

    @property
    def limit(self) -> float:
        """Where the text of a page ends, in points from the top."""
        return self.rule - FOOTER_GAP


def measure_footer(frame: Frame, content: InvoiceContent) -> Footer:
    """Break the footer's lines; more than the usual three push its rule upwards."""
    edges = (*(frame.left + offset for offset in _COLUMNS), frame.right - _PAGE_ROOM)
    widths = [right - left - _COLUMN_GAP for left, right in pairwise(edges)]
    address, contact, register = content.footer
    # Tax number and VAT id share a line where it is wide enough for both.
    both = SEPARATOR.join(content.tax_ids)
    ids = (both,) if text_width(both, style.FOOTER) <= widths[2] else content.tax_ids
    first, second, third = (
        [line for text in texts for line in wrap(text, style.FOOTER, width)]
        for texts, width in zip((address, contact, (*register, *ids)), widths, strict=True)
    )
    most = max(len(first), len(second), len(third), _USUAL_LINES)
    rule = frame.footer_rule - (most - _USUAL_LINES) * style.FOOTER.leading
    return Footer((first, second, third), rule)


def draw_footer(
    pen: Pen, frame: Frame, content: InvoiceContent, footer: Footer, page: int, pages: int
) -> None:
    """Draw the firm's data and "Page n of N" at the foot of a page."""
    pen.rule(frame.left, frame.right, footer.rule, 0.5, style.HAIRLINE)
    for offset, lines in zip(_COLUMNS, footer.columns, strict=True):
        y = footer.rule + _FIRST_LINE
        for line in lines:
            pen.text(frame.left + offset, y, line, style.FOOTER)
            y += style.FOOTER.leading
    last = max(*map(len, footer.columns), _USUAL_LINES) - 1
    text = content.labels.page.format(page=page, pages=pages)
    y = footer.rule + _FIRST_LINE + last * style.FOOTER.leading
    pen.text_right(frame.right, y, text, style.FOOTER_PAGE)


def draw_running_head(pen: Pen, frame: Frame, content: InvoiceContent) -> None:
    """Draw firm, number and date at the top of a continuation page."""
    number = fit(content.running, style.RUNNING_NUMBER, frame.content_width / 2, style.SMALLEST)
    room = frame.content_width - text_width(content.running, number) - 8 * MM
    firm = shorten(content.firm, style.RUNNING_FIRM, room)
    pen.text(frame.left, _RUNNING_BASELINE, firm, style.RUNNING_FIRM)
    pen.text_right(frame.right, _RUNNING_BASELINE, content.running, number)


def draw_fold_marks(pen: Pen) -> None:
    """Draw the fold and hole marks of DIN 5008 form B."""
    for y, length in _FOLD_MARKS:
        pen.rule(_FOLD_LEFT, _FOLD_LEFT + length, y, 0.4, style.HAIRLINE)


def draw_draft_mark(pen: Pen, frame: Frame, content: InvoiceContent) -> None:
    """Write the word for draft across the page, so light that everything stays readable."""
    word = content.labels.draft.upper()
    room = hypot(frame.width, frame.height) * 0.62
    mark = fit(word, style.DRAFT_MARK, room, 40)
    angle = degrees(atan2(frame.height, frame.width))
    pen.watermark(frame.width / 2, frame.height / 2, angle, word, mark)


def draw_test_mark(pen: Pen, frame: Frame, content: InvoiceContent) -> None:
    """Say at the top of the page that this is no real invoice."""
    text = content.labels.test_mark
    pen.box(frame.left, _TEST_TOP, frame.content_width, _TEST_HEIGHT, style.WARNING_TINT, 1.5 * MM)
    pen.box(
        frame.left,
        _TEST_TOP,
        frame.content_width,
        _TEST_HEIGHT,
        style.WARNING,
        1.5 * MM,
        outline=0.8,
    )
    mark = fit(text, style.TEST_MARK, frame.content_width - 8 * MM, style.SMALLEST)
    baseline = _TEST_TOP + _TEST_HEIGHT / 2 + mark.size * 0.36
    pen.text_centred(frame.width / 2, baseline, text, mark)
