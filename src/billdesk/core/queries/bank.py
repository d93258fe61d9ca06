"""What is answered about bank statements and their lines."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.bank_suggestions import Suggestion
from billdesk.core.domain.banking import LineState


@dataclass(frozen=True, slots=True)
class BankLineRow:
    """A line with what it may be, or what it became.

    ``amount_minor`` is positive for money that arrived. ``outcome`` says in words what a decided
    line became; ``documents`` are the invoices it settles.
    """

    id: int
    version: int
    booked_on: date
    amount_minor: int
    currency: str
    counterparty: str
    iban: str
    remittance: str
    account: str
    file_name: str
    state: LineState
    note: str
    suggestions: tuple[Suggestion, ...] = ()
    outcome: str = ""
    documents: tuple[int, ...] = ()

    @property
    def confidence(self) -> int:
        """Of the best suggestion; 0 without one."""
        return self.suggestions[0].confidence if self.suggestions else 0


@dataclass(frozen=True, slots=True)
class OpenDocumentRow:
    """An invoice a line could settle."""

    document_id: int
    number: str
    customer_id: int
    customer: str
    currency: str
    open_minor: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account a line can be booked to."""

    account_id: int
    code: str
    name: str
