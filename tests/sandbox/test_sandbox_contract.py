"""The sandbox against Stripe's description: never more parameters, every operation exercised."""

from typing import Any

import pytest
import requests
import stripe
from jsonschema import Draft202012Validator
from sandbox_support import MakeClient, MakeLink, link_params
from stripe_contract import ContractBroken, StripeContract

from billdesk.sandbox import Exchange, StripeSandbox
from billdesk.sandbox.control import TOKEN_HEADER
from billdesk.sandbox.operations import OPERATIONS, Operation
from billdesk.sandbox.parameters import Choice, Clearable, Each, Either, Fields, Kind, Metadata


def samples(kind: Kind) -> list[Any]:
    """Values of a declared parameter, one for each of its forms."""
    if isinstance(kind, Fields):
        full = [{name: samples(part)[0] for name, part in kind.known.items()}]
        return full + [
            {**full[0], name: value}
            for name, part in kind.known.items()
            for value in samples(part)[1:]
        ]
    if isinstance(kind, Choice):
        return list(kind.values)
    if isinstance(kind, Each):
        return [[value] for value in samples(kind.kind)]
    if isinstance(kind, Clearable):
        return [*samples(kind.kind), ""]
    if isinstance(kind, Either):
        return [*samples(kind.nested), *samples(kind.plain)]
    if isinstance(kind, Metadata):
        return [{"key": "value"}]
    return ["true"] if type(kind).__name__ == "Flag" else ["12"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_declared_parameter_is_stripes(
    contract: StripeContract, operation: Operation
) -> None:
    path = operation.path.replace("{id}", "an_id")
    schema = Draft202012Validator(contract.parameter_schema(operation.method, path))
    for params in samples(operation.takes):
        errors = [error for error in schema.iter_errors(params) if error.validator != "required"]
        assert not errors, errors[0].message


def test_every_operation_of_the_description_is_served(contract: StripeContract) -> None:
    served = {
        contract.operation_id(one.method, one.path.replace("{id}", "an_id")) for one in OPERATIONS
    }
    assert contract.operation_ids() == served


def test_the_description_is_of_the_version_the_sdk_pins(contract: StripeContract) -> None:
    assert contract.version == stripe.api_version


def test_every_operations_answer_fits_the_description(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    make_link: MakeLink,
    exchanges: list[Exchange],
    contract: StripeContract,
) -> None:
    """One pass over all operations; the fixture checks each exchange when the test ends."""
    v1 = client.v1
    link = make_link()
    session = v1.checkout.sessions.retrieve(
        sandbox.pay(link.url),
        {"expand": ["payment_intent.latest_charge", "line_items", "payment_link"]},
    )
    sandbox.advance(3)
    intent = session.payment_intent.id
    v1.payment_intents.retrieve(
        intent, {"expand": ["latest_charge.balance_transaction.source", "payment_method"]}
    )
    refund = v1.refunds.create({"payment_intent": intent, "amount": 100})
    v1.refunds.retrieve(refund.id, {"expand": ["balance_transaction", "charge", "payment_method"]})
    v1.charges.retrieve(str(refund.charge), {"expand": ["refunds", "balance_transaction"]})
    v1.balance_transactions.retrieve(str(refund.balance_transaction), {"expand": ["source"]})
    requests.post(
        f"{sandbox.url}/_sim/dispute",
        json={"payment_intent": intent},
        headers={TOKEN_HEADER: sandbox.control_token},
        timeout=10,
    )
    v1.disputes.retrieve(v1.disputes.list().data[0].id, {"expand": ["charge", "payment_intent"]})
    requests.get(make_link().url, timeout=10)
    v1.checkout.sessions.expire(v1.checkout.sessions.list({"status": "open"}).data[0].id)
    v1.checkout.sessions.line_items.list(session.id)
    v1.payment_links.update(link.id, {"metadata": {"rev": "2"}})
    v1.payment_links.retrieve(link.id, {"expand": ["line_items"]})
    v1.payment_links.line_items.list(link.id, {"expand": ["data.price.product"]})
    saved = sandbox.state()["payment_methods"][0]["id"]
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        v1.payment_intents.confirm(
            v1.payment_intents.create({"amount": 500, "currency": "eur"}).id,
            {"payment_method": saved},
        )
    v1.payment_intents.cancel(v1.payment_intents.create({"amount": 500, "currency": "eur"}).id)
    product = v1.products.create({"name": "Hosting"})
    v1.products.update(product.id, {"active": False})
    v1.products.retrieve(product.id, {"expand": ["default_price"]})
    price = v1.prices.create({"currency": "eur", "unit_amount": 100, "product": product.id})
    v1.prices.update(price.id, {"nickname": "monthly"})
    v1.prices.retrieve(price.id)
    customer = v1.customers.create({"name": "Anna"})
    v1.customers.update(customer.id, {"name": "Anna Berg"})
    v1.customers.retrieve(customer.id)
    v1.events.retrieve(v1.events.list({"limit": 100}).data[0].id)
    for listed in (
        v1.balance_transactions,
        v1.charges,
        v1.customers,
        v1.payment_intents,
        v1.payment_links,
        v1.prices,
        v1.products,
        v1.refunds,
    ):
        assert listed.list({"limit": 100}).data
    v1.accounts.retrieve_current()
    v1.balance.retrieve()
    seen = {contract.operation_id(one.method, one.path) for one in exchanges}
    assert contract.operation_ids() == seen


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"expires_at": 1}, "expires_at"),
        ({"submit_type": 1}, "submit_type"),
        ({"line_items": [{"price": "price_1"}]}, "quantity"),
        ({"restrictions": {"completed_sessions": {"limit": "one"}}}, "restrictions"),
    ],
)
def test_the_checker_finds_a_wrong_request(
    contract: StripeContract, change: dict[str, Any], told: str
) -> None:
    contract.check_request("POST", "/v1/payment_links", link_params())
    with pytest.raises(ContractBroken, match=told):
        contract.check_request("POST", "/v1/payment_links", link_params(**change))


@pytest.mark.parametrize(
    "change",
    [{"amount": "100"}, {"amount": None}, {"unheard_of": 1}, {"object": "charge"}],
    ids=["wrong type", "null", "unknown member", "wrong object"],
)
def test_the_checker_finds_a_wrong_answer(
    contract: StripeContract,
    sandbox: StripeSandbox,
    make_link: MakeLink,
    change: dict[str, Any],
) -> None:
    sandbox.pay(make_link().url)
    intent = sandbox.state()["payment_intents"][0]
    path = f"/v1/payment_intents/{intent['id']}"
    contract.check_response("GET", path, 200, intent)
    with pytest.raises(ContractBroken):
        contract.check_response("GET", path, 200, {**intent, **change})
    with pytest.raises(ContractBroken, match="no DELETE"):
        contract.check_request("DELETE", path, {})


def test_replies_of_a_newer_kind_do_not_break_the_check(contract: StripeContract) -> None:
    """Open enums may grow: an unknown value in an answer is Stripe's right."""
    balance = {"object": "balance", "livemode": False, "available": [], "pending": []}
    contract.check_response("GET", "/v1/balance", 200, balance)
    error = {"error": {"type": "invalid_request_error", "message": "m"}}
    contract.check_response("GET", "/v1/balance", 404, error)


def test_version_of_the_client_is_echoed(make_client: MakeClient) -> None:
    client = make_client()
    reply = client.v1.balance.retrieve(options={"stripe_version": "2025-01-27.acacia"})
    assert reply.last_response.headers["Stripe-Version"] == "2025-01-27.acacia"
