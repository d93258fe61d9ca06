"""What to ask before a bank's CSV export can be read, and with which answers to begin."""

from dataclasses import dataclass

from billdesk.core.domain.bank_csv import BankCsvMapping, BankImport, propose
from billdesk.core.domain.errors import UserError
from billdesk.core.services.banking.csv_statement import ColumnProblem, read_csv_statement
from billdesk.core.services.banking.csv_table import CsvTable, csv_table
from billdesk.core.services.importing.files import ImportFile

# Rows a proposal is made from and shown with.
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class CsvProposal:
    """A CSV file no saved mapping reads: its columns, some rows, and a first guess to look at.

    ``problem`` says what did not fit of the mapping kept for this bank; empty for a new bank.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: BankCsvMapping
    problem: str = ""


def proposal_for(file: ImportFile, saved: BankImport) -> CsvProposal | None:
    """What to ask about ``file``; ``None`` when a saved mapping reads it.

    Raises ``UserError`` when there is no table in it or nothing booked.
    """
    fitting = fitting_mapping(file, saved)
    if fitting is not None:
        try:
            read_csv_statement(file, fitting)
        except ColumnProblem as problem:
            table = csv_table(file, fitting)
            return CsvProposal(table.header, _sample(table), fitting, str(problem))
        return None
    table = csv_table(file)
    guess = propose(table.header, _sample(table))
    nearest = saved.nearest(table.header)
    if nearest is None:
        return CsvProposal(table.header, _sample(table), guess)
    gone = ", ".join(f"“{one}”" for one in nearest.columns if one not in table.header)
    return CsvProposal(
        table.header,
        _sample(table),
        nearest.renamed(table.header, guess),
        f"The columns kept for “{nearest.name}” do not fit: {file.name} has no column {gone}.",
    )


def fitting_mapping(file: ImportFile, saved: BankImport) -> BankCsvMapping | None:
    """The saved mapping whose columns ``file`` has; the most particular one."""
    for mapping in saved.mappings:
        try:
            header = csv_table(file, mapping).header
        except UserError:
            continue
        return saved.fitting(header)
    return None


def _sample(table: CsvTable) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.fields) for row in table.rows[:_SAMPLE])
