"""The blocks at the end of a document: how to pay by transfer or where to sign, and the sums."""

from dataclasses import dataclass

from billdesk.core.documents import style
from billdesk.core.documents.band import draw_code_placeholder
from billdesk.core.documents.content import (
    AcceptanceContent,
    BankContent,
    InvoiceContent,
    Pair,
)
from billdesk.core.documents.pagination import Gap
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.qr import qr_matrix
from billdesk.core.documents.style import MM, Colour, Frame, TextStyle
from billdesk.core.documents.text import fit, text_width, wrap

GAP = Gap(8 * MM, 5 * MM)
# From the bottom of the blocks to the first baseline of the terms.
LEGAL_GAP = Gap(8 * MM, 5.5 * MM)
_TOTALS_WIDTH = 70 * MM
_FIRST_BASELINE = 9.0
_ROW = 14.5
_LABEL_GAP = 3 * MM
_CODE = 30 * MM
_CODE_TOP = 21.0
_PAIR_STEP = 22.6
_PAIR_FIRST = 26.0
_PAIRS_LEFT = 36 * MM
_BLOCK_GAP = 6 * MM
# The lines a customer signs on: from the top of the block, and how wide.
_SIGN_FIRST = 17 * MM
_SIGN_STEP = 16 * MM
_SIGN_WIDTH = 72 * MM
_SIGN_LABEL = 9.0


@dataclass(frozen=True, slots=True)
class _SumRow:
    """One row of the sums.

    ``step`` leads from the baseline above to its own; ``rule`` is the line above it, as distance
    from the baseline above, thickness and colour.
    """

    label: list[str]
    value: str
    label_style: TextStyle
    value_style: TextStyle
    step: float
    rule: tuple[float, float, Colour] | None = None


@dataclass(frozen=True, slots=True)
class _Field:
    """One label of the bank block and the lines below it."""

    label: str
    lines: list[str]
    style: TextStyle

    @property
    def step(self) -> float:
        return _PAIR_STEP + (len(self.lines) - 1) * self.style.leading


@dataclass(frozen=True, slots=True)
class EndBlocks:
    """Both blocks, measured. Heights in points."""

    sums: list[_SumRow]
    sums_height: float
    bank: BankContent | None
    pairs: list[_Field]
    bank_height: float

    @property
    def height(self) -> float:
        return max(self.sums_height, self.bank_height)


def measure_end_blocks(frame: Frame, content: InvoiceContent, accent: Colour) -> EndBlocks:
    """Break the labels of both blocks and sum up their heights."""
    sums = _measure_sums(content, accent)
    bank = content.bank
    pairs: list[_Field] = []
    bank_height = 0.0
    if bank is not None:
        limit = frame.right - _TOTALS_WIDTH - _BLOCK_GAP - _pairs_left(frame, bank)
        for label, value in bank.pairs:
            value_style = fit(value, style.FIELD_VALUE, limit, 7)
            pairs.append(_Field(label, wrap(value, value_style, limit), value_style))
        bank_height = _PAIR_FIRST + sum(field.step for field in pairs) - _PAIR_STEP + 12
        if bank.epc is not None:
            bank_height = max(bank_height, _CODE_TOP + _CODE)
    elif content.acceptance is not None:
        bank_height = _SIGN_FIRST + _SIGN_STEP + _SIGN_LABEL + 3
    return EndBlocks(sums, sum(row.step for row in sums) + 3, bank, pairs, bank_height)


def draw_end_blocks(
    pen: Pen, frame: Frame, top: float, content: InvoiceContent, blocks: EndBlocks
) -> None:
    """Draw the bank block on the left and the sums on the right, on one top line."""
    if blocks.bank is not None:
        _draw_bank(pen, frame, top, content, blocks.bank, blocks.pairs)
    elif content.acceptance is not None:
        _draw_acceptance(pen, frame, top, content.acceptance)
    left = frame.right - _TOTALS_WIDTH
    y = top
    for row in blocks.sums:
        if row.rule is not None:
            above, thickness, colour = row.rule
            pen.rule(left, frame.right, y + above, thickness, colour)
        y += row.step
        baseline = y - (len(row.label) - 1) * row.label_style.leading
        for index, line in enumerate(row.label):
            pen.text(left, baseline + index * row.label_style.leading, line, row.label_style)
        pen.text_right(frame.right, baseline, row.value, row.value_style)


def _measure_sums(content: InvoiceContent, accent: Colour) -> list[_SumRow]:
    totals = content.totals
    if totals is None:
        return []
    plain = (style.TOTAL_LABEL, style.TOTAL_VALUE)
    rows = [
        _sum_row(pair, plain, _ROW if index else _FIRST_BASELINE, None)
        for index, pair in enumerate(totals.rows)
    ]
    grand = (style.GRAND_LABEL, style.GRAND_VALUE)
    if totals.total is not None:
        first = (_FIRST_BASELINE + 1, None)
        step, rule = (22.0, (7.8, 0.75, style.INK)) if rows else first
        rows.append(_sum_row(totals.total, grand, step, rule))
    rows.extend(
        _sum_row(pair, plain, _ROW if index else 16.0, None)
        for index, pair in enumerate(totals.rows_after)
    )
    due = (style.GRAND_LABEL, style.DUE_VALUE.coloured(accent))
    step, rule = (27.0, (8.6, 1.5, accent)) if rows else (_FIRST_BASELINE + 9, None)
    rows.append(_sum_row(totals.due, due, step, rule))
    return rows


def _sum_row(
    pair: Pair,
    styles: tuple[TextStyle, TextStyle],
    step: float,
    rule: tuple[float, float, Colour] | None,
) -> _SumRow:
    label, value = pair
    label_style, value_style = styles
    value_style = fit(value, value_style, _TOTALS_WIDTH * 0.62, 7.5)
    limit = _TOTALS_WIDTH - text_width(value, value_style) - _LABEL_GAP
    label_style = fit(label, label_style, limit, 7.5)
    lines = wrap(label, label_style, limit)
    step += (len(lines) - 1) * label_style.leading
    return _SumRow(lines, value, label_style, value_style, step, rule)


def _pairs_left(frame: Frame, bank: BankContent) -> float:
    return frame.left + (_PAIRS_LEFT if bank.epc is not None else 0.0)


def _draw_bank(
    pen: Pen,
    frame: Frame,
    top: float,
    content: InvoiceContent,
    bank: BankContent,
    pairs: list[_Field],
) -> None:
    pen.text(frame.left, top + _FIRST_BASELINE, bank.heading, style.SECTION)
    if bank.epc is not None and content.draft:
        # A code without the number would be paid without anybody knowing what for.
        pen.box(frame.left, top + _CODE_TOP, _CODE, _CODE, style.TINT, 1.2 * MM)
        draw_code_placeholder(pen, frame.left, top + _CODE_TOP, _CODE, content)
    elif bank.epc is not None:
        pen.qr(frame.left, top + _CODE_TOP, _CODE, qr_matrix(bank.epc))
    left = _pairs_left(frame, bank)
    y = top + _PAIR_FIRST
    for field in pairs:
        pen.text(left, y, field.label, style.FIELD_LABEL)
        for index, line in enumerate(field.lines):
            pen.text(left, y + 10 + index * field.style.leading, line, field.style)
        y += field.step


def _draw_acceptance(pen: Pen, frame: Frame, top: float, words: AcceptanceContent) -> None:
    pen.text(frame.left, top + _FIRST_BASELINE, words.heading, style.SECTION)
    pen.text(frame.left, top + _FIRST_BASELINE + 12, words.note, style.TOTAL_LABEL)
    y = top + _SIGN_FIRST
    for label in (words.place_and_date, words.signature):
        pen.rule(frame.left, frame.left + _SIGN_WIDTH, y, 0.5, style.INK)
        pen.text(frame.left, y + _SIGN_LABEL, label, style.FIELD_LABEL)
        y += _SIGN_STEP
