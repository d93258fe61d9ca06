"""In which currency and at which rate the account's money arrives on its balance."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from billdesk.sandbox.currencies import exponent


@dataclass
class Settlement:
    """``currency`` (lower case) is the bank account's; None settles each charge in its own.

    ``rates`` tell what one unit of a currency is worth in it, as decimal text.
    ``fee_tax_percent`` is the tax Stripe adds to its fees.
    """

    currency: str | None = None
    rates: dict[str, str] = field(default_factory=dict)
    fee_tax_percent: str = "0"

    def rate(self, currency: str) -> Decimal | None:
        """The rate a charge is converted at; None where it stays in its currency."""
        if self.currency is None or currency == self.currency:
            return None
        return Decimal(self.rates.get(currency, "1"))

    def settled(self, amount_minor: int, currency: str) -> tuple[int, str]:
        """The amount (minor units) and the currency in which it reaches the balance."""
        rate = self.rate(currency)
        if rate is None or self.currency is None:
            return amount_minor, currency
        worth = Decimal(amount_minor).scaleb(-exponent(currency)) * rate
        minor = worth.scaleb(exponent(self.currency)).quantize(Decimal(1), ROUND_HALF_UP)
        return int(minor), self.currency
