"""What is answered about money received."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState


class PaymentTab(StrEnum):
    """The tabs above the list of payments; one payment may stand on several."""

    # Some of it settles nothing and is a customer's credit.
    CREDIT = "credit"
    # It belongs to no customer BillDesk knows.
    UNKNOWN = "unknown"
    ONLINE = "online"
    BANK = "bank"
    OTHER = "other"


METHODS_OF: dict[PaymentTab, tuple[PaymentMethod, ...]] = {
    PaymentTab.ONLINE: (PaymentMethod.STRIPE,),
    PaymentTab.BANK: (PaymentMethod.BANK,),
    PaymentTab.OTHER: (PaymentMethod.CASH, PaymentMethod.CHEQUE, PaymentMethod.OTHER),
}


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments; ``tab=None`` is all of them. Every word of ``search`` must be found.

    Found are the customer, the payer's reference, the amount, and the numbers of the document
    the payer meant and of those it settles.
    """

    tab: PaymentTab | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment. ``number`` is the document the payer meant, empty where none is known.

    ``unallocated_minor`` of it settles nothing: customer credit, or without a customer money
    with no home.
    """

    id: int
    received_on: date
    customer_id: int | None
    customer: str
    document_id: int | None
    number: str
    method: PaymentMethod
    state: PaymentState
    currency: str
    amount_minor: int
    unallocated_minor: int
    reference: str

    @property
    def has_arrived(self) -> bool:
        """Whether the money is or was there; what has not arrived settles nothing."""
        return self.state in RECEIVED

    @property
    def can_undo(self) -> bool:
        """Whether a person recorded it and can take it back."""
        return self.method is not PaymentMethod.STRIPE and self.state is not PaymentState.UNDONE
