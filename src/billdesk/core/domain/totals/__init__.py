"""The totals engine: lines and rules in, every figure of a document out, with the steps between.

The order of computation is EN 16931's (BR-CO-10 to BR-CO-17): round each line, spread document
allowances and charges over the tax groups, round the tax once per rate. Editor, PDF, ledger and
payment link all read this one result.
"""

from dataclasses import replace

from billdesk.core.domain.totals.engine import compute
from billdesk.core.domain.totals.entries import (
    HUNDRED,
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    TaxRounding,
    TotalsInput,
)
from billdesk.core.domain.totals.figures import LineTotals, Step, StepKind, TaxTotals, Totals
from billdesk.core.domain.totals.lines import (
    LARGEST_CASH_STEP,
    LARGEST_DECIMALS,
    LARGEST_ENTRY,
    decimals,
)
from billdesk.core.domain.totals.taxation import less

__all__ = [
    "HUNDRED",
    "LARGEST_CASH_STEP",
    "LARGEST_DECIMALS",
    "LARGEST_ENTRY",
    "Adjustment",
    "Deposit",
    "LineInput",
    "LineTotals",
    "PriceMode",
    "Step",
    "StepKind",
    "TaxRounding",
    "TaxTotals",
    "Totals",
    "TotalsInput",
    "compute",
    "decimals",
    "less",
    "under_the_other_rule",
]


def under_the_other_rule(given: TotalsInput) -> Totals:
    """What the document would come to if tax were rounded the other way."""
    per_line = given.tax_rounding is TaxRounding.PER_LINE
    other = TaxRounding.PER_DOCUMENT if per_line else TaxRounding.PER_LINE
    return compute(replace(given, tax_rounding=other))
