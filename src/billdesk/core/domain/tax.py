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


class TaxKind(StrEnum):
    """Whether a tax is added to the price, or kept back by the customer for the tax office.

    Withheld are Spain's IRPF, Italy's ritenuta d'acconto and the like: charged on the net amount,
    subtracted from what is to be paid, no part of the invoice's tax total.
    """

    ADDED = "added"
    WITHHELD = "withheld"


# What makes two taxes one row of the breakdown.
TaxKey = tuple[str, str, Decimal, str, bool]

TAXED = frozenset({TaxCategory.STANDARD, TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_MELILLA})


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on a line.

    ``percent`` is a percentage (19 means 19 %). ``reason`` is the legal text printed when nothing
    is charged (BT-120), ``reason_code`` its VATEX code (BT-121). A compound tax is charged on the
    net amount and the taxes before it.
    """

    name: str
    category: TaxCategory
    percent: Decimal
    reason: str = ""
    reason_code: str = ""
    kind: TaxKind = TaxKind.ADDED
    is_compound: bool = False

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not 0 <= self.percent <= LARGEST_PERCENT:
            raise UserError("A tax rate is a percentage from 0 to 100.", field="percent")
        if self.category not in TAXED and self.percent != 0:
            # BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5: these categories carry 0 %.
            raise UserError(
                f"Tax category {self.category.value} always has a rate of 0 %.", field="percent"
            )
        if self.is_withheld and self.is_compound:
            raise UserError(
                "A tax that is withheld is always a part of the net amount.", field="is_compound"
            )

    @property
    def is_withheld(self) -> bool:
        """Kept back by the customer instead of paid to us."""
        return self.kind is TaxKind.WITHHELD

    @property
    def is_simple(self) -> bool:
        """Added, and charged on the net amount alone."""
        return not self.is_withheld and not self.is_compound

    @property
    def key(self) -> TaxKey:
        """Taxes with the same key share one row of the tax breakdown (BG-23)."""
        return (
            self.name,
            self.category.value,
            self.percent.normalize(),
            self.kind.value,
            self.is_compound,
        )
