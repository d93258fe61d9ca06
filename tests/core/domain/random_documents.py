"""Random documents for properties: every mode, discount, tax set and number of decimals."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import (
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    TaxRounding,
    TaxTotals,
    TotalsInput,
)

VAT_19 = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19))
VAT_7 = Tax("VAT 7 %", TaxCategory.STANDARD, Decimal(7))
QST = Tax("QST", TaxCategory.STANDARD, Decimal("9.975"))
GST = Tax("GST", TaxCategory.STANDARD, Decimal(5))
EXEMPT = Tax("Exempt", TaxCategory.EXEMPT, Decimal(0), "Exempt")
# Quebec before 2013: the second tax on price and first tax.
QST_ON_GST = Tax("QST on GST", TaxCategory.STANDARD, Decimal("9.5"), is_compound=True)
IRPF = Tax("IRPF", TaxCategory.STANDARD, Decimal(15), kind=TaxKind.WITHHELD)
TAX_SETS = (
    (),
    (VAT_19,),
    (VAT_7,),
    (GST, QST),
    (QST, GST),
    (EXEMPT,),
    (GST,),
    (GST, QST_ON_GST),
    (QST_ON_GST, GST),
    (VAT_19, IRPF),
    (IRPF,),
)

percents = st.decimals(min_value=0, max_value=100, places=2)
quantities = st.decimals(min_value=-500, max_value=500, places=3)
prices = st.decimals(min_value=0, max_value=5000, places=4)


@st.composite
def adjustments(draw: st.DrawFn) -> Adjustment:
    is_charge = draw(st.booleans())
    if draw(st.booleans()):
        return Adjustment(is_charge, percent=draw(percents))
    return Adjustment(is_charge, amount_minor=draw(st.integers(0, 50_000)))


lines = st.builds(
    LineInput,
    quantity=quantities,
    unit_price=prices,
    taxes=st.sampled_from(TAX_SETS),
    adjustments=st.lists(adjustments(), max_size=2).map(tuple),
)
deposits = st.builds(
    Deposit,
    number=st.just("D-1"),
    issued_on=st.just(date(2026, 1, 2)),
    total_minor=st.integers(0, 10_000),
    taxes=st.sampled_from(((), (TaxTotals(VAT_19, 100, 19),), (TaxTotals(GST, 100, 5),))),
    withheld=st.sampled_from(((), (TaxTotals(IRPF, 100, 15),))),
)
documents = st.builds(
    TotalsInput,
    currency=st.sampled_from(("EUR", "JPY", "KWD", "CHF", "ISK")),
    lines=st.lists(lines, min_size=1, max_size=6).map(tuple),
    adjustments=st.lists(adjustments(), max_size=2).map(tuple),
    price_mode=st.sampled_from(PriceMode),
    tax_rounding=st.sampled_from(TaxRounding),
    cash_step_minor=st.sampled_from((0, 5, 10, 100)),
    prepaid_minor=st.integers(0, 10_000),
    deposits=st.lists(deposits, max_size=2).map(tuple),
)
