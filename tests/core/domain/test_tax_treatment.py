"""How sales to customers at home and abroad are taxed."""

from dataclasses import dataclass

import pytest

from billdesk.core.domain.tax import TaxCategory
from billdesk.core.domain.tax_treatment import Supply, Treatment, rate_for, treatment_of

GOODS, SERVICES = Supply.GOODS, Supply.SERVICES


@dataclass(frozen=True)
class Rate:
    id: int
    category: TaxCategory
    is_default: bool = False
    is_withheld: bool = False


FULL = Rate(1, TaxCategory.STANDARD, is_default=True)
REDUCED = Rate(2, TaxCategory.STANDARD)
REVERSE = Rate(3, TaxCategory.REVERSE_CHARGE)
IRPF = Rate(4, TaxCategory.STANDARD, is_withheld=True)
EXPORT = Rate(5, TaxCategory.EXPORT)
RATES = (IRPF, FULL, REDUCED, REVERSE, EXPORT)


@pytest.mark.parametrize(
    ("seller", "buyer", "supply", "business", "expected"),
    [
        ("DE", "DE", SERVICES, True, Treatment.DOMESTIC),
        ("DE", "", GOODS, False, Treatment.DOMESTIC),
        # Article 44 and 196 of Directive 2006/112/EC.
        ("DE", "FR", SERVICES, True, Treatment.REVERSE_CHARGE),
        # Article 138.
        ("DE", "AT", GOODS, True, Treatment.INTRA_COMMUNITY),
        # Articles 32, 45 and 59c: below the threshold the seller's tax.
        ("DE", "FR", SERVICES, False, Treatment.DOMESTIC),
        ("DE", "FR", GOODS, False, Treatment.DOMESTIC),
        # Article 146.
        ("FR", "CH", GOODS, False, Treatment.EXPORT),
        ("DE", "US", SERVICES, True, Treatment.OUTSIDE_SCOPE),
        ("DE", "US", SERVICES, False, Treatment.DOMESTIC),
        # HMRC Notice 741A, section 6; Swiss MWSTG article 8 (1).
        ("GB", "DE", SERVICES, True, Treatment.OUTSIDE_SCOPE),
        ("CH", "DE", GOODS, True, Treatment.EXPORT),
    ],
)
def test_where_both_are_decides(
    seller: str, buyer: str, supply: Supply, business: bool, expected: Treatment
) -> None:
    assert treatment_of(seller, buyer, supply, buyer_is_business=business) is expected


def test_a_small_business_charges_nobody() -> None:
    # § 19 UStG; article 293 B CGI.
    for buyer in ("DE", "FR", "US"):
        found = treatment_of("DE", buyer, GOODS, buyer_is_business=True, small_business=True)
        assert found is Treatment.SMALL_BUSINESS


@pytest.mark.parametrize(
    ("treatment", "own", "expected"),
    [
        (Treatment.DOMESTIC, (2,), (2,)),
        (Treatment.DOMESTIC, (), (1,)),
        (Treatment.DOMESTIC, (3,), (1,)),
        (Treatment.DOMESTIC, (4,), (1, 4)),
        (Treatment.REVERSE_CHARGE, (1,), (3,)),
        (Treatment.REVERSE_CHARGE, (2, 4), (3, 4)),
        (Treatment.EXPORT, (), (5,)),
        # The company has no rate for it: the line keeps its own.
        (Treatment.INTRA_COMMUNITY, (1,), (1,)),
    ],
)
def test_a_line_takes_the_rate_of_the_customers_treatment(
    treatment: Treatment, own: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert rate_for(treatment, own, RATES) == expected


def test_without_a_usual_rate_a_line_keeps_its_own() -> None:
    assert rate_for(Treatment.DOMESTIC, (3,), (REDUCED, REVERSE)) == (3,)
