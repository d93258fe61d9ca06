"""Taxes as they stand on a document line: EN 16931 category, percent and legal wording."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.errors import UserError

LARGEST_PERCENT = Decimal(100)


class TaxCategory(StrEnum):
    """VAT category codes of EN 16931 (UNTDID 5305 subset, BT-118 / BT-151)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    CANARY_ISLANDS = "L"
    CEUTA_MELILLA = "M"


TAXED = frozenset({TaxCategory.STANDARD, TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_MELILLA})


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on a line.

    ``percent`` is a percentage (19 means 19 %). ``reason`` is the legal text printed when nothing
    is charged (BT-120), ``reason_code`` its VATEX code (BT-121).
    """

    name: str
    category: TaxCategory
    percent: Decimal
    reason: str = ""
    reason_code: str = ""

    def __post_init__(self) -> None:
        if not Decimal(0) <= self.percent <= LARGEST_PERCENT:
            raise UserError("A tax rate is a percentage from 0 to 100.", field="percent")
        if self.category not in TAXED and self.percent != 0:
            # BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5: these categories carry 0 %.
            raise UserError(
                f"Tax category {self.category.value} always has a rate of 0 %.", field="percent"
            )

    @property
    def key(self) -> tuple[str, str, Decimal]:
        """Taxes with the same key share one row of the tax breakdown (BG-23)."""
        return (self.name, self.category.value, self.percent.normalize())
