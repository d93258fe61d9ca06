"""Money received by hand: recorded, given a home, taken back."""

from collections.abc import Iterable, Sequence

from billdesk.core.db.tables import Customer, Document, Payment
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import CustomerChanged
from billdesk.core.domain.ledger import EntryDraft, EntryKind
from billdesk.core.domain.movements import Worth, credit_role, leg, movement_postings
from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState
from billdesk.core.services.payments.inputs import (
    PaymentInput,
    Share,
    by_document,
    check_money,
    cleaned,
)
from billdesk.core.services.steps.bank_lines import reopen_line_of
from billdesk.core.services.steps.base_currency import require_open
from billdesk.core.services.steps.deductions import take_back_with
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.movements import (
    Movement,
    lock_documents,
    move,
    parts_to_settle,
    require_settleable,
    settle_down,
)
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
from billdesk.core.services.steps.settlement import settlement_of, worth_of
from billdesk.core.services.steps.stripe.homeless import no_longer_asked


class PaymentService:
    """Record and undo manual payments; give money without a home to a customer."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def record(self, given: PaymentInput) -> int:
        """Record money received; what settles no document becomes customer credit.

        Without document and customer it waits in suspense. Returns the payment's id. Raises
        ``UserError`` for an impossible amount, rate or date, ``NotAllowed`` for a draft or void
        document and for one of another customer or currency.
        """
        given = cleaned(given)
        with self._uow.write() as tx:
            documents = lock_documents(
                tx, [given.document_id, *(share.document_id for share in given.shares)]
            )
            for document in documents.values():
                require(tx, Action.PAY, document)
            check_money(given, tx.today)
            require_open(tx, given.received_on, "received_on")
            payment = _receive(tx, given, documents)
            _audit(tx, "payment.recorded", payment, documents.values(), after=given)
            return payment.id

    @use_case
    def assign(self, payment_id: int, customer_id: int, shares: Sequence[Share] = ()) -> None:
        """Say whose money without a home is, and what of ``shares`` it settles.

        Raises ``NotAllowed`` when it has a home, ``UserError`` for a share that cannot be.
        """
        wanted = by_document(shares)
        with self._uow.write() as tx:
            documents = lock_documents(tx, wanted)
            payment = load(tx, Payment, payment_id)
            customer = load(tx, Customer, customer_id)
            if payment.customer_id is not None:
                raise NotAllowed("The customer of this money is known already.")
            if payment.method == PaymentMethod.STRIPE:
                _require_explained(payment)
            else:
                _require_kept(tx, payment)
            if sum(wanted.values()) > payment.unallocated_minor:
                raise UserError("The invoices take more than there is.", field="shares")
            change = f"{payment.uid}:{payment.version}"
            home = leg(
                credit_role(None),
                payment.currency,
                worth_of(payment).part(payment.unallocated_minor),
            )
            payment.customer_id = customer.id
            no_longer_asked(payment)
            parts = parts_to_settle(
                tx, documents, wanted, customer_id=customer.id, currency=payment.currency
            )
            if len(documents) == 1:
                (payment.document_id,) = documents
            after = payment.unallocated_minor - sum(part.minor for part in parts)
            move(
                tx,
                Movement(
                    EntryKind.SUSPENSE_CLEARED,
                    payment,
                    tx.today,
                    settled=parts,
                    legs=[home],
                    credit_before=0,
                    credit_after=after,
                    source=("home", change),
                ),
            )
            settle_down(tx, payment, documents.values(), tx.today)
            _audit(
                tx,
                "payment.assigned",
                payment,
                documents.values(),
                before={"customer": None},
                after={"customer": customer.uid, "shares": shares},
            )
            tx.tell(CustomerChanged(tx.company_id, customer.id))

    @use_case
    def unassign(self, payment_id: int) -> None:
        """Put money that settles nothing back to where it has no home.

        Raises ``NotAllowed`` while it settles something or has gone back in part.
        """
        with self._uow.write() as tx:
            payment = load(tx, Payment, payment_id)
            _require_kept(tx, payment)
            if payment.customer_id is None:
                raise NotAllowed("The payer of this money is unknown already.")
            if payment.link_id is not None:
                raise NotAllowed("A Stripe payment belongs to the customer who was asked to pay.")
            if payment.unallocated_minor != payment.amount_minor:
                raise NotAllowed("Take it off its invoices first.")
            customer = load(tx, Customer, payment.customer_id)
            change = f"{payment.uid}:{payment.version}"
            credit = worth_of(payment).part(payment.unallocated_minor)
            away = movement_postings(
                currency=payment.currency,
                customer_id=customer.id,
                legs=[leg(credit_role(None), payment.currency, Worth(0, 0).minus(credit))],
                settled=(),
                credit=Worth(0, 0).minus(credit),
                credit_of=credit_role(customer.id),
            )
            post(tx, EntryDraft(EntryKind.SUSPENSE_CLEARED, "home", change, tx.today, away))
            meant = payment.document_id
            payment.customer_id = payment.document_id = None
            settle_down(tx, payment, lock_documents(tx, [meant]).values(), tx.today)
            _audit(tx, "payment.unassigned", payment, (), before={"customer": customer.uid})
            tx.tell(CustomerChanged(tx.company_id, customer.id))

    @use_case
    def undo(self, payment_id: int) -> None:
        """Take a manual payment back by a reversing entry. Raises ``NotAllowed``."""
        with self._uow.write() as tx:
            payment = load(tx, Payment, payment_id)
            if payment.method == PaymentMethod.STRIPE:
                raise NotAllowed("A Stripe payment is refunded at Stripe, not undone.")
            _require_kept(tx, payment)
            documents = undo_receipt(tx, payment)
            take_back_with(tx, payment)
            reopen_line_of(tx, payment)
            _audit(
                tx,
                "payment.undone",
                payment,
                documents.values(),
                before={"amount_minor": payment.amount_minor, "method": payment.method},
            )


def _receive(tx: Transaction, given: PaymentInput, documents: dict[int, Document]) -> Payment:
    """Insert the payment, let it settle what it is for, and post it."""
    first = next(iter(documents.values()), None)
    currency = given.currency or (first.currency if first else company_row(tx).currency)
    customer_id = _customer_of(tx, given, first)
    if given.shares:
        parts = parts_to_settle(
            tx, documents, by_document(given.shares), customer_id=customer_id, currency=currency
        )
    else:
        for document in documents.values():
            require_settleable(tx, document, customer_id=customer_id, currency=currency)
        parts = [settlement_of(document, given.amount_minor) for document in documents.values()]
    if given.document_id is not None:
        meant: Document | None = documents[given.document_id]
    else:
        meant = first if len(documents) == 1 else None
    money = Received(
        currency,
        given.amount_minor,
        given.method,
        given.received_on,
        given.reference,
        given.note,
        given.exchange_rate,
        given.received_currency,
        given.received_minor,
    )
    payment = payment_row(
        tx,
        money,
        base_minor=base_of(tx, money, parts, first),
        customer_id=customer_id,
        document=meant,
    )
    tx.session.add(payment)
    tx.session.flush()
    memo = (meant.number or "") if meant is not None else ""
    day = book_receipt(tx, payment, parts, documents, memo=memo)
    settle_down(tx, payment, documents.values(), day)
    return payment


def _customer_of(tx: Transaction, given: PaymentInput, document: Document | None) -> int | None:
    """Whose money it is: the documents' customer, or the one that was named."""
    if document is not None and given.customer_id in (None, document.customer_id):
        return document.customer_id
    return None if given.customer_id is None else load(tx, Customer, given.customer_id).id


def _require_explained(payment: Payment) -> None:
    """What is left of money at Stripe can be moved; what is away has to have a meaning first."""
    if payment.state not in RECEIVED:
        raise NotAllowed("This payment has not arrived.")
    if payment.refunded_minor > payment.explained_minor or payment.disputed_minor:
        raise NotAllowed("Some of this money went back at Stripe; say first what that means.")


def _require_kept(tx: Transaction, payment: Payment) -> None:
    """Only money that is all still there can be moved as a whole. Raises ``NotAllowed``."""
    if payment.state == PaymentState.UNDONE:
        raise NotAllowed("This payment was undone already.")
    if payment.state not in RECEIVED:
        raise NotAllowed("This payment has not arrived.")
    if went_back(tx, payment) or payment.disputed_minor:
        raise NotAllowed("Some of this money went back; undo the refund first.")


def _audit(
    tx: Transaction,
    action: str,
    payment: Payment,
    documents: Iterable[Document],
    *,
    before: object = None,
    after: object = None,
) -> None:
    """Keep ``action`` with each document it touched, without one with the payment."""
    uids = [f"document:{document.uid}" for document in documents]
    for subject in uids or [f"payment:{payment.uid}"]:
        tx.audit(action, subject, before=before, after=after)
