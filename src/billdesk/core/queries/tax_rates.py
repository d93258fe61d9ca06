"""What is answered about tax rates."""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.core.domain.tax import Tax, TaxCategory


@dataclass(frozen=True, slots=True)
class TaxRateRow:
    """A tax rate of the company; ``percent`` 19 means 19 %."""

    id: int
    version: int
    name: str
    category: TaxCategory
    percent: Decimal
    reason: str
    reason_code: str
    is_default: bool
    deleted: bool

    def tax(self) -> Tax:
        """The tax as the totals engine takes it."""
        return Tax(self.name, self.category, self.percent, self.reason, self.reason_code)
