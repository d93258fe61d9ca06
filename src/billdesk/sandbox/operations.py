"""The API's operations: for each method and path, its parameters and what it does."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from billdesk.sandbox import catalog, checkout, confirming, links, lists, payments, refunds, specs
from billdesk.sandbox.account import Account, Cause
from billdesk.sandbox.currencies import check_amount, check_currency
from billdesk.sandbox.errors import Json, Written, invalid, missing
from billdesk.sandbox.lists import Test, equal_test
from billdesk.sandbox.parameters import Fields
from billdesk.sandbox.permissions import PRICE_WRITE, PRODUCT_WRITE, Access


@dataclass(frozen=True)
class Call:
    """One checked request: ``object_id`` from the path, ``params`` typed by the declaration."""

    account: Account
    path: str
    object_id: str
    params: Json
    cause: Cause
    access: Access


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    takes: Fields
    run: Callable[[Call], Json | Written]


def _values(call: Call) -> Json:
    return {name: value for name, value in call.params.items() if name != "expand"}


def _read(kind: str, param: str = "id") -> Callable[[Call], Json]:
    return lambda call: call.account.store.get(kind, call.object_id, param=param)


def _list(kind: str, *equal: str) -> Callable[[Call], Json]:
    def run(call: Call) -> Json:
        tests = [equal_test(call.params, name) for name in equal]
        return lists.objects(call.account, kind, call.params, call.path, tests)

    return run


def _list_sessions(call: Call) -> Json:
    params = call.params
    if "payment_link" in params:
        call.account.store.get(
            "payment_link", params["payment_link"], param="payment_link", status=400
        )
    names = ("customer", "payment_intent", "payment_link", "status")
    tests: list[Test] = [equal_test(params, name) for name in names]
    if "customer_details" in params:
        email = params["customer_details"]["email"]
        tests.append(lambda item: (item["customer_details"] or {}).get("email") == email)
    return lists.objects(call.account, "checkout.session", params, call.path, tests)


def _list_events(call: Call) -> Written:
    return lists.events(call.account, call.params, call.path, call.access)


def _read_event(call: Call) -> Json:
    record = call.account.store.events.get(call.object_id)
    if record is None or not call.access.reads(record.about):
        raise missing("event", call.object_id, param="id")
    event: Json = json.loads(record.text)
    return event


def _list_transactions(call: Call) -> Json:
    params, payout_of = call.params, call.account.store.payout_of
    tests: list[Test] = [equal_test(params, name) for name in ("currency", "source", "type")]
    if "payout" in params:
        payout = params["payout"]
        call.account.store.get("payout", payout, param="payout", status=400)
        tests.append(lambda item: payout_of.get(item["id"]) == payout)
    return lists.objects(call.account, "balance_transaction", params, call.path, tests)


def _line_items(kind: str, param: str) -> Callable[[Call], Json]:
    def run(call: Call) -> Json:
        owner = call.account.store.get(kind, call.object_id, param=param)
        return lists.of_items(call.account.store.line_items[owner["id"]], call.params, call.path)

    return run


def _create_link(call: Call) -> Json:
    params = _values(call)
    if params.get("automatic_tax", {}).get("enabled"):
        raise invalid("Automatic tax is not set up for this account.", param="automatic_tax")
    inline = any("price_data" in item for item in params["line_items"])
    if inline and call.account.store.quirks.price_data_needs_permission:
        call.access.require(PRODUCT_WRITE)
        call.access.require(PRICE_WRITE)
    return links.create(call.account, params, call.cause)


def _update_link(call: Call) -> Json:
    values = {name: value for name, value in _values(call).items() if name != "automatic_tax"}
    link = links.update(call.account, call.object_id, values, call.cause)
    if not link["active"] and call.account.store.quirks.deactivation_expires_sessions:
        checkout.expire_open_sessions(call.account, link["id"], at=call.account.clock.now())
    return link


def _expire(call: Call) -> Json:
    session = call.account.store.get("checkout.session", call.object_id, param="session")
    return checkout.expire(call.account, session, call.cause, at=call.account.clock.now())


def _create_intent(call: Call) -> Json:
    params = call.params
    currency = check_currency(params["currency"], "currency")
    check_amount(params["amount"], currency, "amount")
    if params.get("off_session") and not params.get("confirm"):
        raise invalid("You may only set off_session with confirm=true.", param="off_session")
    if params.get("confirm") and "payment_method" not in params:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            param="payment_method",
            code="parameter_missing",
        )
    if "customer" in params:
        call.account.store.get("customer", params["customer"], param="customer", status=400)
    intent = payments.new_intent(
        call.account,
        amount=params["amount"],
        currency=currency,
        metadata=params.get("metadata", {}),
        description=params.get("description"),
        method_types=["card", "sepa_debit"] if currency == "eur" else ["card"],
        customer=params.get("customer"),
    )
    intent["payment_method"] = params.get("payment_method")
    call.account.emit("payment_intent.created", intent, cause=call.cause)
    return _confirmed(call, intent) if params.get("confirm") else intent


def _confirm_intent(call: Call) -> Json:
    intent = call.account.store.get("payment_intent", call.object_id, param="intent")
    return _confirmed(call, intent)


def _confirmed(call: Call, intent: Json) -> Json:
    method_id = call.params.get("payment_method") or intent["payment_method"]
    if method_id is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            param="payment_method",
            code="parameter_missing",
        )
    off_session = call.params.get("off_session", False)
    return confirming.confirm(call.account, intent, method_id, call.cause, off_session=off_session)


def _cancel_intent(call: Call) -> Json:
    intent = call.account.store.get("payment_intent", call.object_id, param="intent")
    reason = call.params.get("cancellation_reason")
    return payments.cancel(call.account, intent, reason, call.cause)


def _update(kind: str) -> Callable[[Call], Json]:
    return lambda call: catalog.update(
        call.account, kind, call.object_id, _values(call), call.cause
    )


def _account(call: Call) -> Json:
    account = call.account
    return {
        "id": account.account_id,
        "object": "account",
        "business_profile": {"mcc": None, "name": account.merchant, "url": None},
        "business_type": "company",
        "charges_enabled": True,
        "country": "DE",
        "default_currency": "eur",
        "details_submitted": True,
        "email": "practice@example.com",
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": account.merchant, "timezone": "Etc/UTC"}},
        "type": "standard",
    }


def _balance(call: Call) -> Json:
    now = call.account.clock.now()
    sums: dict[str, dict[str, int]] = {"available": {"eur": 0}, "pending": {"eur": 0}}
    for transaction in call.account.store.oldest_first("balance_transaction"):
        part = sums["available" if transaction["available_on"] <= now else "pending"]
        currency = transaction["currency"]
        part[currency] = part.get(currency, 0) + transaction["net"]
    return {
        "object": "balance",
        "livemode": False,
        **{
            name: [{"amount": amount, "currency": currency} for currency, amount in part.items()]
            for name, part in sums.items()
        },
    }


OPERATIONS = (
    Operation("GET", "/v1/account", specs.READ, _account),
    Operation("GET", "/v1/balance", specs.READ, _balance),
    Operation(
        "GET",
        "/v1/balance_transactions",
        specs.LIST_TRANSACTIONS,
        _list_transactions,
    ),
    Operation("GET", "/v1/balance_transactions/{id}", specs.READ, _read("balance_transaction")),
    Operation(
        "GET", "/v1/charges", specs.LIST_CHARGES, _list("charge", "customer", "payment_intent")
    ),
    Operation("GET", "/v1/charges/{id}", specs.READ, _read("charge", "charge")),
    Operation("GET", "/v1/checkout/sessions", specs.LIST_SESSIONS, _list_sessions),
    Operation(
        "GET", "/v1/checkout/sessions/{id}", specs.READ, _read("checkout.session", "session")
    ),
    Operation("POST", "/v1/checkout/sessions/{id}/expire", specs.EXPIRE_SESSION, _expire),
    Operation(
        "GET",
        "/v1/checkout/sessions/{id}/line_items",
        specs.LIST_ITEMS,
        _line_items("checkout.session", "session"),
    ),
    Operation("GET", "/v1/customers", specs.LIST_CUSTOMERS, _list("customer", "email")),
    Operation(
        "POST",
        "/v1/customers",
        specs.WRITE_CUSTOMER,
        lambda call: catalog.create_customer(call.account, _values(call), call.cause),
    ),
    Operation("GET", "/v1/customers/{id}", specs.READ, _read("customer", "customer")),
    Operation("POST", "/v1/customers/{id}", specs.WRITE_CUSTOMER, _update("customer")),
    Operation(
        "GET", "/v1/disputes", specs.LIST_DISPUTES, _list("dispute", "charge", "payment_intent")
    ),
    Operation("GET", "/v1/disputes/{id}", specs.READ, _read("dispute", "dispute")),
    Operation("GET", "/v1/events", specs.LIST_EVENTS, _list_events),
    Operation("GET", "/v1/events/{id}", specs.READ, _read_event),
    Operation(
        "GET", "/v1/payment_intents", specs.LIST_INTENTS, _list("payment_intent", "customer")
    ),
    Operation("POST", "/v1/payment_intents", specs.CREATE_INTENT, _create_intent),
    Operation(
        "GET", "/v1/payment_intents/{id}", specs.READ_INTENT, _read("payment_intent", "intent")
    ),
    Operation("POST", "/v1/payment_intents/{id}/confirm", specs.CONFIRM_INTENT, _confirm_intent),
    Operation("POST", "/v1/payment_intents/{id}/cancel", specs.CANCEL_INTENT, _cancel_intent),
    Operation("GET", "/v1/payment_links", specs.LIST_LINKS, _list("payment_link", "active")),
    Operation("POST", "/v1/payment_links", specs.CREATE_LINK, _create_link),
    Operation("GET", "/v1/payment_links/{id}", specs.READ, _read("payment_link", "payment_link")),
    Operation("POST", "/v1/payment_links/{id}", specs.UPDATE_LINK, _update_link),
    Operation(
        "GET",
        "/v1/payment_links/{id}/line_items",
        specs.LIST_ITEMS,
        _line_items("payment_link", "payment_link"),
    ),
    Operation("GET", "/v1/prices", specs.LIST_ACTIVE, _list("price", "active")),
    Operation(
        "POST",
        "/v1/prices",
        specs.CREATE_PRICE,
        lambda call: catalog.create_price(call.account, _values(call), cause=call.cause),
    ),
    Operation("GET", "/v1/prices/{id}", specs.READ, _read("price", "price")),
    Operation("POST", "/v1/prices/{id}", specs.UPDATE_PRICE, _update("price")),
    Operation("GET", "/v1/products", specs.LIST_ACTIVE, _list("product", "active")),
    Operation(
        "POST",
        "/v1/products",
        specs.CREATE_PRODUCT,
        lambda call: catalog.create_product(call.account, _values(call), call.cause),
    ),
    Operation("GET", "/v1/products/{id}", specs.READ, _read("product")),
    Operation("POST", "/v1/products/{id}", specs.UPDATE_PRODUCT, _update("product")),
    Operation(
        "GET", "/v1/refunds", specs.LIST_REFUNDS, _list("refund", "charge", "payment_intent")
    ),
    Operation(
        "POST",
        "/v1/refunds",
        specs.CREATE_REFUND,
        lambda call: refunds.create(call.account, _values(call), call.cause),
    ),
    Operation("GET", "/v1/refunds/{id}", specs.READ, _read("refund", "refund")),
)
