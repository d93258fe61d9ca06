"""What is answered about customers."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.addresses import Address


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer with what they owe: (currency, minor units) of each currency.

    Empty ``language``, ``currency`` and ``terms_days``: the company's own.
    """

    id: int
    version: int
    number: str
    name: str
    contact: str
    email: str
    phone: str
    address: Address
    vat_id: str
    language: str
    currency: str
    terms_days: int | None
    notes: str
    deleted: bool
    owed: tuple[tuple[str, int], ...] = ()
    overdue: bool = False
    last_invoice_on: date | None = None
