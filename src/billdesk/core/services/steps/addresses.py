"""Postal addresses made fit to store."""

import re

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.texts import clean_lines_of

# Characters, as the columns hold.
LONGEST_ADDRESS = {
    "line1": 200,
    "line2": 200,
    "postal_code": 20,
    "city": 120,
    "region": 120,
    "country": 80,
}


def clean_address(address: Address) -> Address:
    """The address as it can be stored. Raises ``UserError`` (with its field)."""
    address = clean_lines_of(address, LONGEST_ADDRESS)
    if address.country and not re.fullmatch("[A-Za-z]{2}", address.country):
        raise UserError("Write the country as two letters, such as DE.", field="country")
    return address
