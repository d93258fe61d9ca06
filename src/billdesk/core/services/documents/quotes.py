"""Quotes: their answer, and the invoices made from them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.documents.formatting import Formatter, formatter
from billdesk.core.domain.actions import Action
from billdesk.core.domain.crediting import Quantities, credit, everything
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import QuoteChanged
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.shares import share_lines, share_of_total
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.domain.totals import PriceMode
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.sql.new_draft import new_draft
from billdesk.core.services.documents.results import Saved
from billdesk.core.services.steps.deposits import deducting
from billdesk.core.services.steps.documents import frozen_document, require
from billdesk.core.services.steps.new_drafts import begin_draft
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.quotes import (
    Billing,
    asked_minor,
    billings_of,
    recompute_quote,
)
from billdesk.core.services.steps.references import refer
from billdesk.core.services.steps.rows import load


@dataclass(frozen=True, slots=True)
class BillInput:
    """Which part of a quote to invoice: lines, a percentage or an amount; none: what is left.

    ``quantities`` by the line's index (0 is the first); ``amount_minor`` includes tax.
    """

    quote_id: int
    quantities: Mapping[int, Decimal] | None = None
    percent: Decimal | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class DepositInput:
    """What to ask for in advance: a percentage of the quote, or an amount including tax."""

    quote_id: int
    percent: Decimal | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class QuoteLeft:
    """What of a quote is still to be invoiced; amounts in minor units of its currency.

    ``asked_minor`` was asked for in advance and is not deducted yet. ``quantities`` by the line's
    index; ``None`` where shares were invoiced, which have no lines.
    """

    left_minor: int
    asked_minor: int
    quantities: Mapping[int, Decimal] | None


class QuoteService:
    """Answer quotes and turn them into invoices. Written, issued and voided as invoices are."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def accept(self, quote_id: int, note: str = "") -> None:
        """The customer takes the quote, an expired one as well. Raises ``NotAllowed``."""
        self._answer(quote_id, Action.ACCEPT, note)

    @use_case
    def decline(self, quote_id: int, note: str = "") -> None:
        """The customer does not take the quote. Raises ``NotAllowed``."""
        self._answer(quote_id, Action.DECLINE, note)

    @use_case
    def undo_answer(self, quote_id: int) -> None:
        """Take the recorded answer back. Raises ``NotAllowed`` once it has been invoiced."""
        self._answer(quote_id, Action.UNDO_ANSWER, "")

    @use_case
    def left(self, quote_id: int) -> QuoteLeft:
        """What can still be invoiced of a quote. Nothing is changed. Raises ``NotFound``."""
        with self._uow.write() as tx:
            quote = load(tx, Document, quote_id)
            billed = billings_of(tx, quote)
            counted = [one.quantities for one in billed if one.minor]
            quantities = None
            if all(counted):
                quantities = _less(everything(frozen_document(tx, quote.id)), counted)
            left = quote.total_minor - quote.invoiced_minor
            return QuoteLeft(left, asked_minor(tx, billed), quantities)

    @use_case
    def convert(self, quote_id: int) -> Saved:
        """Draft an invoice over all that is left of a quote.

        Where deposits were billed, it is the final invoice that deducts them. Raises
        ``NotAllowed`` while one of them is not paid.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.FINAL_INVOICE)
            lock_series(tx, DocumentKind.INVOICE)
            quote = _quote(tx, quote_id, Action.BILL)
            deposits = _open_deposits(tx, quote)
            kind = DocumentKind.FINAL_INVOICE if deposits else DocumentKind.INVOICE
            return _bill(tx, quote, BillInput(quote_id), kind, deposits)

    @use_case
    def bill(self, given: BillInput) -> Saved:
        """Draft an invoice over a part of a quote, until all of it is invoiced.

        Raises ``UserError`` with the field for more than is left, ``NotAllowed``.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.INVOICE)
            quote = _quote(tx, given.quote_id, Action.BILL)
            return _bill(tx, quote, given, DocumentKind.INVOICE, ())

    @use_case
    def take_deposit(self, given: DepositInput) -> Saved:
        """Draft a deposit invoice for a quote, taxed as the quote is.

        Raises ``UserError`` with the field for more than is left, ``NotAllowed``.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.DEPOSIT_INVOICE)
            quote = _quote(tx, given.quote_id, Action.TAKE_DEPOSIT)
            frozen = frozen_document(tx, quote.id)
            billed = billings_of(tx, quote)
            left = quote.total_minor - quote.invoiced_minor - asked_minor(tx, billed)
            share = share_of_total(quote.total_minor, given.percent, given.amount_minor, left)
            words = _words(frozen).labels.kinds.deposit_on_quote
            text = words.format(number=frozen.number)
            draft = _share_draft(tx, quote, frozen, share, text)
            document = begin_draft(tx, DocumentKind.DEPOSIT_INVOICE, draft)
            refer(tx, document, DocumentReferenceKind.BILLS_QUOTE, [quote.id])
            tx.tell(QuoteChanged(tx.company_id, quote.id))
            return Saved(document.id, document.version)

    def _answer(self, quote_id: int, action: Action, note: str) -> None:
        note = clean_paragraphs(note, "note").strip()
        with self._uow.write() as tx:
            quote = load(tx, Document, quote_id)
            require(tx, action, quote)
            quote.accepted_at = tx.now if action is Action.ACCEPT else None
            quote.declined_at = tx.now if action is Action.DECLINE else None
            quote.updated_at = tx.now
            words = {
                Action.ACCEPT: "quote.accepted",
                Action.DECLINE: "quote.declined",
                Action.UNDO_ANSWER: "quote.answer_undone",
            }
            tx.audit(words[action], f"document:{quote.uid}", after={"note": note})
            tx.tell(QuoteChanged(tx.company_id, quote.id))


def _quote(tx: Transaction, quote_id: int, action: Action) -> Document:
    quote = load(tx, Document, quote_id)
    require(tx, action, quote)
    return quote


def _bill(
    tx: Transaction,
    quote: Document,
    given: BillInput,
    kind: DocumentKind,
    deposits: tuple[Document, ...],
) -> Saved:
    frozen = frozen_document(tx, quote.id)
    standing = billings_of(tx, quote)
    billed = [one for one in standing if one.minor]
    draft, minor, quantities = _part(tx, quote, frozen, given, billed)
    left = quote.total_minor - quote.invoiced_minor
    if not deposits and minor > left - asked_minor(tx, standing):
        raise NotAllowed(
            "That is more than is left besides the deposits asked for this quote; turn the rest "
            "into a final invoice, which deducts them."
        )
    draft = replace(draft, deposit_ids=tuple(one.id for one in deposits))
    document = begin_draft(tx, kind, draft)
    refer(tx, document, DocumentReferenceKind.BILLS_QUOTE, [quote.id], minor, quantities)
    recompute_quote(tx, quote)
    return Saved(document.id, document.version)


def _part(
    tx: Transaction, quote: Document, frozen: Snapshot, given: BillInput, billed: list[Billing]
) -> tuple[InvoiceDraft, int, str]:
    """The draft of the part, how much of the quote's total that is, and its lines as JSON."""
    named = [
        given.quantities is not None,
        given.percent is not None,
        given.amount_minor is not None,
    ]
    if sum(named) > 1:
        raise UserError("Invoice lines, a percentage or an amount.", field="percent")
    left = quote.total_minor - quote.invoiced_minor
    by_lines = all(one.quantities for one in billed)
    if given.quantities is None and (any(named) or not by_lines):
        share = left
        if any(named):
            share = share_of_total(quote.total_minor, given.percent, given.amount_minor, left)
        return _share_draft(tx, quote, frozen, share, _share_text(frozen, share)), share, ""
    if not by_lines:
        raise NotAllowed("A share of this quote has been invoiced; invoice another or the rest.")
    before = [one.quantities for one in billed]
    quantities = given.quantities
    if quantities is None:
        quantities = _less(everything(frozen), before)
    part = credit(frozen, quantities, before)
    if not part.positions:
        raise UserError("Choose what to invoice.", field="quantities")
    content = read_draft(tx.connection, tx.company_id, quote.id)
    lines = tuple(
        replace(content.lines[index], quantity=line.quantity, adjustments=line.adjustments)
        for index, line in zip(part.positions, part.lines, strict=True)
    )
    draft = replace(_begin(tx, quote, content), lines=lines, adjustments=part.adjustments)
    stored = {str(index): str(quantities[index]) for index in part.positions}
    return draft, part.totals.total_minor, json.dumps(stored, sort_keys=True)


def _share_text(frozen: Snapshot, share_minor: int) -> str:
    words = _words(frozen)
    percent = Decimal(share_minor) * 100 / Decimal(frozen.total_minor)
    rounded = round(percent, 2)
    if round(rounded * frozen.total_minor / 100) != share_minor:
        return words.labels.kinds.part_of_quote.format(number=frozen.number)
    shown = words.percent(rounded.normalize())
    return words.labels.kinds.share_of_quote.format(percent=shown, number=frozen.number)


def _share_draft(
    tx: Transaction, quote: Document, frozen: Snapshot, share_minor: int, text: str
) -> InvoiceDraft:
    content = read_draft(tx.connection, tx.company_id, quote.id)
    return replace(
        _begin(tx, quote, content),
        price_mode=PriceMode.GROSS,
        cash_step_minor=0,
        lines=share_lines(frozen, content, share_minor, text),
        adjustments=(),
    )


def _begin(tx: Transaction, quote: Document, content: InvoiceDraft) -> InvoiceDraft:
    """What an invoice from a quote starts with: the quote's content, an invoice's conditions."""
    fresh = new_draft(tx.connection, tx.company_id, quote.customer_id)
    return replace(
        content.with_rate_of_the_day(quote.issued_on or tx.today, tx.today),
        issued_on=None,
        due_on=None,
        valid_until=None,
        # A quote's days are how long it could be accepted.
        terms_days=fresh.terms_days,
        introduction=fresh.introduction,
        terms=fresh.terms,
        online_payment=fresh.online_payment,
    )


def _words(frozen: Snapshot) -> Formatter:
    return formatter(frozen.language, frozen.seller.address.country)


def _less(whole: Quantities, before: Sequence[Quantities]) -> dict[int, Decimal]:
    """What is left of each line."""
    return {
        index: quantity - sum((one.get(index, Decimal(0)) for one in before), Decimal(0))
        for index, quantity in whole.items()
    }


def _is_open_deposit(tx: Transaction, billing: Billing) -> bool:
    """Whether it is a deposit of the quote that no final invoice has deducted yet."""
    document = billing.document
    return document.kind == DocumentKind.DEPOSIT_INVOICE and deducting(tx, document.id) is None


def _open_deposits(tx: Transaction, quote: Document) -> tuple[Document, ...]:
    found = tuple(one.document for one in billings_of(tx, quote) if _is_open_deposit(tx, one))
    for deposit in found:
        if deposit.issued_at is None:
            raise NotAllowed("A deposit invoice of this quote is a draft; issue or delete it.")
        if deposit.open_minor:
            raise NotAllowed(f"The deposit {deposit.number} has not been paid yet.")
    return found
