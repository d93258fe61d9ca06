"""The table in a bank's CSV export: banks put lines above and below it, and use old encodings."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from billdesk.core.domain.bank_csv import BankCsvMapping, holds_day, known_columns
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.bank.decoding import decode
from billdesk.core.services.importing.csv_reading import DELIMITERS, Row, read_table
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.importing.problems import Problems

# Lines above the header that banks write: account, period, balance, notes.
_MOST_ABOVE = 40
# Cells of the header that must be names banks use, so that no line above is taken for it.
_LEAST_KNOWN = 2
# Cells a line needs to be one of a table at all: a day and an amount.
_LEAST_CELLS = 2
# What a column is called that the file gives no name.
_UNNAMED = "Column {}"
_UNNAMED_COLUMN = re.compile(r"Column \d+")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The header and rows; ``Row.line`` counts within the whole file, from 1."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def csv_table(file: ImportFile, mapping: BankCsvMapping | None = None) -> CsvTable:
    """The table in ``file``: from the line with all columns of ``mapping``, or of known names.

    Without ``mapping`` a file no names are known of is taken by its shape; when it begins with
    its first movement, its columns are called “Column 1” and so on. Raises ``UserError`` when
    there is no table or a row cannot be read.
    """
    lines = decode(file.data)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    above = _header_at(lines, mapping)
    given = 0
    if above is None:
        above = _shape_at(lines)
        nameless = above is not None and holds_day(_cells(lines[above]))
        if above is None or (mapping is not None and not (nameless and _is_nameless(mapping))):
            raise UserError(
                f"{file.name} has no line that names its columns as expected. Export it again, or "
                "choose the columns.",
                field="file",
            )
        if nameless:
            lines.insert(above, _names_for(lines[above]))
            given = 1
    text = "\n".join(_without_footer(lines[above:]))
    above -= given
    problems = Problems()
    table = read_table(ImportFile(file.name, text.encode()), problems)
    if problems.count:
        first = problems.kept[0]
        where = f"{file.name}, line {first.line + above}" if first.line else file.name
        raise UserError(f"{where}: {first.reason}", field="file")
    if table is None:
        raise UserError(f"{file.name} is empty.", field="file")
    rows = tuple(Row(row.line + above, row.fields) for row in table.rows)
    return CsvTable(_named(table.header), rows)


def _header_at(lines: list[str], mapping: BankCsvMapping | None) -> int | None:
    best, most = None, _LEAST_KNOWN - 1
    for number, line in enumerate(lines[:_MOST_ABOVE]):
        cells = [cell.strip() for cell in _cells(line)]
        if mapping is not None:
            if set(mapping.columns) <= set(_named(cells)):
                return number
        elif known_columns(cells) > most:
            best, most = number, known_columns(cells)
    return best


def _shape_at(lines: list[str]) -> int | None:
    """The first line that is filled like most lines are wide; None where nothing is a table."""
    rows = [_cells(line) for line in lines[:_MOST_ABOVE]]
    widths = Counter(len(cells) for cells in rows if len(cells) >= _LEAST_CELLS)
    if not widths:
        return None
    width = widths.most_common(1)[0][0]
    for number, cells in enumerate(rows):
        filled = sum(1 for cell in cells if cell.strip())
        if len(cells) == width and filled >= max(_LEAST_CELLS, (width + 1) // 2):
            return number
    return None


def _is_nameless(mapping: BankCsvMapping) -> bool:
    return all(_UNNAMED_COLUMN.fullmatch(column) for column in mapping.columns)


def _names_for(line: str) -> str:
    names = (_UNNAMED.format(number) for number in range(1, len(_cells(line)) + 1))
    return _delimiter(line).join(names)


def _named(header: list[str]) -> tuple[str, ...]:
    """With a name for each column that has none; some banks leave that of the direction out."""
    return tuple(cell or _UNNAMED.format(number) for number, cell in enumerate(header, 1))


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=_delimiter(line)), [])
    except csv.Error:
        return []


def _delimiter(line: str) -> str:
    # Outside quotation marks, as the table is read.
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _without_footer(lines: list[str]) -> list[str]:
    """Up to the first empty line after which no line has as many cells as the header."""
    width = len(_cells(lines[0]))
    inside_quotes = False
    for number, line in enumerate(lines):
        if not inside_quotes and not line.strip():
            rest = [one for one in lines[number:] if one.strip()]
            if not any(len(_cells(one)) == width for one in rest):
                return lines[:number]
        inside_quotes ^= line.count('"') % 2 == 1
    return lines
