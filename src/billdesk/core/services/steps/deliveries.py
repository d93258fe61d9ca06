"""Where goods go, made fit to store."""

from dataclasses import replace

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.texts import clean_line
from billdesk.core.services.steps.addresses import clean_address

# Characters.
LONGEST_NAME = 200


def clean_delivery(delivery: Delivery | None) -> Delivery | None:
    """The place as it can be stored; an empty one is none.

    Raises ``UserError`` about ``delivery.NAME``.
    """
    if delivery is None:
        return None
    try:
        address = clean_address(delivery.address)
        cleaned = Delivery(
            clean_line(delivery.name, "name", LONGEST_NAME),
            replace(address, country=address.country.upper()),
        )
    except UserError as error:
        raise UserError(str(error), field=f"delivery.{error.field}") from None
    return None if cleaned == Delivery() else cleaned
