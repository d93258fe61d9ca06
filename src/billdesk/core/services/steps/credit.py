"""Make a credit note of an invoice: figures, number, snapshot, entry, settlement, in one step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Customer, Document
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.actions import Action
from billdesk.core.domain.amount_credit import credit_amount, remaining
from billdesk.core.domain.crediting import Credit, Quantities, credit, everything
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import InvoiceCredited
from billdesk.core.domain.freezing import build_snapshot
from billdesk.core.domain.ledger import Settlement
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.rounding import split_minor
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.domain.totals import PriceMode
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.references import named_references
from billdesk.core.queries.sql.credited import credited_minor
from billdesk.core.services.steps.credit_posting import CreditedPart, post_credit
from billdesk.core.services.steps.deposits import deducting
from billdesk.core.services.steps.documents import frozen_document, require
from billdesk.core.services.steps.drafts import fill_document, insert_lines
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.issue import announce, check_glyphs, freeze
from billdesk.core.services.steps.lowering import make_way, share_anew
from billdesk.core.services.steps.numbers import series_of, take_number
from billdesk.core.services.steps.quotes import recompute_billed_quotes
from billdesk.core.services.steps.references import refer, referring
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.settlement import (
    allocate,
    recompute_document,
    settlement_of,
)
from billdesk.core.services.steps.withholding import keep_back_less


@dataclass(frozen=True, slots=True)
class CreditInput:
    """What to take back of an issued invoice: lines, an amount, or all that is left.

    ``quantities`` by the line's index (0 is the first); ``amount_minor`` includes tax; with
    neither, everything. A final invoice's deposits are free again once everything is credited.
    """

    invoice_id: int
    quantities: Mapping[int, Decimal] | None = None
    amount_minor: int | None = None
    reason: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Invoice:
    """The invoice with what credit notes have taken back of it so far."""

    document: Document
    frozen: Snapshot
    draft: InvoiceDraft
    notes: tuple[Document, ...]
    earlier: tuple[Snapshot, ...]

    @property
    def owed_minor(self) -> int:
        """What of its total the customer was asked for and has not been credited."""
        credited = sum(one.total_minor - one.prepaid_minor for one in self.notes)
        return self.frozen.total_minor - self.frozen.prepaid_minor - credited

    @property
    def by_lines(self) -> tuple[Quantities, ...]:
        """The lines credited before; not all, if an amount was."""
        return tuple(
            {
                index: line.quantity
                for index, line in zip(one.credited_lines, one.lines, strict=True)
            }
            for one in self.earlier
            if one.credited_lines
        )

    @property
    def an_amount_was_credited(self) -> bool:
        return any(not one.credited_lines for one in self.earlier)


@dataclass(frozen=True, slots=True)
class CreditLeft:
    """What of an invoice no credit note has taken back; amounts in minor units of its currency.

    ``quantities`` by the line's index; ``None`` where amounts were credited, which have no lines.
    """

    left_minor: int
    quantities: Quantities | None
    _invoice: _Invoice

    def total_of(self, quantities: Quantities) -> int:
        """What so much of each line comes to. Raises ``UserError`` for more than is left."""
        found = credit(self._invoice.frozen, quantities, self._invoice.by_lines)
        return found.totals.total_minor


def left_to_credit(tx: Transaction, invoice_id: int) -> CreditLeft:
    """Raises ``NotAllowed`` where the invoice cannot be credited."""
    invoice = _load(tx, invoice_id)
    left = remaining(invoice.frozen, invoice.earlier).total_minor
    quantities = None if invoice.an_amount_was_credited else _rest(invoice)
    return CreditLeft(left, quantities, invoice)


def make_credit_note(tx: Transaction, given: CreditInput) -> Document:
    """Issue a credit note of an invoice; it settles what is open, the rest is customer credit.

    Raises ``UserError`` with the field, ``NotAllowed`` where the invoice cannot be credited. The
    series must be locked by the caller (``lock_series``).
    """
    check_day(given.issued_on, "issued_on")
    reason = clean_paragraphs(given.reason, "reason").strip()
    given = replace(given, reason=reason)
    invoice = _load(tx, given.invoice_id)
    issued_on = given.issued_on or max(tx.today, invoice.frozen.issued_on)
    if issued_on < invoice.frozen.issued_on:
        raise UserError("The credit note lies before its invoice.", field="issued_on")
    found = _credit(invoice, given)
    whole = (
        credited_minor(tx.connection, tx.company_id, invoice.document.id) + found.totals.total_minor
    )
    completes = whole == invoice.frozen.total_minor
    prepaid = invoice.frozen.prepaid_minor if completes else 0
    if found.totals.total_minor - prepaid > invoice.owed_minor or found.totals.total_minor <= 0:
        raise _too_much(invoice, found)
    due = found.totals.total_minor - prepaid - found.totals.withheld_minor
    found = replace(found, totals=replace(found.totals, prepaid_minor=prepaid, due_minor=due))
    return _issue(tx, invoice, found, given, issued_on, completes=completes)


def _load(tx: Transaction, invoice_id: int) -> _Invoice:
    document = load(tx, Document, invoice_id)
    require(tx, Action.CREDIT, document)
    final = deducting(tx, document.id)
    if final is not None:
        raise NotAllowed(f"This deposit is deducted in {final.number}; credit that one first.")
    note_ids = referring(tx, document.id, DocumentReferenceKind.CREDITS)
    notes = tuple(load(tx, Document, one) for one in note_ids)
    return _Invoice(
        document,
        frozen_document(tx, document.id),
        read_draft(tx.connection, tx.company_id, document.id),
        notes,
        tuple(frozen_document(tx, one) for one in note_ids),
    )


def _credit(invoice: _Invoice, given: CreditInput) -> Credit:
    if given.amount_minor is not None and given.quantities is not None:
        raise UserError("Credit lines or an amount, not both.", field="amount_minor")
    left = remaining(invoice.frozen, invoice.earlier).total_minor
    if left <= 0:
        raise NotAllowed("All of this invoice has been credited already.")
    if given.amount_minor is not None:
        return _of_amount(invoice, given.amount_minor)
    if invoice.an_amount_was_credited:
        if given.quantities is not None:
            raise NotAllowed(
                "An amount of this invoice has been credited; credit another amount or the rest."
            )
        return _of_amount(invoice, left)
    quantities = given.quantities
    if quantities is None:
        quantities = _rest(invoice)
    return credit(invoice.frozen, quantities, invoice.by_lines)


def _rest(invoice: _Invoice) -> dict[int, Decimal]:
    rest = everything(invoice.frozen)
    for before in invoice.by_lines:
        for index, quantity in before.items():
            rest[index] -= quantity
    return {index: quantity for index, quantity in rest.items() if quantity}


def _of_amount(invoice: _Invoice, amount_minor: int) -> Credit:
    text = invoice.frozen.subject or invoice.frozen.number
    return credit_amount(invoice.frozen, invoice.earlier, amount_minor, text)


def _too_much(invoice: _Invoice, found: Credit) -> UserError:
    if found.totals.total_minor <= 0:
        return UserError("These lines give nothing back to the customer.", field="quantities")
    return UserError(
        "That is more than the customer was asked for besides the deposits; credit everything to "
        "free the deposits as well.",
        field="amount_minor",
    )


def _issue(
    tx: Transaction,
    invoice: _Invoice,
    found: Credit,
    given: CreditInput,
    issued_on: date,
    *,
    completes: bool,
) -> Document:
    source = invoice.document
    customer = load(tx, Customer, source.customer_id or 0)
    note = _new_note(tx, source)
    note.number = take_number(tx, series_of(tx, note.kind), issued_on, customer.number)
    draft, taxes = _draft(invoice, found, given, issued_on)
    fill_document(tx, note, draft, found.totals, customer)
    note.exchange_rate, note.exchange_rate_on = source.exchange_rate, source.exchange_rate_on
    tx.session.add(note)
    tx.session.flush()
    insert_lines(tx, [(note, draft, found.totals)])
    refer(tx, note, DocumentReferenceKind.CREDITS, [source.id], found.totals.total_minor)
    snapshot = replace(
        build_snapshot(
            draft,
            found.totals,
            taxes,
            number=note.number,
            issued_on=issued_on,
            company_name=company_row(tx).name,
            profile=read_setting(tx, CompanyProfile),
            defaults=read_setting(tx, InvoiceDefaults),
            buyer=invoice.frozen.buyer,
            deposits=invoice.frozen.deposits if completes else (),
            kind=DocumentKind.CREDIT_NOTE,
        ),
        references=named_references(tx.connection, tx.company_id, note.id),
        credited_lines=found.positions,
    )
    check_glyphs(snapshot)
    keep_back_less(tx, source, snapshot.withheld_minor, issued_on)
    owed_minor = snapshot.total_minor - snapshot.prepaid_minor
    again_minor = make_way(tx, source, invoice.owed_minor - owed_minor, issued_on)
    part = settlement_of(source, owed_minor)
    base_minor = _base_of(invoice, owed_minor, part)
    free_minor = owed_minor - part.minor
    free = Worth(free_minor, base_minor - part.base_minor if free_minor else 0)
    note.free_minor, note.free_base_minor = free.minor, free.base_minor
    note.prepaid_base_minor = source.prepaid_base_minor if completes else 0
    sha256 = freeze(tx, note, snapshot, base_total_minor=base_minor + note.prepaid_base_minor)
    settled = part if part.minor else None
    post_credit(
        tx,
        CreditedPart(
            source,
            note,
            invoice.draft if found.positions else draft,
            found,
            taxes,
            base_minor,
            settled,
            free,
            invoice.notes,
            completes,
        ),
    )
    announce(tx, note, sha256)
    if settled is not None:
        allocate(tx, note, settled, issued_on)
    recompute_document(tx, note)
    recompute_document(tx, source)
    share_anew(tx, source, issued_on)
    follow_balance(tx, source)
    recompute_billed_quotes(tx, source)
    tx.audit(
        "invoice.credited",
        f"document:{source.uid}",
        after={
            "number": note.number,
            "total_minor": note.total_minor,
            "settled_minor": part.minor,
            "deductions_taken_back_minor": again_minor,
            "reason": draft.introduction,
        },
    )
    tx.tell(InvoiceCredited(tx.company_id, source.id))
    return note


def _base_of(invoice: _Invoice, minor: int, settled: Settlement) -> int:
    """In the company's currency: the debt it settles, and its share of what is not owed any more.

    The last part takes all that is left, so that the parts are worth what the whole was.
    """
    document = invoice.document
    left_base = document.base_total_minor - document.prepaid_base_minor
    left_base -= sum(one.base_total_minor - one.prepaid_base_minor for one in invoice.notes)
    left_minor = invoice.owed_minor - minor
    if not left_minor:
        return left_base
    beyond = minor - settled.minor
    if not beyond:
        return settled.base_minor
    rest = split_minor(left_base - settled.base_minor, [beyond, left_minor])[0]
    return settled.base_minor + rest


def _new_note(tx: Transaction, source: Document) -> Document:
    return Document(
        uid=new_uid(),
        company_id=tx.company_id,
        kind=DocumentKind.CREDIT_NOTE.value,
        series_id=series_of(tx, DocumentKind.CREDIT_NOTE).id,
        cash_basis=source.cash_basis,
        created_at=tx.now,
    )


def _draft(
    invoice: _Invoice, found: Credit, given: CreditInput, issued_on: date
) -> tuple[InvoiceDraft, dict[int, Tax]]:
    """The credit note as a draft, with the taxes its lines had on the invoice."""
    frozen, draft = invoice.frozen, invoice.draft
    taxes = {
        rate_id: tax
        for line, typed in zip(frozen.lines, draft.lines, strict=True)
        for rate_id, tax in zip(typed.tax_rate_ids, line.taxes, strict=True)
    }
    rate_of = {tax.key: rate_id for rate_id, tax in taxes.items()}
    if found.positions:
        lines = tuple(
            replace(draft.lines[index], quantity=line.quantity, adjustments=line.adjustments)
            for index, line in zip(found.positions, found.lines, strict=True)
        )
    else:
        lines = tuple(
            LineDraft(
                line.name,
                line.quantity,
                line.unit_price,
                tax_rate_ids=tuple(rate_of[tax.key] for tax in line.taxes),
            )
            for line in found.lines
        )
    return (
        replace(
            draft,
            currency=frozen.currency,
            language=frozen.language,
            price_mode=frozen.price_mode if found.positions else PriceMode.NET,
            issued_on=issued_on,
            terms_days=None,
            due_on=None,
            introduction=given.reason,
            terms="",
            online_payment=False,
            cash_step_minor=0,
            lines=lines,
            adjustments=found.adjustments,
            deposit_ids=(),
        ),
        taxes,
    )
