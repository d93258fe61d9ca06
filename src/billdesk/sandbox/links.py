"""Payment links: create, change, and the copy each checkout session takes of one."""

from billdesk.sandbox.account import NOBODY, Account, Cause, copied
from billdesk.sandbox.catalog import change, create_price, merge_metadata
from billdesk.sandbox.currencies import LARGEST_OTHER_MINOR
from billdesk.sandbox.errors import Json, invalid


def create(account: Account, params: Json, cause: Cause) -> Json:
    """A new active link. Raises ApiError (400) for amounts or items Stripe would refuse."""
    items = [
        _line_item(account, item, f"line_items[{index}]", cause)
        for index, item in enumerate(params["line_items"])
    ]
    currencies = {item["currency"] for item in items}
    if len(currencies) != 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    _check_methods(account, params.get("payment_method_types"), total)
    restrictions = params.get("restrictions")
    token = account.ids.token()
    link: Json = {
        "id": account.ids.new("plink"),
        "object": "payment_link",
        "active": True,
        "after_completion": _after_completion(params.get("after_completion")),
        "allow_promotion_codes": params.get("allow_promotion_codes", False),
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": params.get("billing_address_collection", "auto"),
        "consent_collection": None,
        "currency": currencies.pop(),
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": params.get("customer_creation", "if_required"),
        "inactive_message": params.get("inactive_message"),
        "invoice_creation": {"enabled": False, "invoice_data": None},
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "name_collection": None,
        "on_behalf_of": None,
        "optional_items": None,
        "payment_intent_data": _intent_data(params.get("payment_intent_data")),
        "payment_method_collection": "always",
        "payment_method_options": None,
        "payment_method_types": params.get("payment_method_types"),
        "phone_number_collection": params.get("phone_number_collection", {"enabled": False}),
        "restrictions": _with_count(restrictions, 0),
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": params.get("submit_type", "auto"),
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
        "url": f"{account.base_url}/b/{token}",
    }
    account.store.tokens[token] = link["id"]
    account.store.line_items[link["id"]] = items
    account.store.add(link)
    account.emit("payment_link.created", link, cause=cause)
    return link


def update(account: Account, link_id: str, params: Json, cause: Cause) -> Json:
    """Change a link. Its items and amount are fixed for good, as at Stripe."""
    link = account.store.get("payment_link", link_id, param="payment_link")
    values = dict(params)
    if "after_completion" in values:
        values["after_completion"] = _after_completion(values["after_completion"])
    if "restrictions" in values:
        count = link["restrictions"]["completed_sessions"]["count"] if link["restrictions"] else 0
        values["restrictions"] = _with_count(values["restrictions"], count)
    if "payment_intent_data" in values:
        values["payment_intent_data"] = _changed_intent_data(
            link["payment_intent_data"], values["payment_intent_data"]
        )
    previous = change(link, values)
    if previous:
        account.emit("payment_link.updated", link, cause=cause, previous=previous)
    return link


def count_completion(account: Account, link_id: str, at: int) -> bool:
    """Count a completed session; a link that reached its limit deactivates itself.

    Returns whether the limit is reached.
    """
    link = account.store.get("payment_link", link_id)
    if link["restrictions"] is None:
        return False
    quirks = account.store.quirks
    before = copied(link["restrictions"])
    completed = link["restrictions"]["completed_sessions"]
    completed["count"] += 1
    previous: Json = {"restrictions": before}
    reached: bool = completed["count"] >= completed["limit"]
    if link["active"] and reached and quirks.limit_deactivates:
        link["active"] = False
        previous["active"] = True
    account.store.touch(link)
    if quirks.limit_announced:
        account.emit("payment_link.updated", link, cause=NOBODY, previous=previous, at=at)
    return reached


def uncount_completion(account: Account, link_id: str, at: int) -> None:
    """A debit failed after its session was complete: give its place back, where Stripe does."""
    link = account.store.get("payment_link", link_id)
    quirks = account.store.quirks
    if link["restrictions"] is None or not quirks.failed_debit_lowers_count:
        return
    previous: Json = {"restrictions": copied(link["restrictions"])}
    link["restrictions"]["completed_sessions"]["count"] -= 1
    if quirks.failed_debit_reactivates and not link["active"]:
        link["active"] = True
        previous["active"] = False
    account.emit("payment_link.updated", link, cause=NOBODY, previous=previous, at=at)


def takes_payments(link: Json) -> bool:
    """Whether the link's page opens: it is active and below its limit."""
    completed = (link["restrictions"] or {}).get("completed_sessions")
    full = completed is not None and completed["count"] >= completed["limit"]
    return bool(link["active"]) and not full


def _check_methods(account: Account, methods: list[str] | None, total_minor: int) -> None:
    if "link" in (methods or ()) and not account.store.quirks.has_link:
        raise invalid(
            "The payment method type provided: link is invalid. Please ensure the provided type is"
            " activated in your dashboard.",
            param="payment_method_types",
        )
    if "sepa_debit" in (methods or ()) and total_minor > LARGEST_OTHER_MINOR:
        raise invalid(
            "The amount is too large for the payment method type sepa_debit.",
            param="payment_method_types",
            code="amount_too_large",
        )


def _line_item(account: Account, item: Json, at: str, cause: Cause) -> Json:
    if ("price" in item) == ("price_data" in item):
        raise invalid("One of `price` or `price_data` is required.", param=at)
    if "price" in item:
        price = account.store.get("price", item["price"], param=f"{at}[price]", status=400)
    else:
        price = create_price(
            account, item["price_data"], at=f"{at}[price_data]", active=False, cause=cause
        )
    product = account.store.get("product", price["product"])
    total = price["unit_amount"] * item["quantity"]
    return {
        "id": account.ids.new("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": {},
        "price": price,
        "quantity": item["quantity"],
    }


def _after_completion(given: Json | None) -> Json:
    if given is None:
        given = {"type": "hosted_confirmation"}
    if given["type"] == "redirect":
        if "redirect" not in given:
            raise invalid(
                "Missing required param: after_completion[redirect].",
                param="after_completion[redirect]",
                code="parameter_missing",
            )
        return {"type": "redirect", "redirect": {"url": given["redirect"]["url"]}}
    message = given.get("hosted_confirmation", {}).get("custom_message")
    return {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": message}}


def _intent_data(given: Json | None) -> Json | None:
    if given is None:
        return None
    return {
        "capture_method": None,
        "description": given.get("description"),
        "metadata": given.get("metadata", {}),
        "setup_future_usage": given.get("setup_future_usage"),
        "statement_descriptor": None,
        "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
        "transfer_group": None,
    }


def _changed_intent_data(held: Json | None, given: Json) -> Json:
    values = dict(held or _intent_data({}) or {})
    for name, value in given.items():
        values[name] = merge_metadata(values[name], value) if name == "metadata" else value
    return values


def _with_count(restrictions: Json | None, count: int) -> Json | None:
    if restrictions is None:
        return None
    limit = restrictions["completed_sessions"]["limit"]
    return {"completed_sessions": {"count": count, "limit": limit}}
