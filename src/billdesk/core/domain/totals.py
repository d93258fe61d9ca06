"""The totals engine: lines and rules in, every figure of a document out, with the steps between.

The order of computation is EN 16931's (BR-CO-10 to BR-CO-17): round each line, spread document
allowances and charges over the tax groups, round the tax once per rate. Editor, PDF, ledger and
payment link all read this one result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.rounding import EXACT, round_half_away, split_minor, to_minor
from billdesk.core.domain.tax import Tax

LARGEST_DECIMALS = 6
# Far beyond any invoice, and small enough that no computation below can overflow.
LARGEST_ENTRY = Decimal(10) ** 12
HUNDRED = Decimal(100)


class PriceMode(StrEnum):
    """Whether the prices typed contain the tax."""

    NET = "net"
    GROSS = "gross"


class TaxRounding(StrEnum):
    """Where tax is rounded: once per rate of the document (EN 16931), or on every line."""

    PER_DOCUMENT = "document"
    PER_LINE = "line"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (negative effect) or charge, as a percentage or a fixed amount.

    Exactly one of ``percent`` (5 means 5 %) and ``amount_minor`` (minor units, positive) is given.
    """

    is_charge: bool
    percent: Decimal | None = None
    amount_minor: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.percent is None) == (self.amount_minor is None):
            raise UserError("A discount is either a percentage or an amount.", field="discount")
        if self.percent is not None and not 0 <= self.percent <= HUNDRED:
            raise UserError("A percentage lies between 0 and 100.", field="discount")
        if self.amount_minor is not None and self.amount_minor < 0:
            raise UserError("A discount is entered without a minus sign.", field="discount")

    def effect_minor(self, base_minor: int) -> int:
        """Signed effect in minor units on a base of ``base_minor``."""
        if self.percent is not None:
            size = to_minor(EXACT.multiply(Decimal(base_minor), self.percent) / HUNDRED, 0)
        else:
            size = self.amount_minor or 0
        return size if self.is_charge else -size


@dataclass(frozen=True, slots=True)
class LineInput:
    """What the totals need of one line; ``unit_price`` in major units, net or gross by mode."""

    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class TotalsInput:
    """Everything the figures of one document depend on.

    ``cash_step_minor`` rounds the total to multiples (5 for Swiss cash), 0 leaves it;
    ``prepaid_minor`` is what has been paid before and lowers the amount due.
    """

    currency: str
    lines: Sequence[LineInput]
    adjustments: tuple[Adjustment, ...] = ()
    price_mode: PriceMode = PriceMode.NET
    tax_rounding: TaxRounding = TaxRounding.PER_DOCUMENT
    cash_step_minor: int = 0
    prepaid_minor: int = 0


@dataclass(frozen=True, slots=True)
class LineTotals:
    """``amount_minor`` is what the line shows (in the price mode); ``net_minor`` what it earns."""

    before_adjustments_minor: int
    adjustments_minor: tuple[int, ...]
    amount_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class TaxTotals:
    """One row of the tax breakdown (BG-23)."""

    tax: Tax
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Step:
    """One rounding on the way: what it is about, how it was computed, what came out."""

    subject: str
    formula: str
    result_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All figures of a document, in minor units of ``currency``.

    ``subtotal_minor`` sums the lines as shown, ``adjustments_minor`` are the signed effects of the
    document's allowances and charges, ``total_minor = net + tax + rounding`` and
    ``due_minor = total - prepaid``.
    """

    currency: str
    lines: tuple[LineTotals, ...]
    subtotal_minor: int
    adjustments_minor: tuple[int, ...]
    net_minor: int
    taxes: tuple[TaxTotals, ...]
    tax_minor: int
    rounding_minor: int
    total_minor: int
    prepaid_minor: int
    due_minor: int
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Group:
    """Lines that carry the same taxes share one taxable base."""

    taxes: tuple[Tax, ...]
    members: list[int]
    amount_minor: int = 0
    adjustment_minor: int = 0
    net_minor: int = 0
    tax_minor: tuple[int, ...] = ()

    @property
    def adjusted_minor(self) -> int:
        return self.amount_minor + self.adjustment_minor


def compute(given: TotalsInput) -> Totals:
    """Compute every figure of a document.

    Raises ``UserError`` (with ``field`` set) for a quantity or price with more than six decimals
    or beyond a million millions, a negative unit price (BR-27), the same tax twice on a line, or
    an amount beyond what the books can hold.
    """
    scale = exponent(given.currency)
    steps: list[Step] = []
    shown = [_line_amount(i, line, scale, steps) for i, line in enumerate(given.lines)]
    groups = _group(given.lines, [amount for _, _, amount in shown])
    subtotal = sum(amount for _, _, amount in shown)
    effects = tuple(adjustment.effect_minor(subtotal) for adjustment in given.adjustments)
    _spread(groups, sum(effects), steps)

    net_of_line = [0] * len(shown)
    for group in groups:
        amounts = [shown[i][2] for i in group.members]
        if given.price_mode is PriceMode.GROSS:
            nets = _taxes_inside(group, amounts, given.tax_rounding, steps)
        else:
            nets = _taxes_on_top(group, amounts, given.tax_rounding, steps)
        for index, net in zip(group.members, nets, strict=True):
            net_of_line[index] = net

    breakdown = _breakdown(groups)
    if given.price_mode is PriceMode.NET and given.tax_rounding is TaxRounding.PER_DOCUMENT:
        breakdown = _taxed_once(breakdown, steps)
    net = sum(group.net_minor for group in groups)
    tax = sum(row.tax_minor for row in breakdown)
    rounding = _cash_rounding(net + tax, given.cash_step_minor, steps)
    total = net + tax + rounding
    if abs(total) > LARGEST_MINOR or any(abs(a) > LARGEST_MINOR for _, _, a in shown):
        raise UserError("The amount is larger than BillDesk can hold.", field="lines")
    return Totals(
        currency=given.currency,
        lines=tuple(
            LineTotals(before, adjustments, amount, net_of_line[i])
            for i, (before, adjustments, amount) in enumerate(shown)
        ),
        subtotal_minor=subtotal,
        adjustments_minor=effects,
        net_minor=net,
        taxes=breakdown,
        tax_minor=tax,
        rounding_minor=rounding,
        total_minor=total,
        prepaid_minor=given.prepaid_minor,
        due_minor=total - given.prepaid_minor,
        steps=tuple(steps),
    )


def _line_amount(
    index: int, line: LineInput, scale: int, steps: list[Step]
) -> tuple[int, tuple[int, ...], int]:
    for value, name in ((line.quantity, "quantity"), (line.unit_price, "unit_price")):
        if not value.is_finite() or decimals(value) > LARGEST_DECIMALS:
            raise UserError(
                "Quantities and prices have at most six decimals.", field=f"lines.{index}.{name}"
            )
        if abs(value) > LARGEST_ENTRY:
            raise UserError(
                "This number is larger than BillDesk can hold.", field=f"lines.{index}.{name}"
            )
    if len({tax.key for tax in line.taxes}) < len(line.taxes):
        raise UserError("The same tax stands on this line twice.", field=f"lines.{index}.taxes")
    if line.unit_price < 0:
        raise UserError(
            "A price cannot be negative; give the quantity a minus sign instead.",
            field=f"lines.{index}.unit_price",
        )
    exact = EXACT.multiply(line.quantity, line.unit_price)
    before = to_minor(exact, scale)
    steps.append(
        Step(f"Line {index + 1}", f"{line.quantity} × {line.unit_price} = {exact}", before)
    )
    effects = tuple(adjustment.effect_minor(before) for adjustment in line.adjustments)
    for adjustment, effect in zip(line.adjustments, effects, strict=True):
        steps.append(Step(f"Line {index + 1} discount", _formula(adjustment, before), effect))
    return before, effects, before + sum(effects)


def decimals(value: Decimal) -> int:
    """How many decimals ``value`` really has; trailing zeros do not count."""
    parts = value.as_tuple()
    if not isinstance(parts.exponent, int):
        return LARGEST_DECIMALS + 1
    if not any(parts.digits):
        return 0
    # Not ``normalize``: it rounds to the context's precision and would hide the last digits.
    zeros = next(i for i, digit in enumerate(reversed(parts.digits)) if digit)
    return max(0, -parts.exponent - zeros)


def _formula(adjustment: Adjustment, base_minor: int) -> str:
    sign = "+" if adjustment.is_charge else "−"
    if adjustment.percent is not None:
        return f"{sign} {adjustment.percent} % of {base_minor}"
    return f"{sign} {adjustment.amount_minor}"


def _group(lines: Sequence[LineInput], amounts: Sequence[int]) -> list[_Group]:
    by_taxes: dict[tuple[object, ...], _Group] = {}
    for index, line in enumerate(lines):
        key = tuple(sorted(tax.key for tax in line.taxes))
        taxes = tuple(sorted(line.taxes, key=lambda tax: tax.key))
        group = by_taxes.setdefault(key, _Group(taxes, []))
        group.members.append(index)
        group.amount_minor += amounts[index]
    # Sorted, so that the order of lines never moves a cent between groups.
    return [by_taxes[key] for key in sorted(by_taxes)]


def _spread(groups: list[_Group], effect_minor: int, steps: list[Step]) -> None:
    if not groups or effect_minor == 0:
        return
    parts = split_minor(effect_minor, [group.amount_minor for group in groups])
    for group, part in zip(groups, parts, strict=True):
        group.adjustment_minor = part
        if len(groups) > 1:
            steps.append(Step("Document discount", f"share of {group.amount_minor}", part))


def _taxes_on_top(
    group: _Group, amounts: list[int], rounding: TaxRounding, steps: list[Step]
) -> list[int]:
    group.net_minor = group.adjusted_minor
    group.tax_minor = (0,) * len(group.taxes)
    if rounding is TaxRounding.PER_DOCUMENT:
        return amounts
    parts = [*amounts, group.adjustment_minor]
    taxes = []
    for tax in group.taxes:
        total = sum(_percent_of(part, tax.percent) for part in parts)
        taxes.append(total)
        formula = " + ".join(f"{part} × {tax.percent} %" for part in parts if part)
        steps.append(Step(tax.name, formula or "0", total))
    group.tax_minor = tuple(taxes)
    return amounts


def _taxes_inside(
    group: _Group, amounts: list[int], rounding: TaxRounding, steps: list[Step]
) -> list[int]:
    percents = [tax.percent for tax in group.taxes]
    whole = HUNDRED + sum(percents, Decimal(0))
    if rounding is TaxRounding.PER_LINE:
        line_nets = [_net_of(amount, whole) for amount in amounts]
        group.net_minor = sum(line_nets) + _net_of(group.adjustment_minor, whole)
    else:
        group.net_minor = _net_of(group.adjusted_minor, whole)
        line_nets = split_minor(_net_of(group.amount_minor, whole), amounts)
    tax_minor = group.adjusted_minor - group.net_minor
    steps.append(
        Step("Net of gross", f"{group.adjusted_minor} ÷ {whole / HUNDRED}", group.net_minor)
    )
    if group.taxes:
        weights = [int(percent.scaleb(LARGEST_DECIMALS)) for percent in percents]
        group.tax_minor = tuple(split_minor(tax_minor, weights))
        for tax, part in zip(group.taxes, group.tax_minor, strict=True):
            steps.append(Step(tax.name, f"{group.adjusted_minor} − {group.net_minor}", part))
    return line_nets


def _percent_of(base_minor: int, percent: Decimal) -> int:
    return int(round_half_away(EXACT.multiply(Decimal(base_minor), percent) / HUNDRED, 0))


def _net_of(gross_minor: int, whole: Decimal) -> int:
    return int(round_half_away(EXACT.divide(Decimal(gross_minor) * HUNDRED, whole), 0))


def _breakdown(groups: list[_Group]) -> tuple[TaxTotals, ...]:
    rows: dict[tuple[str, str, Decimal], TaxTotals] = {}
    for group in groups:
        for tax, tax_minor in zip(group.taxes, group.tax_minor, strict=True):
            row = rows.get(tax.key, TaxTotals(tax, 0, 0))
            rows[tax.key] = TaxTotals(
                row.tax, row.base_minor + group.net_minor, row.tax_minor + tax_minor
            )
    # Highest rate first, as people expect to read it.
    return tuple(sorted(rows.values(), key=lambda r: (-r.tax.percent, r.tax.name)))


def _taxed_once(rows: Sequence[TaxTotals], steps: list[Step]) -> tuple[TaxTotals, ...]:
    """The tax of each rate on all it is charged on, rounded once (BR-CO-17).

    Not per group: lines that carry a second tax as well share their first with other lines.
    """
    taxed = []
    for row in rows:
        tax_minor = _percent_of(row.base_minor, row.tax.percent)
        steps.append(Step(row.tax.name, f"{row.base_minor} × {row.tax.percent} %", tax_minor))
        taxed.append(TaxTotals(row.tax, row.base_minor, tax_minor))
    return tuple(taxed)


def _cash_rounding(total_minor: int, step_minor: int, steps: list[Step]) -> int:
    if step_minor <= 1:
        return 0
    rounded = int(round_half_away(Decimal(total_minor) / step_minor, 0)) * step_minor
    steps.append(Step("Cash rounding", f"{total_minor} to {step_minor}", rounded - total_minor))
    return rounded - total_minor
