"""The import as one use case: read and check everything, then write all of it or nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import Imported
from billdesk.core.domain.settings import InvoiceDefaults
from billdesk.core.services.importing.columns import FileKind
from billdesk.core.services.importing.csv_reading import read_table
from billdesk.core.services.importing.customers import add_customers
from billdesk.core.services.importing.files import ImportFile, ImportFiles
from billdesk.core.services.importing.history import HistoryWriter
from billdesk.core.services.importing.invoices import Company, Plan, Planner
from billdesk.core.services.importing.items import add_items
from billdesk.core.services.importing.lines import LineReader, by_invoice
from billdesk.core.services.importing.options import ImportOptions, ImportReport
from billdesk.core.services.importing.problems import Problems
from billdesk.core.services.importing.records import Record, Records, read_records
from billdesk.core.services.importing.references import key_of, refuse_twins
from billdesk.core.services.importing.tax_rates import TaxRates
from billdesk.core.services.importing.values import ValueReader
from billdesk.core.services.steps.numbers import lock_series, series_of
from billdesk.core.services.steps.settings import company_row, read_setting

CHUNK = 500
FileRecords = Mapping[FileKind, Records]


class _TakeBack(Exception):
    """Leaves the transaction without a trace."""


class ImportService:
    """Bring customers, items and invoices from CSV files into the books."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def run(self, files: ImportFiles, options: ImportOptions | None = None) -> ImportReport:
        """Import ``files`` in one transaction; with any problem nothing is written.

        Problems in the files are in the report, never raised. Raises ``UserError`` for options
        that cannot be used.
        """
        options = options or ImportOptions()
        _check_files(files)
        mapping = options.mapping
        reader = ValueReader(
            options.locale or mapping.locale, options.date_format or mapping.date_format
        )
        problems = Problems()
        records: dict[FileKind, Records] = {}
        complete = True
        for kind, file in _given(files).items():
            table = read_table(file, problems)
            if table is not None:
                complete = complete and table.complete
                records[kind] = read_records(kind, table, mapping, reader, problems)
        report = ImportReport(written=False)
        if not complete:
            # Checking the rest against rows that were never read takes long and misleads.
            return _with_problems(report, files, problems)
        try:
            with self._uow.write() as tx:
                report = _write(tx, files, records, options, reader, problems)
                if options.dry_run or problems.count:
                    raise _TakeBack
                tx.tell(Imported(tx.company_id))
        except _TakeBack:
            return _with_problems(report, files, problems)
        return replace(report, written=True)


def _with_problems(report: ImportReport, files: ImportFiles, problems: Problems) -> ImportReport:
    order = {file.name: i for i, file in enumerate(_given(files).values())}
    kept = sorted(problems.kept, key=lambda p: (order.get(p.file, 0), p.line))
    return replace(report, problems=tuple(kept), problem_count=problems.count)


def _check_files(files: ImportFiles) -> None:
    if files.lines is not None and files.invoices is None:
        raise UserError("Lines are imported together with their invoices.", field="invoices")
    if not _given(files):
        raise UserError("Choose at least one file to import.", field="customers")


def _given(files: ImportFiles) -> dict[FileKind, ImportFile]:
    chosen = {
        FileKind.CUSTOMERS: files.customers,
        FileKind.ITEMS: files.items,
        FileKind.INVOICES: files.invoices,
        FileKind.LINES: files.lines,
    }
    return {kind: file for kind, file in chosen.items() if file is not None}


def _write(
    tx: Transaction,
    files: ImportFiles,
    records: FileRecords,
    options: ImportOptions,
    reader: ValueReader,
    problems: Problems,
) -> ImportReport:
    lock_series(tx, DocumentKind.INVOICE)
    mapping = options.mapping
    rates = TaxRates(tx, reader, create=mapping.create_tax_rates)
    customers = add_customers(tx, records.get(FileKind.CUSTOMERS))
    items = add_items(tx, records.get(FileKind.ITEMS), rates)
    plans: list[Plan] = []
    invoices = records.get(FileKind.INVOICES)
    # A file of lines that could not be read at all would only cause problems everywhere.
    if invoices is not None and (files.lines is None) == (FileKind.LINES not in records):
        planner = Planner(
            _company(tx),
            invoices,
            records.get(FileKind.LINES),
            customers,
            LineReader(items, rates),
            mapping.drafts,
        )
        plans = _plans(tx, planner)
    if problems.count == 0:
        HistoryWriter(tx, rates.taxes).write(plans)
    report = _report(records, plans, rates.created)
    if problems.count == 0:
        tx.audit("import.finished", "import", after=report)
    return report


def _company(tx: Transaction) -> Company:
    row = company_row(tx)
    return Company(row.currency, tx.today, row.locked_through, read_setting(tx, InvoiceDefaults))


def _plans(tx: Transaction, planner: Planner) -> list[Plan]:
    invoices = planner.invoices
    refused = refuse_twins(invoices, "number")
    _refuse_known_numbers(tx, invoices)
    lines_of: Mapping[int, Sequence[Record]] = {}
    if planner.lines is not None:
        by_key = {key_of(record, "number"): record for record in reversed(invoices.rows)}
        by_key.pop("", None)
        lines_of = by_invoice(planner.lines, by_key)
    # A later row with the same key owns no lines; that it is a twin has been said.
    return list(planner.plans(lines_of, refused))


def _refuse_known_numbers(tx: Transaction, invoices: Records) -> None:
    """Report numbers the books have already."""
    series = series_of(tx, DocumentKind.INVOICE)
    by_number = {record.text("number"): record for record in invoices.rows}
    by_number.pop("", None)
    numbers = list(by_number)
    for start in range(0, len(numbers), CHUNK):
        taken = tx.connection.scalars(
            select(Document.number).where(
                Document.company_id == tx.company_id,
                Document.series_id == series.id,
                Document.number.in_(numbers[start : start + CHUNK]),
            )
        )
        for number in taken:
            if number is not None:
                reason = f"invoice {number} is in the books already."
                invoices.report(by_number[number], "number", reason)


def _report(records: FileRecords, plans: Sequence[Plan], tax_rates: int) -> ImportReport:
    history = [plan for plan in plans if plan.number is not None]
    totals: dict[str, int] = defaultdict(int)
    for plan in history:
        totals[plan.totals.currency] += plan.totals.total_minor

    def rows(kind: FileKind) -> int:
        return len(records[kind].rows) if kind in records else 0

    return ImportReport(
        written=False,
        customers=rows(FileKind.CUSTOMERS),
        items=rows(FileKind.ITEMS),
        invoices=len(history),
        drafts=len(plans) - len(history),
        lines=rows(FileKind.LINES),
        payments=sum(1 for plan in history if plan.paid_minor),
        tax_rates=tax_rates,
        totals=tuple(sorted(totals.items())),
        ignored=tuple(
            f"{one.file}: {column}" for one in records.values() for column in one.ignored
        ),
    )
