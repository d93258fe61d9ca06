"""Which parameters each operation takes: the part of Stripe's that the sandbox acts on."""

from billdesk.sandbox.parameters import (
    Choice,
    Clearable,
    Each,
    Either,
    Fields,
    Flag,
    Kind,
    Metadata,
    Text,
    Whole,
)

_CURRENCY = Text(pattern="[A-Za-z]{3}")
_EXPAND: dict[str, Kind] = {"expand": Each(Text(), 20)}
_CREATED = Either(Whole(), Fields({"gt": Whole(), "gte": Whole(), "lt": Whole(), "lte": Whole()}))
_PAGE: dict[str, Kind] = {
    "ending_before": Text(),
    "limit": Whole(1, 100),
    "starting_after": Text(),
    **_EXPAND,
}
_METHODS = Each(Choice(("card", "link", "sepa_debit")), 20)
_AFTER_COMPLETION = Fields(
    {
        "type": Choice(("hosted_confirmation", "redirect")),
        "hosted_confirmation": Fields({"custom_message": Text(500)}),
        "redirect": Fields({"url": Text(2048, r"https?://\S+")}, ("url",)),
    },
    ("type",),
)
_RESTRICTIONS = Fields(
    {"completed_sessions": Fields({"limit": Whole(1)}, ("limit",))}, ("completed_sessions",)
)
_PRODUCT_DATA: dict[str, Kind] = {
    "name": Text(),
    "description": Text(40_000),
    "metadata": Metadata(),
    "unit_label": Text(12),
}
_PRICE_DATA: dict[str, Kind] = {
    "currency": _CURRENCY,
    "product": Text(),
    "product_data": Fields(_PRODUCT_DATA, ("name",)),
    "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
    "unit_amount": Whole(0),
}
_LINK: dict[str, Kind] = {
    "after_completion": _AFTER_COMPLETION,
    "allow_promotion_codes": Flag(),
    "automatic_tax": Fields({"enabled": Flag()}, ("enabled",)),
    "billing_address_collection": Choice(("auto", "required")),
    "customer_creation": Choice(("always", "if_required")),
    "metadata": Metadata(),
    "phone_number_collection": Fields({"enabled": Flag()}, ("enabled",)),
    "submit_type": Choice(("auto", "book", "donate", "pay")),
    **_EXPAND,
}

READ = Fields(_EXPAND)
READ_INTENT = Fields({"client_secret": Text(), **_EXPAND})
LIST_ITEMS = Fields(_PAGE)

CREATE_LINK = Fields(
    {
        **_LINK,
        "inactive_message": Text(500),
        "line_items": Each(
            Fields(
                {
                    "price": Text(),
                    "price_data": Fields(_PRICE_DATA, ("currency",)),
                    "quantity": Whole(1),
                },
                ("quantity",),
            ),
            20,
        ),
        "payment_intent_data": Fields(
            {
                "description": Text(1000),
                "metadata": Metadata(),
                "setup_future_usage": Choice(("off_session", "on_session")),
                "statement_descriptor_suffix": Text(22),
            }
        ),
        "payment_method_types": _METHODS,
        "restrictions": _RESTRICTIONS,
    },
    ("line_items",),
)
UPDATE_LINK = Fields(
    {
        **_LINK,
        "active": Flag(),
        "inactive_message": Clearable(Text(500)),
        "payment_intent_data": Fields(
            {
                "description": Clearable(Text(1000)),
                "metadata": Metadata(),
                "setup_future_usage": Clearable(Choice(("off_session", "on_session"))),
                "statement_descriptor_suffix": Clearable(Text(22)),
            }
        ),
        "payment_method_types": Clearable(_METHODS),
        "restrictions": Clearable(_RESTRICTIONS),
    }
)
LIST_LINKS = Fields({"active": Flag(), **_PAGE})

EXPIRE_SESSION = Fields(_EXPAND)
LIST_SESSIONS = Fields(
    {
        "created": _CREATED,
        "customer": Text(),
        "customer_details": Fields({"email": Text()}, ("email",)),
        "payment_intent": Text(),
        "payment_link": Text(),
        "status": Choice(("complete", "expired", "open")),
        **_PAGE,
    }
)
LIST_EVENTS = Fields({"created": _CREATED, "type": Text(), "types": Each(Text(), 20), **_PAGE})

CREATE_INTENT = Fields(
    {
        "amount": Whole(1),
        "confirm": Flag(),
        "currency": _CURRENCY,
        "customer": Text(),
        "off_session": Flag(),
        "payment_method": Text(),
        "description": Text(1000),
        "metadata": Metadata(),
        **_EXPAND,
    },
    ("amount", "currency"),
)
CONFIRM_INTENT = Fields({"off_session": Flag(), "payment_method": Text(), **_EXPAND})
CANCEL_INTENT = Fields(
    {
        "cancellation_reason": Choice(
            ("abandoned", "duplicate", "fraudulent", "requested_by_customer")
        ),
        **_EXPAND,
    }
)
LIST_INTENTS = Fields({"created": _CREATED, "customer": Text(), **_PAGE})
LIST_CHARGES = Fields({"created": _CREATED, "customer": Text(), "payment_intent": Text(), **_PAGE})
CREATE_REFUND = Fields(
    {
        "amount": Whole(1),
        "charge": Text(),
        "metadata": Metadata(),
        "payment_intent": Text(),
        "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
        **_EXPAND,
    }
)
LIST_REFUNDS = Fields({"charge": Text(), "created": _CREATED, "payment_intent": Text(), **_PAGE})
LIST_DISPUTES = LIST_REFUNDS
LIST_TRANSACTIONS = Fields(
    {
        "created": _CREATED,
        "currency": _CURRENCY,
        "payout": Text(),
        "source": Text(),
        "type": Text(),
        **_PAGE,
    }
)

CREATE_PRODUCT = Fields({"active": Flag(), "id": Text(), **_PRODUCT_DATA, **_EXPAND}, ("name",))
UPDATE_PRODUCT = Fields(
    {
        "active": Flag(),
        "description": Clearable(Text(40_000)),
        "metadata": Metadata(),
        "name": Text(),
        **_EXPAND,
    }
)
CREATE_PRICE = Fields(
    {
        **_PRICE_DATA,
        "metadata": Metadata(),
        "nickname": Text(),
        # A price made on its own takes fewer members of its product than inline price data.
        "product_data": Fields({"metadata": Metadata(), "name": Text()}, ("name",)),
        **_EXPAND,
    },
    ("currency",),
)
UPDATE_PRICE = Fields({"active": Flag(), "metadata": Metadata(), "nickname": Text(), **_EXPAND})
LIST_ACTIVE = Fields({"active": Flag(), "created": _CREATED, **_PAGE})
_CUSTOMER: dict[str, Kind] = {
    "description": Text(),
    "email": Text(512),
    "metadata": Metadata(),
    "name": Text(256),
    "phone": Text(20),
    **_EXPAND,
}
WRITE_CUSTOMER = Fields(_CUSTOMER)
LIST_CUSTOMERS = Fields({"created": _CREATED, "email": Text(512), **_PAGE})
