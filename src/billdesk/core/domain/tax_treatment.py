"""How a sale to a customer is taxed, from where both are and what is sold.

The general rules of Directive 2006/112/EC for sellers in the European Union: services to businesses
are taxed where the customer is (Articles 44, 196), goods that leave are exempt (Articles 138, 146),
consumers in the union are charged the seller's tax (up to the threshold of Article 59c). They
propose; exceptions (building work, tickets, digital services to consumers) are the owner's to know.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from billdesk.core.domain.country_defaults import defaults_for
from billdesk.core.domain.tax import TAXED, TaxCategory


class Treatment(StrEnum):
    """How sales to a customer are taxed, as the books keep it; empty there: the line's own tax."""

    DOMESTIC = "domestic"
    REVERSE_CHARGE = "reverse_charge"
    INTRA_COMMUNITY = "intra_community"
    EXPORT = "export"
    OUTSIDE_SCOPE = "outside_scope"
    EXEMPT = "exempt"
    SMALL_BUSINESS = "small_business"


class Supply(StrEnum):
    """What is sold; the place of supply depends on it."""

    GOODS = "goods"
    SERVICES = "services"


CATEGORY_OF: dict[Treatment, TaxCategory] = {
    Treatment.DOMESTIC: TaxCategory.STANDARD,
    Treatment.REVERSE_CHARGE: TaxCategory.REVERSE_CHARGE,
    Treatment.INTRA_COMMUNITY: TaxCategory.INTRA_COMMUNITY,
    Treatment.EXPORT: TaxCategory.EXPORT,
    Treatment.OUTSIDE_SCOPE: TaxCategory.OUTSIDE_SCOPE,
    Treatment.EXEMPT: TaxCategory.EXEMPT,
    Treatment.SMALL_BUSINESS: TaxCategory.EXEMPT,
}


class OfferedRate(Protocol):
    """A tax rate a line may carry."""

    @property
    def id(self) -> int: ...
    @property
    def category(self) -> TaxCategory: ...
    @property
    def is_default(self) -> bool: ...
    @property
    def is_withheld(self) -> bool: ...


def treatment_of(
    seller_country: str,
    buyer_country: str,
    supply: Supply,
    *,
    buyer_is_business: bool,
    small_business: bool = False,
) -> Treatment:
    """The treatment of a sale; countries are ISO 3166 codes, an empty one is the seller's own.

    A business in the union shows a VAT id; ``small_business`` is a seller that charges no tax
    because it is small.
    """
    if small_business:
        return Treatment.SMALL_BUSINESS
    if buyer_country in ("", seller_country):
        return Treatment.DOMESTIC
    both_in_union = defaults_for(seller_country).is_eu and defaults_for(buyer_country).is_eu
    if both_in_union:
        if not buyer_is_business:
            return Treatment.DOMESTIC
        goods = supply is Supply.GOODS
        return Treatment.INTRA_COMMUNITY if goods else Treatment.REVERSE_CHARGE
    if supply is Supply.GOODS:
        return Treatment.EXPORT
    return Treatment.OUTSIDE_SCOPE if buyer_is_business else Treatment.DOMESTIC


def rate_for(
    treatment: Treatment, own: tuple[int, ...], rates: Iterable[OfferedRate]
) -> tuple[int, ...]:
    """The rates of a line for a customer with ``treatment``; ``own`` are the line's by itself.

    A domestic sale keeps a tax the line has, or takes the usual rate. Any other treatment takes
    the first rate of its category; a tax that is withheld stays. Where the company has no such
    rate, the line keeps its own.
    """
    offered = list(rates)
    kept = {rate.id for rate in offered if rate.is_withheld}
    if treatment is Treatment.DOMESTIC:
        taxed = {rate.id for rate in offered if rate.category in TAXED and rate.id not in kept}
        if any(one in taxed for one in own):
            return own
        usual = [rate.id for rate in offered if rate.is_default and rate.id in taxed]
        return (*usual, *(one for one in own if one in kept)) if usual else own
    wanted = CATEGORY_OF[treatment]
    for rate in offered:
        if rate.category is wanted and rate.id not in kept:
            return (rate.id, *(one for one in own if one in kept))
    return own
