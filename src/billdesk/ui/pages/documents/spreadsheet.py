"""Lines from rows copied out of a spreadsheet or another program's table."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

from billdesk.ui.number_entry import NumberEntryError, parse_number

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A row as it was copied; what is not there is None."""

    name: str
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None


def looks_like_rows(text: str) -> bool:
    """Whether the text is more than one cell: a tab, or a line break inside it."""
    return "\t" in text.strip("\r\n") or "\n" in text.strip()


def parse_rows(text: str, locale: str) -> list[PastedLine]:
    """Rows of tab-separated cells, in the order they are written.

    The first cell is the description. Of the cells that are numbers the first is the quantity
    and the second the price; a single number is the price. A word after the description is the
    unit. Headings (rows whose number cells hold words) and empty rows are left out.
    """
    table = [
        [cell.strip() for cell in cells] for cells in csv.reader(io.StringIO(text), delimiter="\t")
    ]
    rows = [cells for cells in table if any(cells)][:MOST_ROWS]
    has_numbers = any(_numbers(cells[1:], locale) for cells in rows)
    lines = []
    for position, cells in enumerate(rows):
        numbers = _numbers(cells[1:], locale)
        if position == 0 and len(rows) > 1 and has_numbers and not numbers:
            continue
        words = [cell for cell in cells[1:] if cell and _number(cell, locale) is None]
        quantity = numbers[0] if len(numbers) > 1 else None
        price = numbers[1] if len(numbers) > 1 else numbers[0] if numbers else None
        if price is not None and price < 0:
            # Prices carry no minus sign; a deduction is a negative quantity.
            quantity, price = -(quantity if quantity is not None else Decimal(1)), -price
        lines.append(PastedLine(cells[0], quantity, words[0] if words else "", price))
    return lines


def _numbers(cells: list[str], locale: str) -> list[Decimal]:
    found = (_number(cell, locale) for cell in cells)
    return [number for number in found if number is not None]


def _number(cell: str, locale: str) -> Decimal | None:
    try:
        return parse_number(cell, locale)
    except NumberEntryError:
        return None
