"""Why this cent: every step of an invoice's figures in words."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.rounding import round_fraction
from billdesk.core.domain.totals import (
    Step,
    StepKind,
    TaxRounding,
    Totals,
    TotalsInput,
    under_the_other_rule,
)
from billdesk.ui.format import Formats
from billdesk.ui.text import tr


@dataclass(frozen=True, slots=True)
class Explained:
    """One step: what it is, how it came about, what came out."""

    subject: str
    how: str
    result: str


def explain(given: TotalsInput, totals: Totals, formats: Formats) -> list[Explained]:
    """The steps from the lines to the amount due, and what the other rounding rule would give."""
    write = _Writer(formats, totals.currency)
    steps = [write.step(step) for step in totals.steps if _is_worth_telling(step, given, totals)]
    return [*steps, _other_rule(given, totals, write)]


def _is_worth_telling(step: Step, given: TotalsInput, totals: Totals) -> bool:
    match step.kind:
        case StepKind.SUBTOTAL:
            return len(given.lines) > 1
        case StepKind.CASH_ROUNDING:
            return step.result_minor != 0
        case StepKind.DUE:
            return totals.due_minor != totals.total_minor
        case StepKind.NET_OF_GROSS:
            return bool(totals.taxes)
    return True


class _Writer:
    def __init__(self, formats: Formats, currency: str) -> None:
        self._formats = formats
        self._currency = currency
        self._scale = exponent(currency)

    def amount(self, minor: int) -> str:
        return self._formats.money(minor, self._currency, self._scale)

    def step(self, step: Step) -> Explained:
        how = self._how(step) + self._exactly(step)
        return Explained(self._subject(step), how, self.amount(step.result_minor))

    def _subject(self, step: Step) -> str:
        match step.kind:
            case StepKind.LINE:
                return self._line(step)
            case StepKind.LINE_ADJUSTMENT:
                return self._discount(self._line(step), step)
            case StepKind.ADJUSTMENT:
                return self._discount(tr("Whole invoice"), step)
            case StepKind.SHARE:
                taxes = step.subject or tr("no tax")
                return tr("Share of {taxes}").format(taxes=taxes)
            case StepKind.DEPOSIT:
                return tr("Deposit {number}").format(number=step.subject)
            case StepKind.NET_OF_GROSS:
                return tr("Net")
        return step.subject or _SUBJECTS[step.kind]()

    def _how(self, step: Step) -> str:
        base = "" if step.base_minor is None else self.amount(step.base_minor)
        percent = "" if step.factor is None else self._formats.percent(step.factor)
        match step.kind:
            case StepKind.LINE:
                quantity = self._formats.number(step.quantity or 0)
                return f"{quantity} × {self._formats.number(step.factor or 0)}"
            case StepKind.LINE_ADJUSTMENT | StepKind.ADJUSTMENT if step.factor is None:
                return tr("a fixed amount")
            case StepKind.LINE_ADJUSTMENT | StepKind.ADJUSTMENT | StepKind.TAX:
                return tr("{percent} of {base}").format(percent=percent, base=base)
            case StepKind.TAX_PER_LINE:
                of = tr("{percent} of {base}").format(percent=percent, base=base)
                return tr("{of}; rounded on each line").format(of=of)
            case StepKind.TAX_INSIDE:
                gross = self.amount((step.base_minor or 0) + step.result_minor)
                return tr("contained in {gross}: {percent} of {base}").format(
                    gross=gross, percent=percent, base=base
                )
            case StepKind.WITHHELD:
                return tr("{percent} of {base}, kept back by the customer").format(
                    percent=percent, base=base
                )
            case StepKind.SHARE:
                return tr("its part of the discount, on {base}").format(base=base)
            case StepKind.NET_OF_GROSS:
                return tr("{base} without {taxes}").format(
                    base=base, taxes=step.subject or tr("tax")
                )
            case StepKind.DEPOSIT:
                return tr("billed before, with {tax} of tax").format(tax=base)
            case StepKind.CASH_ROUNDING:
                return tr("to the next {step}").format(step=base)
        return _HOW[step.kind]()

    def _line(self, step: Step) -> str:
        return tr("Line {number}").format(number=(step.line or 0) + 1)

    def _discount(self, what: str, step: Step) -> str:
        if step.subject:
            return f"{what}, {step.subject}"
        if step.result_minor > 0:
            return tr("{what}, surcharge").format(what=what)
        return tr("{what}, discount").format(what=what)

    def _exactly(self, step: Step) -> str:
        """What it would be unrounded, where rounding changed it."""
        if step.exact_minor is None or not step.rounded:
            return ""
        places = self._scale + 4
        exact = Fraction(step.exact_minor) / 10**self._scale
        shown = self._formats.number(_decimal(exact, places))
        return tr("; exactly {exact}, rounded").format(exact=shown)


# Called when they are needed: the language may change while the program runs.
_SUBJECTS: dict[StepKind, Callable[[], str]] = {
    StepKind.SUBTOTAL: lambda: tr("Subtotal"),
    StepKind.TAX: lambda: tr("Tax"),
    StepKind.TAX_PER_LINE: lambda: tr("Tax"),
    StepKind.TAX_INSIDE: lambda: tr("Tax"),
    StepKind.WITHHELD: lambda: tr("Withheld"),
    StepKind.PREPAID: lambda: tr("Paid before"),
    StepKind.CASH_ROUNDING: lambda: tr("Cash rounding"),
    StepKind.TOTAL: lambda: tr("Total"),
    StepKind.DUE: lambda: tr("Amount due"),
}
_HOW: dict[StepKind, Callable[[], str]] = {
    StepKind.SUBTOTAL: lambda: tr("sum of the lines"),
    StepKind.PREPAID: lambda: tr("lowers what is due"),
    StepKind.TOTAL: lambda: tr("net and tax together"),
    StepKind.DUE: lambda: tr("the total less what was paid or is kept back"),
}


def _decimal(value: Fraction, places: int) -> Decimal:
    return Decimal(round_fraction(value * 10**places)).scaleb(-places).normalize()


def _other_rule(given: TotalsInput, totals: Totals, write: _Writer) -> Explained:
    per_line = given.tax_rounding is TaxRounding.PER_LINE
    total = under_the_other_rule(given).total_minor
    rule = tr("tax rounded once per rate") if per_line else tr("tax rounded on each line instead")
    how = rule if total != totals.total_minor else tr("{rule}: the same").format(rule=rule)
    return Explained(tr("The other rule"), how, write.amount(total))
