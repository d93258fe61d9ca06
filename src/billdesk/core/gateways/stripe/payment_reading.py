"""Reading one payment whole: session, intent, charge, balance, refunds, disputes."""

from collections.abc import Sequence
from urllib.parse import quote

from billdesk.core.gateways.stripe.body import Body, expanded, flag, id_of
from billdesk.core.gateways.stripe.facts import PaymentSnapshot, RootKind
from billdesk.core.gateways.stripe.parsing import (
    charge_fact,
    dispute_fact,
    intent_fact,
    refund_fact,
    session_fact,
)
from billdesk.core.gateways.stripe.transport import Answer, StripeTransport, understood

_BALANCES = (
    "latest_charge.balance_transaction",
    "latest_charge.failure_balance_transaction",
)
# More refunds or disputes than this on one payment is not an invoice.
_MOST_ROWS = 1000


def path_to(collection: str, object_id: str) -> str:
    """The path of one object; the id is quoted because it may come from an event's payload."""
    return f"/v1/{collection}/{quote(object_id, safe='')}"


def read_payment(
    stripe: StripeTransport, kind: RootKind, root_id: str, *, refunds: bool, disputes: bool
) -> PaymentSnapshot:
    """See ``StripeGateway.fetch_payment``."""
    match kind:
        case RootKind.SESSION:
            answer = stripe.get(
                path_to("checkout/sessions", root_id),
                {"expand": [f"payment_intent.{one}" for one in _BALANCES]},
            )
            intent = expanded(answer.body.get("payment_intent"))
            return _snapshot(stripe, answer, answer.body, intent, refunds, disputes)
        case RootKind.PAYMENT_INTENT:
            return _by_intent(stripe, root_id, refunds, disputes)
        case RootKind.CHARGE:
            answer = stripe.get(path_to("charges", root_id))
            intent_id = id_of(answer.body.get("payment_intent"))
            if intent_id is not None:
                return _by_intent(stripe, intent_id, refunds, disputes)
            # Made without an intent, hence by no payment link: another program's.
            with understood():
                return PaymentSnapshot(
                    livemode=flag(answer.body, "livemode"),
                    read_at=answer.server_at,
                    session=None,
                    intent=None,
                    charge=charge_fact(answer.body),
                    refunds=(),
                    disputes=(),
                )
        case RootKind.PAYMENT_LINK:
            raise ValueError("a payment link is read with read_payment_link")


def refund_rows(stripe: StripeTransport, intent_id: str) -> list[Body]:
    """The refunds of a payment with their movements on the balance, newest first."""
    balances = ["data.balance_transaction", "data.failure_balance_transaction"]
    asked = {"payment_intent": intent_id, "expand": balances}
    return list(stripe.rows("/v1/refunds", asked, most=_MOST_ROWS))


def _by_intent(
    stripe: StripeTransport, intent_id: str, refunds: bool, disputes: bool
) -> PaymentSnapshot:
    answer = stripe.get(path_to("payment_intents", intent_id), {"expand": list(_BALANCES)})
    sessions = list(stripe.rows("/v1/checkout/sessions", {"payment_intent": intent_id}, most=1))
    session = sessions[0] if sessions else None
    return _snapshot(stripe, answer, session, answer.body, refunds, disputes)


def _snapshot(
    stripe: StripeTransport,
    answer: Answer,
    session: Body | None,
    intent: Body | None,
    refunds: bool,
    disputes: bool,
) -> PaymentSnapshot:
    charge = expanded(intent.get("latest_charge")) if intent is not None else None
    intent_id = id_of(intent)
    refunded: Sequence[Body] = ()
    dispute_rows: Sequence[Body] = ()
    if intent_id is not None:
        whose = {"payment_intent": intent_id}
        if refunds or (charge is not None and charge.get("amount_refunded")):
            refunded = refund_rows(stripe, intent_id)
        if disputes or (charge is not None and charge.get("disputed")):
            dispute_rows = list(stripe.rows("/v1/disputes", whose, most=_MOST_ROWS))
    with understood():
        return PaymentSnapshot(
            livemode=flag(answer.body, "livemode"),
            read_at=answer.server_at,
            session=None if session is None else session_fact(session),
            intent=None if intent is None else intent_fact(intent),
            charge=None if charge is None else charge_fact(charge),
            refunds=tuple(refund_fact(row) for row in refunded),
            disputes=tuple(dispute_fact(row) for row in dispute_rows),
        )
