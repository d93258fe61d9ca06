"""Find out what a key may do without changing anything.

Reading is tried on lists of one row. Writing is tried on objects that cannot exist: Stripe looks
at permissions before it looks for the object, so "no such object" means that the key may write.
"""

from collections.abc import Callable, Mapping
from typing import Any

from billdesk.core.domain.stripe_access import PermissionFinding, PermissionRow, PermissionState
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripePermissionMissing,
    StripeRefused,
)
from billdesk.core.gateways.stripe.permissions import ROWS
from billdesk.core.gateways.stripe.transport import StripeTransport

_NOBODY = "billdesk_probe"
_ONE: Mapping[str, Any] = {"limit": 1}
# The slug of a row to the paths that are read, and the one that is written with its parameters.
_READS: Mapping[str, tuple[str, ...]] = {
    "rak_event_read": ("/v1/events",),
    "rak_payment_intent_read": ("/v1/payment_intents",),
    "rak_charge_read": ("/v1/charges", "/v1/refunds"),
    "rak_dispute_read": ("/v1/disputes",),
    "rak_balance_read": ("/v1/balance_transactions",),
    "rak_customer_read": ("/v1/customers",),
    "rak_bucket_payment_links_write": ("/v1/payment_links",),
    "rak_bucket_checkout_write": ("/v1/checkout/sessions",),
}
_WRITES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "rak_bucket_payment_links_write": (f"/v1/payment_links/plink_{_NOBODY}", {}),
    "rak_bucket_checkout_write": (f"/v1/checkout/sessions/cs_{_NOBODY}/expire", {}),
    "rak_product_write": (f"/v1/products/prod_{_NOBODY}", {}),
    "rak_plan_write": (f"/v1/prices/price_{_NOBODY}", {}),
    "rak_charge_write": ("/v1/refunds", {"payment_intent": f"pi_{_NOBODY}"}),
    "rak_payment_intent_write": (f"/v1/payment_intents/pi_{_NOBODY}/cancel", {}),
}
Told = Callable[[PermissionFinding], object]


def probe(stripe: StripeTransport, told: Told | None = None) -> tuple[PermissionFinding, ...]:
    """Probe every row, one after the other; ``told`` hears of each as it is found.

    Raises ``StripeFailure`` where Stripe cannot be asked or rejects the key.
    """
    findings = []
    for row in ROWS:
        finding = _found(stripe, row)
        findings.append(finding)
        if told is not None:
            told(finding)
    return tuple(findings)


def _found(stripe: StripeTransport, row: PermissionRow) -> PermissionFinding:
    try:
        for path in _READS.get(row.slug, ()):
            stripe.get(path, _ONE)
        _try_writing(stripe, row.slug)
    except StripePermissionMissing as error:
        return PermissionFinding(
            row.slug, PermissionState.MISSING, error.permission or "", error.stripe_message
        )
    except (StripeRefused, StripeGone) as error:
        words = error.stripe_message if isinstance(error, StripeRefused) else str(error)
        return PermissionFinding(row.slug, PermissionState.UNCLEAR, words=words)
    return PermissionFinding(row.slug, PermissionState.GRANTED)


def _try_writing(stripe: StripeTransport, slug: str) -> None:
    if slug not in _WRITES:
        return
    path, params = _WRITES[slug]
    try:
        stripe.post(path, params)
    except (StripeGone, StripeRefused):
        # Allowed to, but there is nothing of that name.
        return
