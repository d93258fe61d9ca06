"""The table of lines: where its columns stand, how high its rows are, and how they are drawn."""

from dataclasses import dataclass

from billdesk.core.documents import style
from billdesk.core.documents.content import InvoiceContent, LineContent
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.style import MM, Frame, TextStyle
from billdesk.core.documents.text import fit, text_width, wrap

HEAD_RULE = 6.0
ROW_TOP = 6.0
ROW_BOTTOM = 3.2
FIRST_BASELINE = 13.5
CARRIED_HEIGHT = ROW_TOP + style.NAME.leading + ROW_BOTTOM
_DETAIL_BASELINE = 7.4
_NAME_BASELINE = FIRST_BASELINE - ROW_TOP

_DESCRIPTION_LEFT = 8 * MM
_DESCRIPTION_LEAST = 48 * MM
_GAP = 4 * MM
_UNIT_GAP = 2 * MM
# The places of the design, as distances from the right edge; wider figures push leftwards.
_TAX_RIGHT = 22 * MM
_PRICE_RIGHT = 34 * MM
_PRICE_RIGHT_NO_TAX = 26 * MM
_UNIT_LEFT = 64 * MM
_UNIT_MOST = 22 * MM
_DESCRIPTION_GAP = 5 * MM
_QUANTITY_LEAST = 10 * MM


@dataclass(frozen=True, slots=True)
class Columns:
    """Column edges in points; ``figures`` scales the numbers of tables with very wide ones."""

    left: float
    position_width: float
    description: float
    description_width: float
    quantity_right: float
    unit: float
    unit_width: float
    price_right: float
    tax_right: float
    right: float
    figures: float


def measure_columns(frame: Frame, content: InvoiceContent) -> Columns:
    """Place the columns: the design's grid, moved where this document's figures need it."""
    columns = _place(frame, content, 1.0)
    if columns.description_width < _DESCRIPTION_LEAST:
        columns = _place(frame, content, style.SMALLEST / style.CELL.size)
    return columns


def _place(frame: Frame, content: InvoiceContent, figures: float) -> Columns:
    head, lines = content.head, content.lines

    def widest(title: str, texts: list[str], cell: TextStyle) -> float:
        longest = max((text_width(text, cell) for text in texts), default=0.0) * figures
        return max(longest, text_width(title, style.TABLE_HEAD))

    # Numbers fit the design; days, where they stand in their place, push the texts right.
    position = max((text_width(line.position, style.SMALL_CELL) for line in lines), default=0.0)
    position = max(position, _DESCRIPTION_LEFT - MM)
    amount = widest(head.amount, [line.amount for line in lines], style.CELL_AMOUNT)
    price = widest(head.unit_price, [line.unit_price for line in lines], style.CELL)
    quantity = widest(head.quantity, [line.quantity for line in lines], style.CELL)
    unit = widest("", [line.unit for line in lines], style.SMALL_CELL)
    unit = min(unit, _UNIT_MOST)
    tax_right = frame.right - max(_TAX_RIGHT, amount + _GAP)
    price_right = frame.right - max(_PRICE_RIGHT_NO_TAX, amount + _GAP)
    if head.tax:
        tax = widest(head.tax, [line.tax for line in lines], style.SMALL_CELL)
        price_right = min(frame.right - _PRICE_RIGHT, tax_right - tax - _GAP)
    shift = 0.0 if head.tax else _PRICE_RIGHT - _PRICE_RIGHT_NO_TAX
    if not head.amount:
        # No prices at all: quantities stand where amounts would.
        return _without_amounts(frame, quantity, unit, figures)
    description = frame.left + position + MM
    if position > _DESCRIPTION_LEFT - MM:
        description = frame.left + position + _GAP
    unit_left = min(frame.right - _UNIT_LEFT + shift, price_right - price - _GAP - unit)
    quantity_right = unit_left - (_UNIT_GAP if unit else 0.0)
    quantity_left = quantity_right - max(quantity, _QUANTITY_LEAST)
    return Columns(
        left=frame.left,
        position_width=position,
        description=description,
        description_width=quantity_left - _DESCRIPTION_GAP - description,
        quantity_right=quantity_right,
        unit=unit_left,
        unit_width=unit,
        price_right=price_right,
        tax_right=tax_right,
        right=frame.right,
        figures=figures,
    )


def _without_amounts(frame: Frame, quantity: float, unit: float, figures: float) -> Columns:
    unit_left = frame.right - unit
    quantity_right = unit_left - (_UNIT_GAP if unit else 0.0)
    description = frame.left + _DESCRIPTION_LEFT
    quantity_left = quantity_right - max(quantity, _QUANTITY_LEAST)
    return Columns(
        left=frame.left,
        position_width=_DESCRIPTION_LEFT - MM,
        description=description,
        description_width=quantity_left - _DESCRIPTION_GAP - description,
        quantity_right=quantity_right,
        unit=unit_left,
        unit_width=unit,
        price_right=frame.right,
        tax_right=frame.right,
        right=frame.right,
        figures=figures,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: its name and detail broken to the width of their column."""

    line: LineContent
    names: list[str]
    details: list[str]
    units: list[str]

    @property
    def count(self) -> int:
        """How many text lines stand below each other in the description column."""
        return len(self.names) + len(self.details)

    def height(self, start: int, end: int, continued: bool) -> float:
        """Height in points of the text lines from ``start`` up to ``end``, paddings included."""
        names = max(0, min(end, len(self.names)) - start)
        details = end - start - names
        text = names * style.NAME.leading + details * style.DETAIL.leading
        if start == 0:
            text = max(text, len(self.units) * style.SMALL_CELL.leading)
        if continued:
            text += style.DETAIL.leading
        return ROW_TOP + text + ROW_BOTTOM


@dataclass(frozen=True, slots=True)
class RowPart:
    """Text lines ``start`` to ``end`` of a row: the whole row unless it is taller than a page."""

    row: Row
    start: int
    end: int

    @property
    def continued(self) -> bool:
        return self.start > 0

    @property
    def height(self) -> float:
        return self.row.height(self.start, self.end, self.continued)


def measure_rows(content: InvoiceContent, columns: Columns) -> list[Row]:
    """Break every line's texts to its column."""
    limit = columns.description_width
    return [
        Row(
            line,
            wrap(line.name, style.NAME, limit) or [""],
            wrap(line.detail, style.DETAIL, limit),
            wrap(line.unit, style.SMALL_CELL, columns.unit_width + 0.01),
        )
        for line in content.lines
    ]


def draw_head(pen: Pen, baseline: float, content: InvoiceContent, columns: Columns) -> float:
    """Draw the column names; returns the y of the rule below them."""
    head = content.head
    cell = style.TABLE_HEAD
    position = fit(head.position, cell, columns.position_width, style.SMALLEST)
    pen.text(columns.left, baseline, head.position, position)
    pen.text(columns.description, baseline, head.description, cell)
    pen.text_right(columns.quantity_right, baseline, head.quantity, cell)
    pen.text_right(columns.price_right, baseline, head.unit_price, cell)
    if head.tax:
        pen.text_right(columns.tax_right, baseline, head.tax, cell)
    pen.text_right(columns.right, baseline, head.amount, cell)
    rule = baseline + HEAD_RULE
    pen.rule(columns.left, columns.right, rule, 0.75, style.INK)
    return rule


def draw_row(
    pen: Pen, top: float, part: RowPart, content: InvoiceContent, columns: Columns
) -> None:
    """Draw one row, or the part of it that stands on this page, with its hairline."""
    row = part.row
    baseline = top + FIRST_BASELINE
    if part.continued:
        _draw_continuation(pen, top, part, content, columns)
    else:
        number = fit(row.line.position, style.SMALL_CELL, columns.position_width, 6)
        pen.text(columns.left, baseline, row.line.position, number)
        shown = min(part.end, len(row.names))
        for index in range(shown):
            y = baseline + index * style.NAME.leading
            pen.text(columns.description, y, row.names[index], style.NAME)
        _draw_figures(pen, baseline, row, columns)
        y = top + ROW_TOP + shown * style.NAME.leading + _DETAIL_BASELINE
        _draw_details(pen, y, row.details[: part.end - shown], columns)
    pen.rule(columns.left, columns.right, top + part.height, 0.5, style.HAIRLINE)


def _draw_continuation(
    pen: Pen, top: float, part: RowPart, content: InvoiceContent, columns: Columns
) -> None:
    row = part.row
    y = top + ROW_TOP + _DETAIL_BASELINE
    label = content.labels.continued.format(name=row.names[0])
    label_style = style.DETAIL.coloured(style.TEXT)
    pen.text(columns.description, y, label, label_style)
    y = top + ROW_TOP + style.DETAIL.leading
    for name in row.names[part.start : part.end]:
        pen.text(columns.description, y + _NAME_BASELINE, name, style.NAME)
        y += style.NAME.leading
    first = max(0, part.start - len(row.names))
    details = row.details[first : max(0, part.end - len(row.names))]
    _draw_details(pen, y + _DETAIL_BASELINE, details, columns)


def _draw_details(pen: Pen, y: float, details: list[str], columns: Columns) -> None:
    for detail in details:
        pen.text(columns.description, y, detail, style.DETAIL)
        y += style.DETAIL.leading


def _draw_figures(pen: Pen, baseline: float, row: Row, columns: Columns) -> None:
    line = row.line
    cell, small, amount = style.CELL, style.SMALL_CELL, style.CELL_AMOUNT
    tax = small
    if columns.figures != 1.0:
        cell, amount = cell.scaled(columns.figures), amount.scaled(columns.figures)
        tax = small.scaled(columns.figures)
    pen.text_right(columns.quantity_right, baseline, line.quantity, cell)
    for index, unit in enumerate(row.units):
        pen.text(columns.unit, baseline + index * small.leading, unit, small)
    pen.text_right(columns.price_right, baseline, line.unit_price, cell)
    if line.tax:
        pen.text_right(columns.tax_right, baseline, line.tax, tax)
    pen.text_right(columns.right, baseline, line.amount, amount)


def draw_carried(
    pen: Pen, top: float, amount: str, content: InvoiceContent, columns: Columns
) -> None:
    """Draw the row that opens a further page of the table: the sum of the rows before."""
    baseline = top + FIRST_BASELINE
    pen.text(columns.description, baseline, content.labels.carried_forward, style.CARRIED)
    pen.text_right(columns.right, baseline, amount, style.CARRIED)
    pen.rule(columns.left, columns.right, top + CARRIED_HEIGHT, 0.5, style.HAIRLINE)
