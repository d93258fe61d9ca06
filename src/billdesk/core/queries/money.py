"""What is answered about money: where it went, what is left of it, what it could settle.

Amounts in minor units of their row's currency.
"""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import Question
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.payments import PaymentRow


@dataclass(frozen=True, slots=True)
class SettledDocument:
    """A document that a payment or credit note settles ``minor`` of."""

    document_id: int
    number: str
    minor: int


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money that went back; ``at_stripe`` ones are given their meaning by the owner.

    One that was ordered is ``sent`` once Stripe may have it; ``waiting`` says what it waits for.
    ``stripe_status`` is Stripe's own word, ``note`` what the owner is to know about it.
    """

    id: int
    refunded_on: date
    minor: int
    currency: str
    state: PaymentState
    meaning: RefundMeaning
    at_stripe: bool
    sent: bool = False
    waiting: str = ""
    stripe_status: str = ""
    note: str = ""

    @property
    def is_unexplained(self) -> bool:
        """Whether money is gone and nobody has said what for."""
        unsaid = self.meaning is RefundMeaning.UNEXPLAINED
        return unsaid and self.state is PaymentState.SUCCEEDED

    @property
    def can_take_back(self) -> bool:
        """Whether an order was not sent yet, or came to nothing."""
        if self.state is PaymentState.ORDERED:
            return not self.sent
        return self.state is PaymentState.FAILED


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """A payment, what it settles, what of it went back, and the receipts made of it.

    ``refundable_minor`` is what Stripe can still pay back of it, ``disputed_minor`` what the
    customer's bank took; ``questions`` are what its owner has to decide.
    """

    payment: PaymentRow
    settles: tuple[SettledDocument, ...]
    refunds: tuple[RefundRow, ...]
    receipts: tuple[str, ...] = ()
    refundable_minor: int = 0
    disputed_minor: int = 0
    questions: tuple[Question, ...] = ()

    @property
    def can_be_refunded(self) -> bool:
        """Whether Stripe can be told to pay something back: first it is said what went before."""
        return self.refundable_minor > 0 and not any(one.is_unexplained for one in self.refunds)


@dataclass(frozen=True, slots=True)
class OpenReceivable:
    """A document that a customer still owes ``open_minor`` on."""

    document_id: int
    kind: DocumentKind
    number: str
    currency: str
    open_minor: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class UnusedMoney:
    """A payment or credit note of which ``left_minor`` settles nothing.

    Exactly one of ``payment_id`` and ``credit_note_id`` is set; without a customer the money has
    no home. ``label`` is a credit note's number or a payment's reference.
    """

    payment_id: int | None
    credit_note_id: int | None
    customer_id: int | None
    customer: str
    label: str
    on: date
    currency: str
    left_minor: int


@dataclass(frozen=True, slots=True)
class CustomerMoney:
    """What a customer owes and has, document by document and payment by payment."""

    owes: tuple[OpenReceivable, ...]
    has: tuple[UnusedMoney, ...]

    def balance_minor(self, currency: str) -> int:
        """What the customer owes less what they have as credit, in ``currency``."""
        owed = sum(one.open_minor for one in self.owes if one.currency == currency)
        return owed - sum(one.left_minor for one in self.has if one.currency == currency)
