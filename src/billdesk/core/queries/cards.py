"""What is asked and answered about cards that customers left to be charged again."""

from dataclasses import dataclass
from datetime import datetime

from billdesk.core.domain.outside import OrderState


@dataclass(frozen=True, slots=True)
class CardRow:
    """A saved card; ``document_number`` is the invoice whose pay page asked for the consent."""

    id: int
    brand: str
    last4: str
    expires_month: int | None
    expires_year: int | None
    consented_at: datetime
    document_number: str


@dataclass(frozen=True, slots=True)
class ChargeInfo:
    """The newest charge of a saved card for a document; ``minor`` units of its currency.

    ``error`` says why it was not carried out, or why it still waits.
    """

    state: OrderState
    minor: int
    brand: str
    last4: str
    asked_at: datetime
    error: str
