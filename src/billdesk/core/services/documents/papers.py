"""Papers that are no invoices: delivery notes, receipts and statements of account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from billdesk.core.db.tables import Allocation, Customer, Document, Payment
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.documents.formatting import Formatter, formatter
from billdesk.core.domain.actions import Action
from billdesk.core.domain.crediting import everything
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import RECEIVED
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot, SnapshotPayment
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.sql.customer_group import refuse_merged
from billdesk.core.queries.statements import read_statement
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.steps.documents import frozen_document, require
from billdesk.core.services.steps.issue import announce
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.papers import Paper, amount_line, make_paper
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting


@dataclass(frozen=True, slots=True)
class DeliveryInput:
    """What is delivered of an invoice or quote: quantities by line (0 is the first), or all."""

    document_id: int
    quantities: Mapping[int, Decimal] | None = None
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class StatementInput:
    """Whose account, and over which days; an empty currency is the company's."""

    customer_id: int
    first_on: date
    last_on: date
    currency: str = ""


class PaperService:
    """Make delivery notes, receipts and statements; each is issued as it is made."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def deliver(self, given: DeliveryInput) -> Issued:
        """A delivery note without prices for an invoice or a quote.

        Raises ``UserError`` with the field, ``NotAllowed`` where nothing can be delivered.
        """
        check_day(given.delivered_on, "delivered_on")
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.DELIVERY_NOTE)
            source = load(tx, Document, given.document_id)
            require(tx, Action.DELIVER, source)
            content = read_draft(tx.connection, tx.company_id, source.id)
            draft = replace(
                content,
                issued_on=None,
                due_on=None,
                terms_days=None,
                valid_until=None,
                discount=None,
                service_from=given.delivered_on,
                service_to=None,
                introduction="",
                terms="",
                online_payment=False,
                cash_step_minor=0,
                lines=_delivered(content, frozen_document(tx, source.id), given.quantities),
                adjustments=(),
                deposit_ids=(),
            )
            paper = Paper(
                DocumentKind.DELIVERY_NOTE, draft, DocumentReferenceKind.DELIVERS, (source.id,)
            )
            return _issue(tx, load(tx, Customer, source.customer_id or 0), paper)

    @use_case
    def receipt(self, payment_id: int) -> Issued:
        """Confirm to the customer that a payment has come in.

        Raises ``NotAllowed`` for money that has not, or that came from nobody known.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.RECEIPT)
            payment = load(tx, Payment, payment_id)
            if payment.state not in RECEIVED:
                raise NotAllowed("A receipt is for money that has been received.")
            if payment.customer_id is None:
                raise NotAllowed("Say first which customer this money came from.")
            customer = load(tx, Customer, payment.customer_id)
            return _issue(tx, customer, _receipt(tx, customer, payment))

    @use_case
    def statement(self, given: StatementInput) -> Issued:
        """A customer's account over a period: movements, running balance, what is late.

        Raises ``UserError`` with the field.
        """
        check_day(given.first_on, "first_on")
        check_day(given.last_on, "last_on")
        if given.last_on < given.first_on:
            raise UserError("The period ends before it begins.", field="last_on")
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.STATEMENT)
            customer = load(tx, Customer, given.customer_id)
            refuse_merged(tx.connection, tx.company_id, customer.id)
            currency = given.currency or company_row(tx).currency
            scale = exponent(currency)
            found = read_statement(
                tx.connection, tx.company_id, customer.id, currency, given.first_on, given.last_on
            )
            words = _words(tx, customer)
            text = words.labels.kinds.closing_balance

            def finish(snapshot: Snapshot) -> Snapshot:
                return replace(snapshot, statement=found)

            paper = Paper(
                DocumentKind.STATEMENT,
                InvoiceDraft(
                    currency=currency,
                    subject=words.period(given.first_on, given.last_on),
                    lines=(amount_line(text, found.closing_minor, scale),),
                ),
                finish=finish,
            )
            return _issue(tx, customer, paper)


def _issue(tx: Transaction, customer: Customer, paper: Paper) -> Issued:
    document, sha256 = make_paper(tx, customer, paper)
    announce(tx, document, sha256)
    return Issued.of(document)


def _words(tx: Transaction, customer: Customer) -> Formatter:
    language = customer.language or read_setting(tx, InvoiceDefaults).language
    return formatter(language, read_setting(tx, CompanyProfile).address.country)


def _delivered(
    content: InvoiceDraft, frozen: Snapshot, quantities: Mapping[int, Decimal] | None
) -> tuple[LineDraft, ...]:
    """The lines of a delivery note: no price, no tax. Refuses more than the document has."""
    wanted = everything(frozen) if quantities is None else quantities
    for index, quantity in wanted.items():
        if not 0 <= index < len(content.lines):
            raise UserError("The document has no such line.", field="lines")
        whole = content.lines[index].quantity
        lowest, highest = sorted((whole, Decimal(0)))
        if not quantity.is_finite() or not lowest <= quantity <= highest:
            raise UserError(
                f"Of line {index + 1}, {whole.normalize():f} can be delivered.",
                field=f"lines.{index}.quantity",
            )
    lines = tuple(
        replace(
            content.lines[index],
            quantity=wanted[index],
            unit_price=Decimal(0),
            tax_rate_ids=(),
            adjustments=(),
        )
        for index in sorted(wanted)
        if wanted[index] > 0
    )
    if not lines:
        raise UserError("Choose what is delivered.", field="quantities")
    return lines


def _receipt(tx: Transaction, customer: Customer, payment: Payment) -> Paper:
    rows = tx.connection.execute(
        select(Allocation.document_id, Allocation.minor).where(
            Allocation.company_id == tx.company_id, Allocation.payment_id == payment.id
        )
    ).all()
    settled: dict[int, int] = {}
    for row in rows:
        settled[row.document_id] = settled.get(row.document_id, 0) + row.minor
    settled = {one: minor for one, minor in sorted(settled.items()) if minor}
    words = _words(tx, customer)
    scale = exponent(payment.currency)
    lines = [
        amount_line(
            words.labels.kinds.payment_for.format(number=load(tx, Document, one).number),
            minor,
            scale,
        )
        for one, minor in settled.items()
    ]
    rest = payment.amount_minor - sum(settled.values())
    if rest:
        lines.append(amount_line(words.labels.kinds.on_account, rest, scale))
    facts = SnapshotPayment(payment.received_on, payment.method, payment.reference)

    def finish(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, payment=facts)

    draft = InvoiceDraft(
        currency=payment.currency, exchange_rate=payment.exchange_rate, lines=tuple(lines)
    )
    return Paper(
        DocumentKind.RECEIPT, draft, DocumentReferenceKind.RECEIPT_FOR, tuple(settled), finish
    )
