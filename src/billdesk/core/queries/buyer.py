"""A customer as a document shows them."""

from typing import Any

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.snapshot import Buyer


def address_of(customer: Any) -> Address:
    """The address in the columns of a customer row."""
    return Address(
        line1=customer.line1,
        line2=customer.line2,
        postal_code=customer.postal_code,
        city=customer.city,
        region=customer.region,
        country=customer.country,
    )


def buyer_of(customer: Any) -> Buyer:
    """The buyer (BG-7) from a customer row, mapped or selected."""
    return Buyer(
        name=customer.name,
        address=address_of(customer),
        contact=customer.contact,
        email=customer.email,
        vat_id=customer.vat_id,
        customer_number=customer.number,
    )
