"""Use cases about customers."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from stdnum import exceptions as stdnum_errors
from stdnum.eu import vat as eu_vat

from billdesk.core.db.tables import Customer, PriceList, TaxRate
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.custom_fields import CustomValues, Entity, values_to_json
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import CustomerChanged
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.search import search_key
from billdesk.core.domain.tax_treatment import Treatment
from billdesk.core.domain.texts import clean_lines_of, clean_paragraphs
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.services.steps.addresses import clean_address
from billdesk.core.services.steps.custom_fields import checked_values
from billdesk.core.services.steps.drafts import refuse_erased
from billdesk.core.services.steps.numbers import (
    CUSTOMER_SERIES,
    keep_past,
    series_of,
    take_number,
)
from billdesk.core.services.steps.people import check_contacts, check_places, store_people
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.soft_delete import set_deleted

# Characters, as the columns hold.
LONGEST = {
    "name": 200,
    "number": 40,
    "contact": 200,
    "email": 320,
    "phone": 60,
    "vat_id": 30,
    "language": 10,
    "currency": 3,
}


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """A customer as typed. Empty ``language``, ``currency`` and ``terms_days``: the company's.

    ``tax_treatment`` is how sales to it are taxed, ``tax_rate_id`` the usual rate of its lines;
    ``contacts`` and ``places`` are all of them: a stored one that is missing is put away.
    """

    name: str
    number: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    address: Address = Address()
    vat_id: str = ""
    language: str = ""
    currency: str = ""
    terms_days: int | None = None
    notes: str = ""
    discount: DiscountTerms | None = None
    tax_treatment: Treatment | None = None
    tax_rate_id: int | None = None
    price_list_id: int | None = None
    custom: CustomValues = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[Place, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the table's columns except the number; for a checked customer."""
        name = self.name
        address = self.address
        return {
            "name": name,
            # Folding may lengthen a name.
            "sort_name": search_key(name)[: LONGEST["name"]],
            "search_text": self._search_text(),
            "contact": self.contact,
            "email": self.email,
            "phone": self.phone,
            "line1": address.line1,
            "line2": address.line2,
            "postal_code": address.postal_code,
            "city": address.city,
            "region": address.region,
            "country": address.country.upper(),
            "vat_id": self.vat_id,
            "language": self.language,
            "currency": self.currency,
            "terms_days": self.terms_days,
            "notes": self.notes,
            "discount_percent": self.discount.percent if self.discount else None,
            "discount_days": self.discount.days if self.discount else None,
            "tax_treatment": self.tax_treatment.value if self.tax_treatment else "",
            "tax_rate_id": self.tax_rate_id,
            "price_list_id": self.price_list_id,
            "custom": values_to_json(self.custom),
        }

    def _search_text(self) -> str:
        words = [self.name, self.contact, self.email, self.address.city, self.vat_id]
        words += [text for one in self.contacts for text in (one.name, one.email)]
        words += [one.value for one in self.custom]
        return search_key(" ".join(words))


def check_customer(customer: CustomerInput) -> CustomerInput:
    """The customer as it can be stored. Raises ``UserError`` (with its field)."""
    customer = replace(
        clean_lines_of(customer, LONGEST),
        address=clean_address(customer.address),
        notes=clean_paragraphs(customer.notes, "notes"),
        contacts=check_contacts(customer.contacts),
        places=check_places(customer.places),
    )
    if not customer.name:
        raise UserError("Give the customer a name.", field="name")
    if customer.email:
        check_address(customer.email, "email")
    if customer.currency:
        exponent(customer.currency)
    if customer.terms_days is not None and not 0 <= customer.terms_days <= 3650:
        raise UserError("Payment terms are 0 to 3650 days.", field="terms_days")
    check_vat_id(customer.vat_id)
    return customer


def check_vat_id(vat_id: str) -> None:
    """Form and check digit of a European VAT id; others pass. Raises ``UserError``."""
    compact = vat_id.strip().replace(" ", "")
    if len(compact) < 3 or compact[:2].lower() not in eu_vat.MEMBER_STATES | {"el"}:
        return
    try:
        eu_vat.validate(compact)
    except stdnum_errors.ValidationError:
        raise UserError(
            f"“{vat_id.strip()}” is not a valid VAT id: check it for a typing mistake.",
            field="vat_id",
        ) from None


class CustomerService:
    """Create, change, delete and restore customers."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, customer: CustomerInput) -> int:
        """Add a customer; returns its id. Raises ``UserError``."""
        customer = check_customer(customer)
        with self._uow.write() as tx:
            customer = _with_references(tx, customer)
            row = add_customer(tx, customer)
            tx.audit("customer.created", f"customer:{row.uid}", after=customer)
            tx.tell(CustomerChanged(tx.company_id, row.id))
            return row.id

    @use_case
    def update(self, customer_id: int, version: int, customer: CustomerInput) -> None:
        """Change a customer; issued documents keep what they say.

        Raises ``UserError``, ``NotFound``, ``StaleVersion``, ``NotAllowed`` for one erased.
        """
        customer = check_customer(customer)
        with self._uow.write() as tx:
            row = load(tx, Customer, customer_id, version=version)
            refuse_erased(row)
            customer = _with_references(tx, customer)
            before = {name: getattr(row, name) for name in customer.columns()}
            if customer.number and customer.number != row.number:
                _refuse_taken_number(tx, customer.number)
                row.number = customer.number
                keep_past(tx, series_of(tx, CUSTOMER_SERIES), row.number, tx.today)
            for name, value in customer.columns().items():
                setattr(row, name, value)
            row.updated_at = tx.now
            store_people(tx, row, customer.contacts, customer.places)
            tx.audit("customer.updated", f"customer:{row.uid}", before=before, after=customer)
            tx.tell(CustomerChanged(tx.company_id, row.id))

    @use_case
    def delete(self, customer_id: int) -> None:
        """Hide a customer from lists and pickers; documents stay. Raises ``NotFound``."""
        self._set_deleted(customer_id, deleted=True)

    @use_case
    def restore(self, customer_id: int) -> None:
        """Bring a deleted customer back, unless erased. Raises ``NotFound``, ``NotAllowed``."""
        self._set_deleted(customer_id, deleted=False)

    def _set_deleted(self, customer_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            if not deleted:
                refuse_erased(load(tx, Customer, customer_id))
            set_deleted(tx, Customer, customer_id, deleted=deleted)
            tx.tell(CustomerChanged(tx.company_id, customer_id))


def add_customer(tx: Transaction, customer: CustomerInput) -> Customer:
    """Insert a checked customer with its own number or the next one. Raises ``UserError``."""
    series = series_of(tx, CUSTOMER_SERIES)
    number = customer.number
    if number:
        _refuse_taken_number(tx, number)
        keep_past(tx, series, number, tx.today)
    else:
        number = take_number(tx, series, tx.today)
    row = Customer(
        uid=new_uid(),
        company_id=tx.company_id,
        number=number,
        created_at=tx.now,
        updated_at=tx.now,
        **customer.columns(),
    )
    tx.session.add(row)
    tx.session.flush()
    store_people(tx, row, customer.contacts, customer.places)
    return row


def _with_references(tx: Transaction, customer: CustomerInput) -> CustomerInput:
    """The customer with its own fields checked, and what it names found in these books."""
    if customer.tax_rate_id is not None:
        load(tx, TaxRate, customer.tax_rate_id)
    if customer.price_list_id is not None:
        load(tx, PriceList, customer.price_list_id)
    return replace(customer, custom=checked_values(tx, Entity.CUSTOMER, customer.custom))


def _refuse_taken_number(tx: Transaction, number: str) -> None:
    taken = tx.connection.scalar(
        select(Customer.name).where(Customer.company_id == tx.company_id, Customer.number == number)
    )
    if taken is not None:
        raise UserError(f"Customer number {number} belongs to {taken}.", field="number")
