"""Checkout sessions: one visit of a customer to a payment link, from opening to paid."""

from dataclasses import dataclass
from urllib.parse import quote

from billdesk.sandbox import balance, links, methods, payments
from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.cards import DEBITS_BY_LAST4, Decline, PracticeCard, PracticeDebit
from billdesk.sandbox.catalog import create_customer
from billdesk.sandbox.currencies import LARGEST_OTHER_MINOR
from billdesk.sandbox.errors import Json, refused

_LIFETIME_S = 24 * 3600
_LATE_RETURN_S = 14 * 24 * 3600


@dataclass(frozen=True)
class Customer:
    """What the customer typed on the pay page, apart from the number."""

    email: str
    name: str
    country: str = "DE"


def open_session(account: Account, link: Json, *, email: str | None, reference: str | None) -> Json:
    """A new open session: a copy of the link's items, amount and metadata as they are now."""
    now = account.clock.now()
    items = account.store.line_items[link["id"]]
    total = sum(item["amount_total"] for item in items)
    session_id = account.ids.new("cs_test")
    session: Json = {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": link["allow_promotion_codes"],
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": link["billing_address_collection"],
        "cancel_url": None,
        "client_reference_id": reference,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": link["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict(link["custom_text"]),
        "customer": None,
        "customer_creation": link["customer_creation"],
        "customer_details": None,
        "customer_email": email,
        "discounts": [],
        "expires_at": now + _LIFETIME_S,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": "auto",
        "metadata": dict(link["metadata"]),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": link["id"],
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": link["payment_method_types"]
        or _offered_methods(account, link["currency"], total),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": dict(link["phone_number_collection"]),
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": link["submit_type"],
        "subscription": None,
        "success_url": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{account.base_url}/c/pay/{session_id}",
        "wallet_options": None,
    }
    account.store.line_items[session_id] = [{**item, "id": account.ids.new("li")} for item in items]
    account.store.add(session)
    account.store.schedule(session["expires_at"], "expire_session", session_id)
    return session


def pay_by_card(
    account: Account, session: Json, card: PracticeCard, customer: Customer
) -> Decline | None:
    """Charge the card. On a decline the session stays open and the reason is returned."""
    intent = payments.intent_for(account, session, customer.email)
    method = methods.card_method(account, card, customer.name, customer.email)
    _keep_customer(account, session, intent, method, customer)
    if card.decline is not None:
        payments.fail_attempt(account, intent, method, card.decline)
        return card.decline
    now = account.clock.now()
    payments.charge(account, intent, method, pending=False)
    payments.succeed(account, intent, at=now)
    _complete(account, session, customer, paid=True)
    if card.disputes:
        account.store.schedule(now + account.settle_delay_s, "open_dispute", intent["id"])
    return None


def pay_by_debit(account: Account, session: Json, debit: PracticeDebit, customer: Customer) -> None:
    """Start a bank debit: the session is complete at once, its money comes or fails later."""
    intent = payments.intent_for(account, session, customer.email)
    method = methods.debit_method(account, debit, customer.name, customer.email)
    _keep_customer(account, session, intent, method, customer)
    payments.charge(account, intent, method, pending=True)
    payments.start_processing(account, intent)
    _complete(account, session, customer, paid=False)
    action = "settle" if debit.succeeds else "fail"
    due = account.clock.now() + account.delayed_settle_s
    account.store.schedule(due, action, intent["id"])


def settle(account: Account, intent_id: str, *, succeed: bool, at: int) -> None:
    """End a pending debit one way or the other. Raises ApiError when it is not pending."""
    intent = account.store.get("payment_intent", intent_id)
    if intent["status"] != "processing":
        raise refused(f"The payment is {intent['status']}, not processing.")
    account.store.cancel_jobs(intent_id)
    session = session_of(account, intent_id)
    if succeed:
        payments.succeed(account, intent, at=at)
        _plan_return(account, intent, at)
        if session is not None:
            session["payment_status"] = "paid"
            account.emit("checkout.session.async_payment_succeeded", session, at=at)
    else:
        payments.return_debit(account, intent, at=at)
        if session is not None:
            account.emit("checkout.session.async_payment_failed", session, at=at)
            links.uncount_completion(account, session["payment_link"], at)


def _plan_return(account: Account, intent: Json, at: int) -> None:
    method = account.store.get("payment_method", intent["payment_method"])
    debit = DEBITS_BY_LAST4.get(method.get("sepa_debit", {}).get("last4", ""))
    if debit is not None and debit.disputes:
        account.store.schedule(at + account.settle_delay_s, "open_dispute", intent["id"])
    if debit is not None and debit.returns_later:
        account.store.schedule(at + _LATE_RETURN_S, "return_late", intent["id"])


def return_late(account: Account, intent_id: str, *, at: int) -> None:
    """A debit that had succeeded is taken back by the bank after all, weeks later.

    Raises ApiError when the payment has not succeeded, or went back another way meanwhile.
    """
    intent = account.store.get("payment_intent", intent_id)
    item = account.store.get("charge", intent["latest_charge"])
    if intent["status"] != "succeeded" or item["amount_refunded"] or item["disputed"]:
        raise refused("Only a payment that arrived and is still there can come back.")
    balance.book_fee(account, item["id"], at=at)
    payments.return_debit(account, intent, at=at, late=True)


def expire(account: Account, session: Json, cause: Cause, *, at: int) -> Json:
    """Close an open session. Raises ApiError (400) for a session that is not open."""
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}.",
            param="session",
        )
    session["status"] = "expired"
    session["url"] = None
    account.store.cancel_jobs(session["id"])
    account.emit("checkout.session.expired", session, cause=cause, at=at)
    return session


def session_of(account: Account, intent_id: str) -> Json | None:
    """The session that made a payment intent; None for one made through the API."""
    ids = account.store.related("checkout.session", "payment_intent", intent_id)
    return account.store.objects[ids[0]] if ids else None


def expire_open_sessions(account: Account, link_id: str, *, at: int) -> None:
    """Close every open session of a link, as if its customers had waited too long."""
    for session_id in account.store.related("checkout.session", "payment_link", link_id) or []:
        session = account.store.objects[session_id]
        if session["status"] == "open":
            expire(account, session, NOBODY, at=at)


def return_address(account: Account, session: Json) -> str:
    """Where the browser goes after paying: our own page, or the link's redirect."""
    link = account.store.get("payment_link", session["payment_link"])
    after: Json = link["after_completion"]
    if after["type"] == "redirect":
        url: str = after["redirect"]["url"]
        return url.replace("{CHECKOUT_SESSION_ID}", quote(session["id"]))
    return f"/c/pay/{session['id']}"


def _offered_methods(account: Account, currency: str, total: int) -> list[str]:
    """What a Dashboard with its default settings offers: bank debits only exist in euro."""
    methods = ["card", "link"] if account.store.quirks.has_link else ["card"]
    if currency == "eur" and total <= LARGEST_OTHER_MINOR:
        methods.append("sepa_debit")
    return methods


def _keep_customer(
    account: Account, session: Json, intent: Json, method: Json, customer: Customer
) -> None:
    """Make the customer a link asks for, and save the method where the link says so."""
    if session["customer_creation"] != "always":
        return
    if session["customer"] is None:
        made = create_customer(account, {"email": customer.email, "name": customer.name})
        session["customer"] = made["id"]
        account.store.touch(session)
    intent["customer"] = session["customer"]
    account.store.touch(intent)
    if intent["setup_future_usage"] == "off_session":
        method["customer"] = session["customer"]
        account.store.touch(method)


def _complete(account: Account, session: Json, customer: Customer, *, paid: bool) -> None:
    now = account.clock.now()
    session["status"] = "complete"
    session["payment_status"] = "paid" if paid else "unpaid"
    session["url"] = None
    session["customer_details"] = {
        "address": {
            "city": None,
            "country": customer.country,
            "line1": None,
            "line2": None,
            "postal_code": None,
            "state": None,
        },
        "email": customer.email,
        "name": customer.name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    account.store.cancel_jobs(session["id"])
    account.emit("checkout.session.completed", session, cause=NOBODY, at=now)
    if (
        links.count_completion(account, session["payment_link"], now)
        and account.store.quirks.limit_expires_sessions
    ):
        expire_open_sessions(account, session["payment_link"], at=now)
