"""Lines under the same taxes share one taxable base; document discounts are spread over them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from billdesk.core.domain.rounding import split_minor
from billdesk.core.domain.tax import Tax, TaxKey
from billdesk.core.domain.totals.entries import LineInput
from billdesk.core.domain.totals.figures import Step, StepKind


@dataclass(slots=True)
class Group:
    """Lines (``members`` by index) with the same taxes. Amounts in minor units.

    ``taxes`` are those added, simple ones before compound ones; ``parts`` the amounts of its
    lines, ``adjustment_minor`` its share of the document's discounts. Net and taxes follow.
    """

    taxes: tuple[Tax, ...]
    withheld: tuple[Tax, ...]
    members: list[int]
    parts: list[int]
    adjustment_minor: int = 0
    net_minor: int = 0
    tax_minor: dict[TaxKey, int] = field(default_factory=dict)
    base_minor: dict[TaxKey, int] = field(default_factory=dict)

    @property
    def amount_minor(self) -> int:
        """The sum of its lines as shown."""
        return sum(self.parts)

    @property
    def adjusted_minor(self) -> int:
        """That with its share of the document's discounts."""
        return self.amount_minor + self.adjustment_minor

    def weights(self) -> list[Fraction]:
        """What each of its taxes is of the net: 19/100, or for a compound tax what it comes to."""
        weights: list[Fraction] = []
        for tax in self.taxes:
            base = 1 + sum(weights, Fraction(0)) if tax.is_compound else Fraction(1)
            weights.append(base * Fraction(tax.percent) / 100)
        return weights


def group_lines(lines: Sequence[LineInput], amounts: Sequence[int]) -> list[Group]:
    """The groups of ``lines``, whose shown ``amounts`` are given.

    Simple taxes apply whatever their order on the line; compound ones come after them, in the
    line's order. Sorted, so that the order of lines never moves a cent between groups.
    """
    by_taxes: dict[tuple[tuple[TaxKey, ...], ...], Group] = {}
    # Most lines of a document carry the very same taxes: their keys are made once.
    seen: dict[tuple[int, ...], Group] = {}
    for index, (line, amount) in enumerate(zip(lines, amounts, strict=True)):
        same = tuple(map(id, line.taxes))
        group = seen.get(same)
        if group is None:
            group = seen[same] = _group_of(line, by_taxes)
        group.members.append(index)
        group.parts.append(amount)
    return [by_taxes[key] for key in sorted(by_taxes)]


def _group_of(line: LineInput, by_taxes: dict[tuple[tuple[TaxKey, ...], ...], Group]) -> Group:
    simple = sorted((tax for tax in line.taxes if tax.is_simple), key=lambda tax: tax.key)
    compound = [tax for tax in line.taxes if tax.is_compound]
    withheld = sorted((tax for tax in line.taxes if tax.is_withheld), key=lambda tax: tax.key)
    key = tuple(tuple(tax.key for tax in some) for some in (simple, compound, withheld))
    return by_taxes.setdefault(key, Group((*simple, *compound), tuple(withheld), [], []))


def spread(groups: Sequence[Group], effect_minor: int, steps: list[Step]) -> None:
    """Spread the effect of the document's discounts over the groups, in proportion."""
    if not groups or effect_minor == 0:
        return
    parts = split_minor(effect_minor, [group.amount_minor for group in groups])
    for group, part in zip(groups, parts, strict=True):
        group.adjustment_minor = part
        if len(groups) > 1:
            names = " + ".join(tax.name for tax in (*group.taxes, *group.withheld))
            steps.append(Step(StepKind.SHARE, part, names, base_minor=group.amount_minor))
