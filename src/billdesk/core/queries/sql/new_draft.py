"""What a new draft starts with."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Company, Customer
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.settings import InvoiceDefaults, OnlinePayment
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.people import discount_of, read_contacts, read_places


def new_draft(
    connection: Connection,
    company_id: int,
    customer_id: int | None,
    kind: DocumentKind = DocumentKind.INVOICE,
) -> InvoiceDraft:
    """An empty draft with the defaults of the company and of the customer, if one is given.

    The company's texts speak of paying an invoice, as paying online does: a quote and a credit
    note ask for no money and start without them. A credit note is due on no day either.
    The exchange rate of a foreign currency is left open: it is somebody's decision. Raises
    ``NotFound`` for a customer of another company.
    """
    base = connection.scalar(select(Company.currency).where(Company.id == company_id)) or ""
    defaults = stored_setting(connection, company_id, InvoiceDefaults)
    currency, terms_days, language = base, defaults.terms_days, defaults.language
    discount, contact, delivery = None, "", None
    if customer_id is not None:
        customer = connection.execute(
            select(
                Customer.currency,
                Customer.terms_days,
                Customer.language,
                Customer.discount_percent,
                Customer.discount_days,
            ).where(Customer.company_id == company_id, Customer.id == customer_id)
        ).first()
        if customer is None:
            raise NotFound("This customer does not exist.")
        currency = customer.currency or currency
        language = customer.language or language
        if customer.terms_days is not None:
            terms_days = customer.terms_days
        discount = discount_of(customer)
        contacts = read_contacts(connection, company_id, customer_id)
        contact = next((one.name for one in contacts if one.is_default), "")
        places = read_places(connection, company_id, customer_id)
        delivery = next((Delivery(one.name, one.address) for one in places if one.is_default), None)
    asks_for_money = kind in INVOICE_KINDS
    online = stored_setting(connection, company_id, OnlinePayment).enabled
    return InvoiceDraft(
        customer_id=customer_id,
        currency=currency,
        terms_days=None if kind is DocumentKind.CREDIT_NOTE else terms_days,
        discount=None if kind is DocumentKind.CREDIT_NOTE else discount,
        contact=contact,
        delivery=delivery,
        language=language,
        introduction=defaults.introduction if asks_for_money else "",
        terms=defaults.terms if asks_for_money else "",
        price_mode=defaults.price_mode,
        tax_rounding=defaults.tax_rounding,
        # Coins are rounded in the company's own currency only.
        cash_step_minor=defaults.cash_step_minor if currency == base else 0,
        online_payment=online and asks_for_money,
    )
