"""The table in a bank's CSV export: banks put lines above and below it, and use old encodings."""

import csv
import io
from dataclasses import dataclass

from billdesk.core.domain.bank_csv import BankCsvMapping, known_columns
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.bank.decoding import decode
from billdesk.core.services.importing.csv_reading import DELIMITERS, Row, read_table
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.importing.problems import Problems

# Lines above the header that banks write: account, period, balance, notes.
_MOST_ABOVE = 40
# Cells of the header that must be names banks use, so that no line above is taken for it.
_LEAST_KNOWN = 2


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The header and rows; ``Row.line`` counts within the whole file, from 1."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def csv_table(file: ImportFile, mapping: BankCsvMapping | None = None) -> CsvTable:
    """The table in ``file``: the first line with all columns of ``mapping``, or of known names.

    Raises ``UserError`` when there is none or a row cannot be read.
    """
    lines = decode(file.data)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    above = _header_at(lines, mapping)
    if above is None:
        raise UserError(
            f"{file.name} has no line that names its columns as expected. Export it again, or "
            "choose the columns.",
            field="file",
        )
    text = "\n".join(_without_footer(lines[above:]))
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


def _named(header: list[str]) -> tuple[str, ...]:
    """With a name for each column that has none; some banks leave that of the direction out."""
    return tuple(cell or f"Column {number}" for number, cell in enumerate(header, 1))


def _cells(line: str) -> list[str]:
    delimiter = max(DELIMITERS, key=line.count)
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []


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
