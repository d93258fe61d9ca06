"""Whether a link at Stripe is the one that was asked for, before anybody is shown it."""

import json
from decimal import Decimal

from billdesk.core.db.tables import PaymentLink
from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.gateways.stripe.facts import LinkFact
from billdesk.core.gateways.stripe.keys import is_safe_page


def why_not_shown(link: PaymentLink, seen: LinkFact) -> str:
    """In what ``seen``, read back from Stripe, differs from what ``link`` asks for; empty if none.

    ``seen.items`` must have been read.
    """
    if seen.livemode != link.livemode:
        return f"the link is in {'live' if seen.livemode else 'test'} mode"
    if not is_safe_page(seen.url, livemode=seen.livemode):
        return "its address is not a safe one (https)"
    rows = seen.items or ()
    if [(row.quantity, row.amount_minor, row.currency) for row in rows] != [
        (1, link.amount_minor, link.currency)
    ]:
        there = " and ".join(_amount(row.amount_minor, row.currency) for row in rows) or "nothing"
        return f"it asks for {there} instead of {_amount(link.amount_minor, link.currency)}"
    if seen.completed_limit != 1:
        return "it can be paid more than once"
    # What somebody added is theirs; what leads back to the invoice must be there.
    metadata = json.loads(link.params)["metadata"]
    if any(seen.metadata.get(name) != value for name, value in metadata.items()):
        return "its reference is not the one BillDesk signed"
    if not seen.active:
        return "it was switched off at once"
    return ""


def _amount(minor: int, currency: str) -> str:
    decimals = EXPONENTS.get(currency, 0)
    return f"{currency} {Decimal(minor).scaleb(-decimals):.{decimals}f}"
