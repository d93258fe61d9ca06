"""Money that arrived at the bank, as a payment; and back again."""

from collections.abc import Sequence
from decimal import Decimal

from billdesk.core.db.tables import BankLine, Customer, Document, Payment
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.actions import Action
from billdesk.core.domain.bank_matching import Part
from billdesk.core.domain.banking import Receipt
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    Settlement,
    transfer_postings,
)
from billdesk.core.domain.money import Money
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.services.banking.booking import reverse, source_of
from billdesk.core.services.steps.base_currency import base_value, open_day
from billdesk.core.services.steps.customer_groups import same_customer
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.movements import settle_down
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.receipts import receipt_entry, undo_receipt
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.settlement import allocate, settlement_of

_LONGEST_REFERENCE = 200
_MOST_PARTS = 200


def receive(tx: Transaction, line: BankLine, receipt: Receipt) -> Payment:
    """Record the money of ``line`` as a payment that settles the parts of ``receipt``.

    Raises ``UserError`` when the parts are more than came or than is open, ``NotAllowed`` for a
    document that cannot be paid.
    """
    documents = _documents(tx, line, receipt)
    settled = [
        settlement_of(document, part.minor)
        for part, document in zip(_in_order(receipt), documents, strict=True)
    ]
    payment = _payment(tx, line, receipt, documents, settled)
    tx.session.add(payment)
    tx.session.flush()
    memo = ", ".join(document.number or "" for document in documents)[:300]
    post(tx, receipt_entry(payment, settled, memo=memo))
    if receipt.fee_minor:
        _post_fee(tx, line, receipt, documents[0])
    for part in settled:
        allocate(tx, payment, part, payment.received_on)
    settle_down(tx, payment, documents, payment.received_on)
    return payment


def take_back(tx: Transaction, line: BankLine, payment: Payment) -> None:
    """Undo ``receive``: its entries are reversed, the documents open again.

    Raises ``NotAllowed`` once money of the payment has gone back to the customer.
    """
    if payment.state != PaymentState.SUCCEEDED:
        raise NotAllowed("This payment has changed since; it cannot be taken back any more.")
    if payment.returned_minor or payment.refunded_minor:
        raise NotAllowed("Money of this payment has gone back to the customer already.")
    undo_receipt(tx, payment)
    if line.fee_minor:
        source = source_of(line)
        reverse(tx, "bank_line", source, EntryKind.FEE, EntryKind.BANK_UNDONE)


def _in_order(receipt: Receipt) -> list[Part]:
    return sorted(receipt.parts, key=lambda part: part.document_id)


def _documents(tx: Transaction, line: BankLine, receipt: Receipt) -> list[Document]:
    """The documents of the parts, locked in the order of their ids, and checked."""
    parts = _in_order(receipt)
    if len(parts) > _MOST_PARTS or len({part.document_id for part in parts}) != len(parts):
        raise UserError("Name each invoice once.", field="parts")
    documents = [load(tx, Document, part.document_id) for part in parts]
    for part, document in zip(parts, documents, strict=True):
        require(tx, Action.PAY, document)
        if document.currency != line.currency:
            raise UserError(
                f"{document.number} is in {document.currency}, the transfer in {line.currency}.",
                field="parts",
            )
        if not same_customer(tx, document.customer_id, receipt.customer_id):
            raise UserError("One transfer pays the invoices of one customer.", field="parts")
        if part.minor <= 0 or part.minor > document.open_minor:
            is_open = Money(document.open_minor, document.currency)
            raise UserError(f"Of {document.number} {is_open} is open.", field="parts")
    if line.minor <= 0:
        raise UserError("Only money that arrived can be a payment.", field="line")
    if receipt.fee_minor < 0 or (receipt.fee_minor and not parts):
        raise UserError("A fee is kept from the payment of an invoice.", field="fee_minor")
    if sum(part.minor for part in parts) > line.minor + receipt.fee_minor:
        raise UserError("The invoices are more than the money that came.", field="parts")
    return documents


def _payment(
    tx: Transaction,
    line: BankLine,
    receipt: Receipt,
    documents: Sequence[Document],
    settled: Sequence[Settlement],
) -> Payment:
    if receipt.customer_id is not None:
        load(tx, Customer, receipt.customer_id)
    total = line.minor + receipt.fee_minor
    surplus = total - sum(part.minor for part in settled)
    return Payment(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=receipt.customer_id,
        document_id=documents[0].id if documents else None,
        method=PaymentMethod.BANK.value,
        state=PaymentState.SUCCEEDED.value,
        currency=line.currency,
        amount_minor=total,
        base_minor=sum(part.base_minor for part in settled)
        + _surplus_in_base(tx, line, documents, surplus),
        exchange_rate=documents[0].exchange_rate if documents else Decimal(1),
        received_on=open_day(tx, line.booked_on),
        reference=line.remittance[:_LONGEST_REFERENCE],
        created_at=tx.now,
        updated_at=tx.now,
    )


def _surplus_in_base(
    tx: Transaction, line: BankLine, documents: Sequence[Document], surplus: int
) -> int:
    base = company_row(tx).currency
    if line.currency == base or not surplus:
        return surplus
    if not documents:
        raise UserError(
            f"This transfer is in {line.currency}, the books are in {base}: match it to an invoice "
            "in its currency.",
            field="line",
        )
    return base_value(tx, line.currency, documents[0], surplus)


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
