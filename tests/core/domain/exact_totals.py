"""The figures of a document computed a second way: exact fractions, rounded where the rules say.

Shares no code with the engine. ``fractions.Fraction`` never rounds by itself, so every rounding
below is one that EN 16931 (or the gross rule of the document) asks for.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding, TotalsInput


@dataclass(frozen=True)
class ExactTotals:
    """Figures in minor units; ``taxes`` by name of the tax."""

    lines: tuple[int, ...]
    subtotal: int
    adjustments: tuple[int, ...]
    net: int
    taxes: dict[str, int]
    rounding: int
    total: int


def half_away(value: Fraction) -> int:
    """Round to whole units, a half away from zero."""
    size = floor(abs(value) + Fraction(1, 2))
    return -size if value < 0 else size


def effect(adjustment: Adjustment, base: int) -> int:
    """Signed effect of an allowance or charge on ``base``."""
    if adjustment.percent is not None:
        size = half_away(Fraction(base) * Fraction(adjustment.percent) / 100)
    else:
        size = adjustment.amount_minor or 0
    return size if adjustment.is_charge else -size


def exact_totals(given: TotalsInput) -> ExactTotals:
    """Every figure of ``given``, for documents whose discounts need no spreading or one group."""
    unit = 10 ** exponent(given.currency)
    amounts = []
    for line in given.lines:
        before = half_away(Fraction(line.quantity) * Fraction(line.unit_price) * unit)
        amounts.append(before + sum(effect(one, before) for one in line.adjustments))
    subtotal = sum(amounts)
    adjustments = tuple(effect(one, subtotal) for one in given.adjustments)

    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    percents: dict[str, Fraction] = {}
    for line, amount in zip(given.lines, amounts, strict=True):
        groups[frozenset(tax.name for tax in line.taxes)].append(amount)
        percents |= {tax.name: Fraction(tax.percent) / 100 for tax in line.taxes}
    shares = _shares(sum(adjustments), groups)

    net = 0
    taxes: dict[str, int] = defaultdict(int)
    bases: dict[str, int] = defaultdict(int)
    for names, parts in groups.items():
        share = shares[names]
        pieces = [*parts, share]
        if given.tax_rounding is TaxRounding.PER_DOCUMENT:
            pieces = [sum(pieces)]
        if given.price_mode is PriceMode.NET:
            net += sum(pieces)
            for name in names:
                bases[name] += sum(pieces)
                taxes[name] += sum(half_away(piece * percents[name]) for piece in pieces)
        else:
            whole = 1 + sum((percents[name] for name in names), Fraction(0))
            group_net = sum(half_away(piece / whole) for piece in pieces)
            net += group_net
            if len(names) == 1:
                (only,) = names
                taxes[only] += sum(pieces) - group_net
    if given.price_mode is PriceMode.NET and given.tax_rounding is TaxRounding.PER_DOCUMENT:
        taxes = {name: half_away(base * percents[name]) for name, base in bases.items()}
    tax = sum(taxes.values())
    if given.price_mode is PriceMode.GROSS:
        tax = subtotal + sum(adjustments) - net
    rounded = net + tax
    if given.cash_step_minor > 1:
        rounded = half_away(Fraction(rounded, given.cash_step_minor)) * given.cash_step_minor
    return ExactTotals(
        tuple(amounts), subtotal, adjustments, net, dict(taxes), rounded - net - tax, rounded
    )


def _shares(whole: int, groups: dict[frozenset[str], list[int]]) -> dict[frozenset[str], int]:
    """The document discount of each group; asks for a case where no cent has to be placed."""
    weight = sum(sum(parts) for parts in groups.values())
    shares = {}
    for names, parts in groups.items():
        if len(groups) > 1 and weight == 0 and whole != 0:
            raise UnplacedCent
        exact = Fraction(whole) if len(groups) == 1 else Fraction(whole * sum(parts), weight or 1)
        if exact.denominator != 1:
            raise UnplacedCent
        shares[names] = int(exact)
    return shares


class UnplacedCent(ValueError):
    """The discount does not divide evenly; where its last cent goes is a choice, not a fact."""
