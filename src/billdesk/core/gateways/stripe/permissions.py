"""The rows of a restricted key BillDesk needs, and the Dashboard's form with them ticked.

Names are the Dashboard's, slugs the API's (https://docs.stripe.com/keys/restricted-api-keys). A
few slugs are not documented: the form ignores one it does not know without a word, so what counts
is what the probe finds.
"""

from collections.abc import Collection, Iterable
from urllib.parse import quote

from billdesk.core.domain.stripe_access import (
    AccessReport,
    PermissionLine,
    PermissionNeed,
    PermissionRow,
)

_READ, _WRITE = "Read", "Write"
_LINKS = PermissionNeed.LINKS
ROWS: tuple[PermissionRow, ...] = (
    PermissionRow("rak_event_read", "Events", _READ, "to learn that somebody paid", _LINKS),
    PermissionRow(
        "rak_bucket_payment_links_write",
        "Payment Links",
        _WRITE,
        "to make links and switch them off",
        _LINKS,
    ),
    PermissionRow(
        "rak_bucket_checkout_write",
        "Checkout Sessions",
        _WRITE,
        "to see who pays, and close pay pages left open",
        _LINKS,
    ),
    PermissionRow("rak_product_write", "Products", _WRITE, "to name the invoice on it", _LINKS),
    PermissionRow("rak_plan_write", "Prices", _WRITE, "to set the amount of a link", _LINKS),
    PermissionRow(
        "rak_payment_intent_read", "PaymentIntents", _READ, "to read each payment", _LINKS
    ),
    PermissionRow(
        "rak_charge_read",
        "Charges and Refunds",
        _READ,
        "to see cards charged and money given back",
        _LINKS,
    ),
    PermissionRow("rak_dispute_read", "Disputes", _READ, "to see payments in dispute", _LINKS),
    PermissionRow(
        "rak_balance_read", "Balance", _READ, "to book Stripe's fees and payouts", _LINKS
    ),
    PermissionRow(
        "rak_charge_write",
        "Charges and Refunds",
        _WRITE,
        "to give money back from BillDesk",
        PermissionNeed.REFUNDS,
    ),
    PermissionRow(
        "rak_payment_intent_write",
        "PaymentIntents",
        _WRITE,
        "to charge a card that a customer left for it",
        PermissionNeed.CARDS,
    ),
    PermissionRow(
        "rak_customer_read",
        "Customers",
        _READ,
        "to know who left the card",
        PermissionNeed.CARDS,
    ),
)
_DASHBOARD = "https://dashboard.stripe.com"


def form_url(needs: Collection[PermissionNeed], *, livemode: bool) -> str:
    """The Dashboard's form for a new restricted key, with the rows for ``needs`` ticked.

    Links are always among the needs. Of a resource that is written, reading is not ticked too:
    the form has one choice per row.
    """
    slugs = [row.slug for row in ROWS if row.need is _LINKS or row.need in needs]
    wanted = [
        slug
        for slug in slugs
        if not (slug.endswith("_read") and f"{slug.removesuffix('_read')}_write" in slugs)
    ]
    ticks = "".join(f"&permissions[{at}]={quote(slug)}" for at, slug in enumerate(wanted))
    mode = "" if livemode else "/test"
    return f"{_DASHBOARD}{mode}/apikeys/create?name=BillDesk{ticks}"


def keys_url(*, livemode: bool) -> str:
    """The Dashboard's list of keys, where rows of an existing one are changed."""
    return f"{_DASHBOARD}{'' if livemode else '/test'}/apikeys"


def lines_of(report: AccessReport | None) -> tuple[PermissionLine, ...]:
    """Every row with what ``report`` says of it."""
    found = {} if report is None else {one.slug: one for one in report.findings}
    return tuple(
        PermissionLine(row, one.state, one.named, one.words)
        if (one := found.get(row.slug)) is not None
        else PermissionLine(row)
        for row in ROWS
    )


def lacking(lines: Iterable[PermissionLine]) -> str:
    """One sentence about the rows that must be ticked; empty when none is known to be missing."""
    names = [f"“{line.row.name}: {line.row.level}”" for line in lines if line.is_lacking]
    if not names:
        return ""
    rows = "the row" if len(names) == 1 else "the rows"
    return f"The Stripe key lacks {rows} {', '.join(names)}."
