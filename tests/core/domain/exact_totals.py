"""The figures of a document computed a second way: exact fractions, rounded where the rules say.

Shares no code with the engine. ``fractions.Fraction`` never rounds by itself, so every rounding
below is one that EN 16931 (or the gross rule of the document) asks for.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.tax import Tax, TaxKind
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding, TotalsInput


@dataclass(frozen=True)
class ExactTotals:
    """Figures in minor units; ``taxes`` (added) and ``withheld`` by name of the tax."""

    lines: tuple[int, ...]
    subtotal: int
    adjustments: tuple[int, ...]
    net: int
    taxes: dict[str, int]
    withheld: dict[str, int]
    rounding: int
    total: int
    due: int


class UnplacedCent(ValueError):
    """A split does not divide evenly; where its last cent goes is a choice, not a fact."""


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
    """Every figure of ``given``; raises ``UnplacedCent`` where a cent has to be placed."""
    unit = 10 ** exponent(given.currency)
    amounts = []
    for line in given.lines:
        before = half_away(Fraction(line.quantity) * Fraction(line.unit_price) * unit)
        amounts.append(before + sum(effect(one, before) for one in line.adjustments))
    subtotal = sum(amounts)
    adjustments = tuple(effect(one, subtotal) for one in given.adjustments)
    discount = sum(adjustments)

    sets: dict[frozenset[str], list[int]] = defaultdict(list)
    known: dict[str, Tax] = {}
    for line, amount in zip(given.lines, amounts, strict=True):
        sets[frozenset(tax.name for tax in line.taxes)].append(amount)
        known |= {tax.name: tax for tax in line.taxes}
    shares = _split(discount, {names: sum(parts) for names, parts in sets.items()})

    per_line = given.tax_rounding is TaxRounding.PER_LINE
    pieces = {
        names: [*parts, shares[names]] if per_line else [sum(parts) + shares[names]]
        for names, parts in sets.items()
    }
    if given.price_mode is PriceMode.GROSS:
        nets = {
            names: sum(half_away(piece / (1 + _factor(names, known))) for piece in parts)
            for names, parts in pieces.items()
        }
        tax = subtotal + discount - sum(nets.values())
        taxes = {}
    else:
        nets = {names: sum(parts) for names, parts in pieces.items()}
        taxes = _per_line(pieces, known) if per_line else _once(nets, known)
        tax = sum(taxes.values())
    net = sum(nets.values())
    withheld = {
        name: half_away(
            sum(amount for names, amount in nets.items() if name in names) * _rate(tax_)
        )
        for name, tax_ in known.items()
        if tax_.kind is TaxKind.WITHHELD
    }
    deposits = sum(one.total_minor - one.withheld_minor for one in given.deposits)
    due = net + tax - given.prepaid_minor - deposits - sum(withheld.values())
    rounded = due
    if given.cash_step_minor > 1:
        rounded = half_away(Fraction(due, given.cash_step_minor)) * given.cash_step_minor
    return ExactTotals(
        tuple(amounts),
        subtotal,
        adjustments,
        net,
        taxes,
        withheld,
        rounded - due,
        net + tax + rounded - due,
        rounded,
    )


def _rate(tax: Tax) -> Fraction:
    return Fraction(tax.percent) / 100


def _added(names: frozenset[str], known: dict[str, Tax]) -> tuple[list[Tax], list[Tax]]:
    added = [known[name] for name in sorted(names) if known[name].kind is TaxKind.ADDED]
    return [t for t in added if not t.is_compound], [t for t in added if t.is_compound]


def _factor(names: frozenset[str], known: dict[str, Tax]) -> Fraction:
    simple, compound = _added(names, known)
    factor = 1 + sum((_rate(tax) for tax in simple), Fraction(0))
    for tax in compound:
        factor *= 1 + _rate(tax)
    return factor - 1


def _per_line(pieces: dict[frozenset[str], list[int]], known: dict[str, Tax]) -> dict[str, int]:
    taxes: dict[str, int] = defaultdict(int)
    for names, parts in pieces.items():
        simple, compound = _added(names, known)
        for part in parts:
            first = {tax.name: half_away(part * _rate(tax)) for tax in simple}
            for name, amount in first.items():
                taxes[name] += amount
            for tax in compound:
                taxes[tax.name] += half_away((part + sum(first.values())) * _rate(tax))
    return dict(taxes)


def _once(nets: dict[frozenset[str], int], known: dict[str, Tax]) -> dict[str, int]:
    """Simple taxes on their whole base, then compound ones (one to a line in these documents)."""
    taxes: dict[str, int] = {}
    inside: dict[frozenset[str], int] = dict.fromkeys(nets, 0)
    for name in sorted({name for names in nets for name in names}):
        if name in {tax.name for names in nets for tax in _added(names, known)[0]}:
            bases = {names: amount for names, amount in nets.items() if name in names}
            taxes[name] = half_away(sum(bases.values()) * _rate(known[name]))
            needed = any(_added(names, known)[1] for names in bases)
            for names, part in _split(taxes[name], bases).items() if needed else ():
                inside[names] += part
    for name in sorted({t.name for names in nets for t in _added(names, known)[1]}):
        base = sum(amount + inside[names] for names, amount in nets.items() if name in names)
        taxes[name] = half_away(base * _rate(known[name]))
    return taxes


def _split(whole: int, weights: dict[frozenset[str], int]) -> dict[frozenset[str], int]:
    total = sum(weights.values())
    parts = {}
    for names, weight in weights.items():
        if len(weights) > 1 and total == 0 and whole != 0:
            raise UnplacedCent
        exact = Fraction(whole) if len(weights) == 1 else Fraction(whole * weight, total or 1)
        if exact.denominator != 1:
            raise UnplacedCent
        parts[names] = int(exact)
    return parts
