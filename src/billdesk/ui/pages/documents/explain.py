"""Why this cent: every rounding of an invoice in words, from its figures."""

from dataclasses import dataclass, replace
from decimal import Decimal

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.rounding import EXACT
from billdesk.core.domain.totals import (
    HUNDRED,
    Adjustment,
    PriceMode,
    TaxRounding,
    Totals,
    TotalsInput,
    compute,
)
from billdesk.ui.format import Formats
from billdesk.ui.text import tr


@dataclass(frozen=True, slots=True)
class Explained:
    """One step: what it is, how it came about, what came out."""

    subject: str
    how: str
    result: str


class _Writer:
    def __init__(self, formats: Formats, currency: str) -> None:
        self._formats = formats
        self._currency = currency
        self._scale = exponent(currency)

    def amount(self, minor: int) -> str:
        return self._formats.money(minor, self._currency, self._scale)

    def exactly(self, exact_minor: Decimal, rounded_minor: int) -> str:
        """What it would be unrounded, where rounding changed it."""
        if exact_minor == rounded_minor:
            return ""
        exact = exact_minor.scaleb(-self._scale).normalize()
        if -int(exact.as_tuple().exponent) > self._scale + 4:
            exact = round(exact, self._scale + 4)
        return tr("; exactly {exact}, rounded").format(exact=self._formats.number(exact))

    def percent(self, value: Decimal) -> str:
        return self._formats.percent(value)

    def number(self, value: Decimal) -> str:
        return self._formats.number(value)


def explain(given: TotalsInput, totals: Totals, formats: Formats) -> list[Explained]:
    """The steps from the lines to the total, and what the other rounding rule would give."""
    write = _Writer(formats, totals.currency)
    steps: list[Explained] = []
    for number, (line, figures) in enumerate(zip(given.lines, totals.lines, strict=True), start=1):
        subject = tr("Line {number}").format(number=number)
        before = figures.before_adjustments_minor
        exact = EXACT.multiply(line.quantity, line.unit_price).scaleb(exponent(totals.currency))
        steps.append(
            Explained(
                subject,
                f"{write.number(line.quantity)} × {write.number(line.unit_price)}"
                + write.exactly(exact, before),
                write.amount(before),
            )
        )
        for adjustment, effect in zip(line.adjustments, figures.adjustments_minor, strict=True):
            steps.append(_adjustment(subject, adjustment, before, effect, write))
    if len(given.lines) > 1:
        subtotal = write.amount(totals.subtotal_minor)
        steps.append(Explained(tr("Subtotal"), tr("sum of the lines"), subtotal))
    for adjustment, effect in zip(given.adjustments, totals.adjustments_minor, strict=True):
        steps.append(
            _adjustment(tr("Whole invoice"), adjustment, totals.subtotal_minor, effect, write)
        )
    steps.extend(_taxes(given, totals, write))
    if totals.rounding_minor:
        steps.append(
            Explained(
                tr("Cash rounding"),
                tr("to the next {step}").format(step=write.amount(given.cash_step_minor)),
                write.amount(totals.rounding_minor),
            )
        )
    steps.append(
        Explained(tr("Total"), tr("net and tax together"), write.amount(totals.total_minor))
    )
    steps.append(_other_rule(given, totals, write))
    return steps


def _adjustment(
    subject: str, adjustment: Adjustment, base_minor: int, effect_minor: int, write: _Writer
) -> Explained:
    if adjustment.percent is not None:
        how = tr("{percent} of {base}").format(
            percent=write.percent(adjustment.percent), base=write.amount(base_minor)
        )
        exact = EXACT.multiply(Decimal(base_minor), adjustment.percent) / HUNDRED
        how += write.exactly(exact, abs(effect_minor))
    else:
        how = tr("a fixed amount")
    name = subject if adjustment.is_charge else tr("{what}, discount").format(what=subject)
    return Explained(name, how, write.amount(effect_minor))


def _taxes(given: TotalsInput, totals: Totals, write: _Writer) -> list[Explained]:
    steps = []
    for row in totals.taxes:
        percent = row.tax.percent
        if given.price_mode is PriceMode.GROSS:
            how = tr("contained in {gross}: {percent} of {base}").format(
                gross=write.amount(row.base_minor + row.tax_minor),
                percent=write.percent(percent),
                base=write.amount(row.base_minor),
            )
        else:
            how = tr("{percent} of {base}").format(
                percent=write.percent(percent), base=write.amount(row.base_minor)
            )
            exact = EXACT.multiply(Decimal(row.base_minor), percent) / HUNDRED
            how += (
                tr("; rounded on each line")
                if given.tax_rounding is TaxRounding.PER_LINE
                else write.exactly(exact, row.tax_minor)
            )
        steps.append(Explained(row.tax.name, how, write.amount(row.tax_minor)))
    return steps


def _other_rule(given: TotalsInput, totals: Totals, write: _Writer) -> Explained:
    per_line = given.tax_rounding is TaxRounding.PER_LINE
    other = TaxRounding.PER_DOCUMENT if per_line else TaxRounding.PER_LINE
    total = compute(replace(given, tax_rounding=other)).total_minor
    rule = tr("tax rounded once per rate") if per_line else tr("tax rounded on each line instead")
    how = rule if total != totals.total_minor else tr("{rule}: the same").format(rule=rule)
    return Explained(tr("The other rule"), how, write.amount(total))
