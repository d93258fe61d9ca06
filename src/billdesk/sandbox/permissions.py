"""The rows of a restricted key: which permission each request needs, by Stripe's slugs.

Slugs as other programs without a server know them; the ones for disputes and for writing
checkout sessions are guesses (see ``Quirks.slug_words`` for a Stripe that names them otherwise).
"""

from billdesk.sandbox.errors import Json, forbidden

SOURCE_READ = "rak_balance_transaction_source_read"
PRODUCT_WRITE = "rak_product_write"
PRICE_WRITE = "rak_plan_write"

# The path's first part after /v1 to the slug without its level.
_ROWS = {
    "account": "rak_accounts_kyc_basic",
    "balance": "rak_balance",
    "balance_transactions": "rak_balance",
    "charges": "rak_charge",
    "checkout": "rak_bucket_checkout",
    "customers": "rak_customer",
    "disputes": "rak_dispute",
    "events": "rak_event",
    "payment_intents": "rak_payment_intent",
    "payment_links": "rak_bucket_payment_links",
    "prices": "rak_plan",
    "products": "rak_product",
    "refunds": "rak_charge",
}
# Whose reading shows an object of that kind, expanded or in an event.
_READS = {
    "balance_transaction": "rak_balance_read",
    "charge": "rak_charge_read",
    "checkout.session": "rak_bucket_checkout_read",
    "customer": "rak_customer_read",
    "dispute": "rak_dispute_read",
    "payment_intent": "rak_payment_intent_read",
    "payment_link": "rak_bucket_payment_links_read",
    "payment_method": "rak_payment_method_read",
    "payout": "rak_payout_read",
    "price": "rak_plan_read",
    "product": "rak_product_read",
    "refund": "rak_charge_read",
}
SLUGS = frozenset(
    {f"{row}_{level}" for row in _ROWS.values() for level in ("read", "write")}
    | {*_READS.values(), SOURCE_READ}
)


def needed(method: str, path: str) -> str | None:
    """The slug a request needs; None for a path the API has not."""
    row = _ROWS.get(path.split("/")[2]) if path.count("/") >= 2 else None
    if row is None:
        return None
    return f"{row}_{'read' if method == 'GET' else 'write'}"


class Access:
    """What the key of one request may do. ``granted`` None is a key that may do everything."""

    def __init__(
        self, granted: frozenset[str] | None, *, shown_key: str, account_id: str, words: str
    ) -> None:
        self._granted = granted
        self._shown_key = shown_key
        self._account_id = account_id
        self._words = words

    def has(self, slug: str) -> bool:
        """Whether the key has the permission; writing includes reading."""
        if self._granted is None or slug in self._granted:
            return True
        return slug.endswith("_read") and f"{slug[:-5]}_write" in self._granted

    def require(self, slug: str) -> None:
        """Raises ApiError (403) in Stripe's words when the key lacks the permission."""
        if self.has(slug):
            return
        told = {
            "named": f"Having the '{slug}' permission",
            "renamed": f"Having the '{slug.replace('rak_', 'rak_unheard_of_')}' permission",
        }.get(self._words, "Having more permissions")
        raise forbidden(
            f"The provided key '{self._shown_key}' does not have the required permissions for this"
            f" endpoint on account '{self._account_id}'. {told} would allow this request to"
            " continue."
        )

    def reads(self, kind: str) -> bool:
        """Whether events about an object of that kind are shown to the key."""
        return self._granted is None or (kind in _READS and self.has(_READS[kind]))

    def require_expanding(self, owner: Json, name: str, kind: str) -> None:
        """Raises ApiError (403) when an expanded member may not be read."""
        if (owner["object"], name) == ("balance_transaction", "source"):
            self.require(SOURCE_READ)
        elif kind in _READS:
            self.require(_READS[kind])


EVERYTHING = Access(None, shown_key="", account_id="", words="named")
