"""From Stripe's JSON (pinned API version) to facts."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from billdesk.core.gateways.stripe.amounts import iso_amount
from billdesk.core.gateways.stripe.body import (
    Body,
    OddBody,
    expanded,
    flag,
    id_of,
    instant,
    items,
    mapping,
    metadata,
    part,
    text,
    text_or_none,
    whole,
    whole_or_none,
    whole_or_zero,
)
from billdesk.core.gateways.stripe.facts import (
    BalanceFact,
    ChargeFact,
    DisputeFact,
    IntentFact,
    LinkFact,
    LinkItemFact,
    PaymentProblem,
    RefundFact,
    SessionFact,
)


def account_name(body: Body) -> str:
    """What an ``account`` calls itself: in the Dashboard, else towards its customers."""
    shown = text_or_none(part(part(body, "settings"), "dashboard"), "display_name")
    return shown or text_or_none(part(body, "business_profile"), "name") or ""


def link_fact(body: Body) -> LinkFact:
    """A ``payment_link``."""
    completed = part(part(body, "restrictions"), "completed_sessions")
    return LinkFact(
        id=text(body, "id"),
        url=text(body, "url"),
        active=flag(body, "active"),
        livemode=flag(body, "livemode"),
        metadata=metadata(body),
        completed_sessions=whole_or_zero(completed, "count"),
        completed_limit=whole(completed, "limit") if completed else None,
        items=_link_items(body),
    )


def _link_items(body: Body) -> tuple[LinkItemFact, ...] | None:
    listed = expanded(body.get("line_items"))
    if listed is None:
        return None
    rows = [mapping(row, "line_items") for row in items(listed.get("data"), "line_items")]
    return tuple(
        LinkItemFact(
            amount_minor=iso_amount(whole(row, "amount_total"), _currency(row)),
            currency=_currency(row),
            quantity=whole_or_zero(row, "quantity"),
        )
        for row in rows
    )


def session_fact(body: Body) -> SessionFact:
    """A ``checkout.session``, its payment intent expanded or not.

    Another program's session may collect no money and then has no currency.
    """
    currency = (text_or_none(body, "currency") or "").upper()
    details = part(body, "total_details")
    return SessionFact(
        id=text(body, "id"),
        status=text(body, "status"),
        payment_status=text(body, "payment_status"),
        livemode=flag(body, "livemode"),
        payment_link_id=id_of(body.get("payment_link")),
        intent_id=id_of(body.get("payment_intent")),
        amount_total_minor=iso_amount(whole_or_zero(body, "amount_total"), currency),
        currency=currency,
        discount_minor=iso_amount(whole_or_zero(details, "amount_discount"), currency),
        tax_minor=iso_amount(whole_or_zero(details, "amount_tax"), currency),
        metadata=metadata(body),
        customer_id=id_of(body.get("customer")),
        customer_email=text_or_none(part(body, "customer_details"), "email"),
        created_at=instant(body, "created"),
    )


def intent_fact(body: Body) -> IntentFact:
    """A ``payment_intent``, its latest charge expanded or not."""
    currency = _currency(body)
    problem = expanded(body.get("last_payment_error"))
    return IntentFact(
        id=text(body, "id"),
        status=text(body, "status"),
        amount_minor=iso_amount(whole(body, "amount"), currency),
        amount_received_minor=iso_amount(whole_or_zero(body, "amount_received"), currency),
        currency=currency,
        livemode=flag(body, "livemode"),
        metadata=metadata(body),
        created_at=instant(body, "created"),
        last_error=None
        if problem is None
        else PaymentProblem(
            code=text_or_none(problem, "code"),
            decline_code=text_or_none(problem, "decline_code"),
            message=text_or_none(problem, "message"),
        ),
        latest_charge_id=id_of(body.get("latest_charge")),
        customer_id=id_of(body.get("customer")),
        payment_method_id=id_of(body.get("payment_method")),
        may_be_kept=text_or_none(body, "setup_future_usage") == "off_session",
    )


def charge_fact(body: Body) -> ChargeFact:
    """A ``charge`` with its balance transaction expanded, or null when not captured yet."""
    currency = _currency(body)
    details = part(body, "payment_method_details")
    method = text_or_none(details, "type")
    shown = part(details, method) if method else {}
    return ChargeFact(
        id=text(body, "id"),
        status=text(body, "status"),
        amount_captured_minor=iso_amount(whole_or_zero(body, "amount_captured"), currency),
        amount_refunded_minor=iso_amount(whole_or_zero(body, "amount_refunded"), currency),
        currency=currency,
        refunded=flag(body, "refunded"),
        disputed=flag(body, "disputed"),
        receipt_url=text_or_none(body, "receipt_url"),
        method=method,
        brand=text_or_none(shown, "brand"),
        last4=text_or_none(shown, "last4"),
        expires_month=whole_or_none(shown, "exp_month"),
        expires_year=whole_or_none(shown, "exp_year"),
        created_at=instant(body, "created"),
        balance=_balance_or_none(body, "balance_transaction"),
        failure_balance=_balance_or_none(body, "failure_balance_transaction"),
    )


def balance_fact(body: Body) -> BalanceFact:
    """A ``balance_transaction``."""
    currency = _currency(body)
    amount_minor = iso_amount(whole(body, "amount"), currency)
    fee_minor = iso_amount(whole(body, "fee"), currency)
    rate = body.get("exchange_rate")
    return BalanceFact(
        id=text(body, "id"),
        type=text(body, "type"),
        source_id=id_of(body.get("source")),
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        fee_tax_minor=iso_amount(_fee_tax(body), currency),
        net_minor=amount_minor - fee_minor,
        currency=currency,
        # JSON gives a float; its shortest text is the number Stripe wrote.
        exchange_rate=None if rate is None else _rate(rate),
        available_on=instant(body, "available_on").date(),
        created_at=instant(body, "created"),
    )


def _rate(value: object) -> Decimal:
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        raise OddBody("exchange_rate") from None
    if not rate.is_finite():
        raise OddBody("exchange_rate")
    return rate


def _fee_tax(body: Body) -> int:
    details = [mapping(row, "fee_details") for row in items(body.get("fee_details") or [], "fee")]
    return sum(whole(row, "amount") for row in details if row.get("type") == "tax")


def refund_fact(body: Body) -> RefundFact:
    """A ``refund`` with its balance transactions expanded."""
    currency = _currency(body)
    return RefundFact(
        id=text(body, "id"),
        intent_id=id_of(body.get("payment_intent")),
        status=text_or_none(body, "status") or "unknown",
        amount_minor=iso_amount(whole(body, "amount"), currency),
        currency=currency,
        reason=text_or_none(body, "reason"),
        pending_reason=text_or_none(body, "pending_reason"),
        failure_reason=text_or_none(body, "failure_reason"),
        metadata=metadata(body),
        created_at=instant(body, "created"),
        balance=_balance_or_none(body, "balance_transaction"),
        failure_balance=_balance_or_none(body, "failure_balance_transaction"),
    )


def dispute_fact(body: Body) -> DisputeFact:
    """A ``dispute``; its balance transactions always come whole."""
    currency = _currency(body)
    return DisputeFact(
        id=text(body, "id"),
        status=text(body, "status"),
        amount_minor=iso_amount(whole(body, "amount"), currency),
        currency=currency,
        reason=text_or_none(body, "reason") or "general",
        due_at=_due_at(part(body, "evidence_details")),
        is_charge_refundable=flag(body, "is_charge_refundable"),
        created_at=instant(body, "created"),
        movements=tuple(
            balance_fact(mapping(row, "balance_transactions"))
            for row in items(body.get("balance_transactions") or [], "balance_transactions")
        ),
    )


def _due_at(evidence: Body) -> datetime | None:
    """Until when to answer. An odd date must not hide the dispute itself."""
    try:
        return instant(evidence, "due_by") if whole_or_zero(evidence, "due_by") > 0 else None
    except OddBody:
        return None


def _balance_or_none(body: Body, key: str) -> BalanceFact | None:
    found = expanded(body.get(key))
    return None if found is None else balance_fact(found)


def _currency(body: Body) -> str:
    return text(body, "currency").upper()
