"""Products, prices and customers: what a payment link refers to."""

from billdesk.sandbox.account import NOBODY, Account, Cause
from billdesk.sandbox.currencies import check_amount, check_currency
from billdesk.sandbox.errors import Json, invalid


def create_product(account: Account, params: Json, cause: Cause = NOBODY) -> Json:
    now = account.clock.now()
    product: Json = {
        "id": params.get("id") or account.ids.new("prod"),
        "object": "product",
        "active": params.get("active", True),
        "created": now,
        "default_price": None,
        "description": params.get("description"),
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": params.get("metadata", {}),
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": params.get("unit_label"),
        "updated": now,
        "url": None,
    }
    if product["id"] in account.store.objects:
        raise invalid("Product already exists.", param="id", code="resource_already_exists")
    account.store.add(product)
    account.emit("product.created", product, cause=cause)
    return product


def create_price(
    account: Account, params: Json, *, at: str = "", active: bool = True, cause: Cause = NOBODY
) -> Json:
    """A price; ``at`` is the parameter that holds it, for errors about nested price data."""
    name = f"{at}[{{}}]".format if at else str
    currency = check_currency(params["currency"], name("currency"))
    if "unit_amount" not in params:
        raise invalid(
            f"Missing required param: {name('unit_amount')}.",
            param=name("unit_amount"),
            code="parameter_missing",
        )
    amount = params["unit_amount"]
    looks_later = account.store.quirks.minimum_at_pay_minor is not None
    check_amount(amount, currency, name("unit_amount"), also_smallest=not looks_later)
    if ("product" in params) == ("product_data" in params):
        raise invalid("Specify either product or product_data.", param=name("product"))
    if "product" in params:
        product = account.store.get("product", params["product"], param=name("product"), status=400)
    else:
        product = create_product(account, {**params["product_data"], "active": active}, cause)
    price: Json = {
        "id": account.ids.new("price"),
        "object": "price",
        "active": active,
        "billing_scheme": "per_unit",
        "created": account.clock.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": params.get("metadata", {}),
        "nickname": params.get("nickname"),
        "product": product["id"],
        "recurring": None,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    account.store.add(price)
    account.emit("price.created", price, cause=cause)
    return price


def create_customer(account: Account, params: Json, cause: Cause = NOBODY) -> Json:
    customer: Json = {
        "id": account.ids.new("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": account.clock.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_prefix": account.ids.new("x")[2:10].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
        },
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
        "next_invoice_sequence": 1,
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    account.store.add(customer)
    account.emit("customer.created", customer, cause=cause)
    return customer


def update(account: Account, kind: str, object_id: str, params: Json, cause: Cause) -> Json:
    """Set the given members of a product, price or customer; metadata merges, '' removes a key."""
    item = account.store.get(kind, object_id)
    previous = change(item, params)
    if "updated" in item:
        item["updated"] = account.clock.now()
    account.store.touch(item)
    if previous:
        account.emit(f"{kind}.updated", item, cause=cause, previous=previous)
    return item


def change(item: Json, values: Json) -> Json:
    """Set members of an object in place and return the old values of those that changed."""
    previous: Json = {}
    for name, value in values.items():
        if name == "metadata":
            value = merge_metadata(item["metadata"], value)
        if item.get(name) != value:
            previous[name] = item.get(name)
            item[name] = value
    return previous


def merge_metadata(held: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Stripe merges metadata key by key; an empty value removes the key, '' for all removes all."""
    if not given:
        return {}
    merged = {**held, **given}
    return {key: value for key, value in merged.items() if value != ""}
