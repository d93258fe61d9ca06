"""Use cases about bank statements."""

from dataclasses import dataclass

from sqlalchemy import select

from billdesk.core.db.tables import BankLine, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.bank_csv import BankCsvMapping, BankImport, check_mapping
from billdesk.core.domain.bank_suggestions import SAFE_CONFIDENCE, Suggestion
from billdesk.core.domain.banking import (
    Booked,
    Decision,
    Ignored,
    LineState,
    Receipt,
    Recorded,
    RecordedRefund,
    decision_of,
)
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import BankChanged, CompanyChanged
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.texts import clean_line
from billdesk.core.gateways.bank.facts import StatementFacts, StatementFormat
from billdesk.core.gateways.bank.reading import format_of, read_statements
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.bank_explaining import BY_HAND, LINE_COLUMNS, BankExplainer
from billdesk.core.services.banking.booking import book, unbook
from billdesk.core.services.banking.csv_proposal import (
    CsvProposal,
    fitting_mapping,
    proposal_for,
)
from billdesk.core.services.banking.csv_statement import read_csv_statement
from billdesk.core.services.banking.receiving import receive, take_back
from billdesk.core.services.banking.statement_import import ImportedStatement, import_statements
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.steps.bank_lines import line_of, reopen
from billdesk.core.services.steps.rows import load, load_company
from billdesk.core.services.steps.settings import read_setting, write_setting

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class ConfirmedLines:
    """What was confirmed together; ``left`` lines are still open."""

    confirmed: int
    left: int


class BankService:
    """Import statements, decide what their lines are, undo."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def mapping_needed(self, file: ImportFile) -> CsvProposal | None:
        """What to ask before ``file`` can be imported; ``None`` when it can be read.

        Raises ``UserError`` when it is no bank statement at all.
        """
        if format_of(file.data) is not StatementFormat.CSV:
            return None
        return proposal_for(file, self._saved())

    def import_file(
        self, file: ImportFile, mapping: BankCsvMapping | None = None
    ) -> ImportedStatement:
        """Take a statement into the books; the same file, or the same line, only once.

        ``mapping`` is for CSV; without one a saved mapping that fits is used. Raises ``UserError``
        when the file is damaged or incomplete, or no mapping fits.
        """
        return self._write_statements(file, self._facts(file, mapping))

    def import_mapped(self, file: ImportFile, mapping: BankCsvMapping) -> ImportedStatement:
        """Import a CSV file by ``mapping`` and keep that for the next file of this bank.

        A mapping the file cannot be read by is not kept. Raises ``UserError``.
        """
        statements = self._facts(file, mapping)
        self.save_mapping(mapping)
        return self._write_statements(file, statements)

    @use_case
    def _write_statements(
        self, file: ImportFile, statements: tuple[StatementFacts, ...]
    ) -> ImportedStatement:
        with self._uow.write() as tx:
            # Imports take turns: what another desk brings in meanwhile must be known here.
            load_company(tx)
            imported = import_statements(tx, file, statements)
            tx.tell(BankChanged(tx.company_id))
            return imported

    @use_case
    def save_mapping(self, mapping: BankCsvMapping) -> None:
        """Keep how a bank's CSV is read, by its name. Raises ``UserError``."""
        name = clean_line(mapping.name, "name", 80)
        if not name:
            raise UserError("Name the bank, so that the choice can be kept.", field="name")
        checked = check_mapping(mapping)
        with self._uow.write() as tx:
            write_setting(tx, read_setting(tx, BankImport).keeping(checked))
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def decide(self, line_id: int, version: int, decision: Decision) -> None:
        """Say what an open line is, and do it.

        Raises ``StaleVersion`` when another desk changed the line, ``NotAllowed`` when it is
        decided already, ``UserError`` when the decision does not fit the books.
        """
        with self._uow.write() as tx:
            line = load(tx, BankLine, line_id, version=version)
            _decide(tx, line, decision)

    @use_case
    def confirm_all(self, confidence: int = SAFE_CONFIDENCE) -> ConfirmedLines:
        """Confirm the best suggestion of every open line that is at least so sure.

        Of two lines that would settle the same invoice only the first is confirmed: what the
        other is has to be looked at again. Raises ``UserError`` below 50 %.
        """
        if not 50 <= confidence <= 100:
            raise UserError("Confirm together from 50 % to 100 %.", field="confidence")
        with self._uow.write() as tx:
            rows = tx.connection.execute(
                select(*LINE_COLUMNS)
                .where(BankLine.company_id == tx.company_id, BankLine.state == LineState.OPEN.value)
                .order_by(BankLine.booked_on, BankLine.id)
            ).all()
            found = BankExplainer(tx.connection, tx.company_id, tx.today).explain(rows)
            touched: set[object] = set()
            confirmed = 0
            for row in rows:
                best = found[row.id][0] if found[row.id] else None
                if best is None or best.confidence < confidence or touched & _touches(best):
                    continue
                touched |= _touches(best)
                _decide(tx, load(tx, BankLine, row.id), decision_of(best), best)
                confirmed += 1
            return ConfirmedLines(confirmed, len(rows) - confirmed)

    @use_case
    def undo(self, line_id: int) -> None:
        """Open a line again and take back everything its decision did. Raises ``NotAllowed``."""
        with self._uow.write() as tx:
            line = load(tx, BankLine, line_id)
            state = LineState(line.state)
            if state is LineState.OPEN:
                raise NotAllowed("This line is open already.")
            if state is LineState.MATCHED and line.payment_id is not None:
                take_back(tx, load(tx, Payment, line.payment_id))
            elif state is LineState.BOOKED:
                unbook(tx, line)
            reopen(tx, line)

    def _facts(
        self, file: ImportFile, mapping: BankCsvMapping | None
    ) -> tuple[StatementFacts, ...]:
        if format_of(file.data) is not StatementFormat.CSV:
            return read_statements(file.data)
        mapping = mapping or fitting_mapping(file, self._saved())
        if mapping is None:
            raise UserError(
                f"“{file.name}” is a CSV file whose columns are not known yet. Import it in the "
                "window once and choose them there.",
                field="file",
            )
        return read_csv_statement(file, mapping)

    def _saved(self) -> BankImport:
        with self._uow.read() as connection:
            return stored_setting(connection, self._uow.company_id, BankImport)


def _touches(suggestion: Suggestion) -> set[object]:
    """What else no second line may be about."""
    documents: set[object] = {("document", part.document_id) for part in suggestion.parts}
    target = {(suggestion.kind, suggestion.target_id)} if suggestion.target_id else set()
    return documents | target


def _decide(
    tx: Transaction, line: BankLine, decision: Decision, suggestion: Suggestion | None = None
) -> None:
    if line.state != LineState.OPEN:
        raise NotAllowed("This line is decided already; undo that first.")
    line.bookings += 1
    if isinstance(decision, Receipt):
        line.payment_id = receive(tx, line, decision).id
        line.state = LineState.MATCHED.value
    elif isinstance(decision, Recorded):
        payment = load(tx, Payment, decision.payment_id)
        _recognise(tx, line, payment)
        line.payment_id = payment.id
        line.state = LineState.RECOGNISED.value
    elif isinstance(decision, RecordedRefund):
        refund = load(tx, Refund, decision.refund_id)
        _recognise(tx, line, refund)
        line.refund_id = refund.id
        line.state = LineState.RECOGNISED.value
    elif isinstance(decision, Booked):
        book(tx, line, decision.account_id)
        line.state = LineState.BOOKED.value
    else:
        line.note = clean_line(decision.reason, "reason", LONGEST_NOTE)
        line.state = LineState.IGNORED.value
    line.updated_at = tx.now
    after = {
        "decision": decision,
        "confidence": suggestion.confidence if suggestion else None,
        "reason": suggestion.reason if suggestion else None,
    }
    tx.audit(_ACTIONS[type(decision)], f"bank_line:{line.uid}", after=after)
    tx.tell(BankChanged(tx.company_id))


_ACTIONS: dict[type, str] = {
    Receipt: "bank.matched",
    Recorded: "bank.recognised",
    RecordedRefund: "bank.recognised",
    Booked: "bank.booked",
    Ignored: "bank.ignored",
}


def _recognise(tx: Transaction, line: BankLine, money: Payment | Refund) -> None:
    """Check that ``line`` is ``money`` that was recorded by hand. Raises ``UserError``."""
    what = "payment" if isinstance(money, Payment) else "refund"
    if money.state != PaymentState.SUCCEEDED or money.method not in set(BY_HAND):
        raise UserError(f"This {what} was not recorded by hand, or was undone.", field=what)
    if _moved(money) != (line.minor, line.currency):
        raise UserError(f"The {what} has another amount than the line.", field=what)
    if line_of(tx, money) is not None:
        raise UserError(f"Another line of the bank is this {what} already.", field=what)


def _moved(money: Payment | Refund) -> tuple[int, str]:
    """What the bank saw, in its currency; a refund is negative."""
    if isinstance(money, Payment):
        if money.received_minor is None:
            return money.amount_minor, money.currency
        return money.received_minor, money.received_currency or money.currency
    if money.paid_minor is None:
        return -money.minor, money.currency
    return -money.paid_minor, money.paid_currency or money.currency
