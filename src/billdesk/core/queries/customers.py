"""What is answered about customers."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import CustomValues
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.tax_treatment import Treatment


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer with what they owe: (currency, minor units) of each currency.

    Empty ``language``, ``currency`` and ``terms_days``: the company's own. ``contacts`` and
    ``places`` are read with one customer, not with a list of them.
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
    # A duplicate that counts for another customer since they were merged.
    merged_into_id: int | None = None
    discount: DiscountTerms | None = None
    tax_treatment: Treatment | None = None
    tax_rate_id: int | None = None
    price_list_id: int | None = None
    custom: CustomValues = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[Place, ...] = ()
