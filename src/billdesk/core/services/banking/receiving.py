"""Money that arrived at the bank, as a payment; and back again."""

from collections.abc import Sequence

from billdesk.core.db.tables import BankLine, Customer, Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.actions import Action
from billdesk.core.domain.bank_suggestions import Part
from billdesk.core.domain.banking import Receipt
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import EntryDraft, EntryKind, transfer_postings
from billdesk.core.domain.money import Money
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.steps.bank_lines import source_of
from billdesk.core.services.steps.base_currency import base_value, open_day
from billdesk.core.services.steps.customer_groups import same_customer
from billdesk.core.services.steps.deductions import deduct, take_back_with
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.movements import settle_down
from billdesk.core.services.steps.paid_out import went_back
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.receipts import (
    Received,
    base_of,
    book_receipt,
    payment_row,
    undo_receipt,
)
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.settlement import settlement_of

_LONGEST_REFERENCE = 200
_MOST_PARTS = 200
_PAID_EARLY = "Paid early"


def receive(tx: Transaction, line: BankLine, receipt: Receipt) -> Payment:
    """Record the money of ``line`` as a payment that settles the parts of ``receipt``.

    Raises ``UserError`` when the parts are more than came or than is open, ``NotAllowed`` for a
    document that cannot be paid.
    """
    documents = _documents(tx, line, receipt)
    _check_amounts(line, receipt, documents)
    settled = [
        settlement_of(document, part.minor)
        for part, document in zip(_in_order(receipt.parts), documents, strict=True)
    ]
    if receipt.customer_id is not None:
        load(tx, Customer, receipt.customer_id)
    money = _money(tx, line, receipt)
    first = documents[0] if documents else None
    base = company_row(tx).currency
    if first is None and money.currency != base:
        raise UserError(
            f"This transfer is in {line.currency}, the books are in {base}: match it to an invoice "
            "in its currency.",
            field="line",
        )
    payment = payment_row(
        tx,
        money,
        base_minor=base_of(tx, money, settled, first),
        customer_id=receipt.customer_id,
        document=first,
    )
    tx.session.add(payment)
    tx.session.flush()
    memo = ", ".join(document.number or "" for document in documents)[:300]
    by_id = {document.id: document for document in documents}
    day = book_receipt(tx, payment, settled, by_id, memo=memo)
    if receipt.fee_minor:
        _post_fee(tx, line, receipt, documents[0])
    settle_down(tx, payment, documents, day)
    _take_discounts(tx, payment, receipt, documents)
    for document, part in zip(documents, settled, strict=True):
        after = {"amount_minor": part.minor, "method": payment.method, "bank_line": line.uid}
        tx.audit("payment.recorded", f"document:{document.uid}", after=after)
    return payment


def take_back(tx: Transaction, payment: Payment) -> None:
    """Undo ``receive`` but for the fee, which is the line's: the documents are open again.

    Raises ``NotAllowed`` once money of the payment has gone back to the customer.
    """
    if payment.state != PaymentState.SUCCEEDED:
        raise NotAllowed("This payment has changed since; it cannot be taken back any more.")
    if went_back(tx, payment):
        raise NotAllowed("Money of this payment has gone back to the customer already.")
    documents = undo_receipt(tx, payment)
    take_back_with(tx, payment)
    for document in documents.values():
        before = {"amount_minor": payment.amount_minor, "method": payment.method}
        tx.audit("payment.undone", f"document:{document.uid}", before=before)


def _in_order(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.document_id)


def _documents(tx: Transaction, line: BankLine, receipt: Receipt) -> list[Document]:
    """The documents of the parts, locked in the order of their ids, and checked."""
    parts = _in_order(receipt.parts)
    if len(parts) > _MOST_PARTS or len({part.document_id for part in parts}) != len(parts):
        raise UserError("Name each invoice once.", field="parts")
    documents = [load(tx, Document, part.document_id) for part in parts]
    currency = receipt.currency or line.currency
    for part, document in zip(parts, documents, strict=True):
        require(tx, Action.PAY, document)
        if document.currency != currency:
            raise UserError(
                f"{document.number} is in {document.currency}, the transfer in {currency}.",
                field="parts",
            )
        if not same_customer(tx, document.customer_id, receipt.customer_id):
            raise UserError("One transfer pays the invoices of one customer.", field="parts")
        if part.minor <= 0 or part.minor > document.open_minor:
            is_open = Money(document.open_minor, document.currency)
            raise UserError(f"Of {document.number} {is_open} is open.", field="parts")
    return documents


def _check_amounts(line: BankLine, receipt: Receipt, documents: Sequence[Document]) -> None:
    if line.minor <= 0:
        raise UserError("Only money that arrived can be a payment.", field="line")
    if receipt.fee_minor < 0 or (receipt.fee_minor and (not documents or receipt.currency)):
        raise UserError("A fee is kept from the payment of an invoice.", field="fee_minor")
    if receipt.currency and len(documents) != 1:
        raise UserError("Money that was exchanged pays one invoice.", field="parts")
    if not receipt.currency:
        paid = sum(part.minor for part in receipt.parts)
        if paid > line.minor + receipt.fee_minor:
            raise UserError("The invoices are more than the money that came.", field="parts")
    paid_of = {part.document_id: part.minor for part in receipt.parts}
    open_of = {document.id: document.open_minor for document in documents}
    if len({one.document_id for one in receipt.discounts}) != len(receipt.discounts):
        raise UserError("Name each invoice once.", field="discounts")
    for discount in receipt.discounts:
        most = open_of.get(discount.document_id, 0) - paid_of.get(discount.document_id, 0)
        if not 0 < discount.minor <= most:
            raise UserError("A discount is part of what stays open.", field="discounts")


def _money(tx: Transaction, line: BankLine, receipt: Receipt) -> Received:
    exchanged = bool(receipt.currency) and receipt.currency != line.currency
    if exchanged and line.currency != company_row(tx).currency:
        raise UserError("Only money in the company's own currency was exchanged.", field="line")
    paid = sum(part.minor for part in receipt.parts)
    return Received(
        receipt.currency or line.currency,
        paid if exchanged else line.minor + receipt.fee_minor,
        PaymentMethod.BANK,
        open_day(tx, line.booked_on),
        line.remittance[:_LONGEST_REFERENCE],
        received_currency=line.currency if exchanged else None,
        received_minor=line.minor if exchanged else None,
    )


def _take_discounts(
    tx: Transaction, payment: Payment, receipt: Receipt, documents: Sequence[Document]
) -> None:
    by_id = {document.id: document for document in documents}
    for part in _in_order(receipt.discounts):
        document = by_id[part.document_id]
        deduct(
            tx,
            document,
            DeductionKind.EARLY_PAYMENT_DISCOUNT,
            part.minor,
            max(payment.received_on, document.issued_on or payment.received_on),
            _PAID_EARLY,
            payment,
        )


def _post_fee(tx: Transaction, line: BankLine, receipt: Receipt, document: Document) -> None:
    """What the bank kept never reached the account: an expense, not a debt of the customer."""
    line.fee_minor = receipt.fee_minor
    post(
        tx,
        EntryDraft(
            EntryKind.FEE,
            "bank_line",
            source_of(line),
            open_day(tx, line.booked_on),
            transfer_postings(
                Role.PAYMENT_FEES,
                Role.BANK,
                currency=line.currency,
                minor=receipt.fee_minor,
                base_minor=base_value(tx, line.currency, document, receipt.fee_minor),
            ),
            memo=document.number or "",
        ),
    )
