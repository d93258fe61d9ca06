"""Documents worked out by hand; each names the rule of EN 16931 (or of BillDesk) it pins down."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.totals import (
    Adjustment,
    LineInput,
    PriceMode,
    TaxRounding,
    TotalsInput,
    compute,
)

VAT_19 = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19))
VAT_7 = Tax("VAT 7 %", TaxCategory.STANDARD, Decimal(7))
REVERSE = Tax("Reverse charge", TaxCategory.REVERSE_CHARGE, Decimal(0), "Reverse charge")
GST = Tax("GST", TaxCategory.STANDARD, Decimal(5))
QST = Tax("QST", TaxCategory.STANDARD, Decimal("9.975"))


def off(percent: str) -> Adjustment:
    return Adjustment(is_charge=False, percent=Decimal(percent))


def minus(minor: int) -> Adjustment:
    return Adjustment(is_charge=False, amount_minor=minor)


def plus(minor: int) -> Adjustment:
    return Adjustment(is_charge=True, amount_minor=minor)


def line(quantity: str, price: str, *taxes: Tax, less: tuple[Adjustment, ...] = ()) -> LineInput:
    return LineInput(Decimal(quantity), Decimal(price), taxes, less)


@dataclass(frozen=True)
class Golden:
    rule: str
    document: TotalsInput
    lines: tuple[int, ...]
    net: int
    taxes: dict[str, tuple[int, int]] = field(default_factory=dict)
    total: int = 0
    rounding: int = 0
    adjustments: tuple[int, ...] = ()
    nets: tuple[int, ...] | None = None


GOLDEN = (
    Golden(
        "BR-CO-10, BR-CO-13, BR-CO-15: one line, one rate",
        TotalsInput("EUR", (line("1", "3600", VAT_19),)),
        lines=(360_000,),
        net=360_000,
        taxes={"VAT 19 %": (360_000, 68_400)},
        total=428_400,
    ),
    Golden(
        "BR-CO-17: tax is rounded once per rate, not per line",
        # 0.70 x 19 % = 0.133 -> 0.13; each line alone would be 0.019 -> 0.02, seven times.
        TotalsInput("EUR", tuple(line("1", "0.10", VAT_19) for _ in range(7))),
        lines=(10,) * 7,
        net=70,
        taxes={"VAT 19 %": (70, 13)},
        total=83,
    ),
    Golden(
        "the same document with tax rounded on every line",
        TotalsInput(
            "EUR",
            tuple(line("1", "0.10", VAT_19) for _ in range(7)),
            tax_rounding=TaxRounding.PER_LINE,
        ),
        lines=(10,) * 7,
        net=70,
        taxes={"VAT 19 %": (70, 14)},
        total=84,
    ),
    Golden(
        "BT-131: a line is rounded before anything is summed (3 x 33.335 = 100.005 -> 100.01)",
        TotalsInput("EUR", (line("3", "33.335", VAT_19),)),
        lines=(10_001,),
        net=10_001,
        # 19.0019 -> 19.00
        taxes={"VAT 19 %": (10_001, 1_900)},
        total=11_901,
    ),
    Golden(
        "half away from zero: 0.125 -> 0.13 and -0.125 -> -0.13",
        TotalsInput("EUR", (line("1", "0.125"), line("-1", "0.125"), line("1", "0.125"))),
        lines=(13, -13, 13),
        net=13,
        total=13,
    ),
    Golden(
        "BR-24: line allowance and charge (200.00 - 5 % + 3.00)",
        TotalsInput("EUR", (line("2", "100", VAT_7, less=(off("5"), plus(300))),)),
        lines=(19_300,),
        net=19_300,
        taxes={"VAT 7 %": (19_300, 1_351)},
        total=20_651,
    ),
    Golden(
        "BR-CO-11, BR-S-8: a document allowance lowers the bases of both rates in proportion",
        # 10 % of 300.00 = 30.00: 10.00 from the first rate, 20.00 from the second.
        TotalsInput(
            "EUR",
            (line("1", "100", VAT_19), line("1", "200", VAT_7)),
            adjustments=(off("10"),),
        ),
        lines=(10_000, 20_000),
        adjustments=(-3_000,),
        net=27_000,
        taxes={"VAT 19 %": (9_000, 1_710), "VAT 7 %": (18_000, 1_260)},
        total=29_970,
    ),
    Golden(
        "a discount of 1.00 over three equal rates: the odd cent goes by largest remainder",
        # 0.3333 each; sorted by name GST, VAT 19 %, VAT 7 %: the first takes 0.34.
        TotalsInput(
            "EUR",
            (line("1", "10", GST), line("1", "10", VAT_19), line("1", "10", VAT_7)),
            adjustments=(minus(100),),
        ),
        lines=(1_000, 1_000, 1_000),
        adjustments=(-100,),
        net=2_900,
        taxes={"GST": (966, 48), "VAT 19 %": (967, 184), "VAT 7 %": (967, 68)},
        total=3_200,
    ),
    Golden(
        "BR-CO-12: a document charge (freight 15.00) is taxed like the goods",
        TotalsInput("EUR", (line("1", "85", VAT_19),), adjustments=(plus(1_500),)),
        lines=(8_500,),
        adjustments=(1_500,),
        net=10_000,
        taxes={"VAT 19 %": (10_000, 1_900)},
        total=11_900,
    ),
    Golden(
        "gross prices: 119.00 typed is 119.00 due; the net is derived",
        TotalsInput("EUR", (line("1", "119", VAT_19),), price_mode=PriceMode.GROSS),
        lines=(11_900,),
        nets=(10_000,),
        net=10_000,
        taxes={"VAT 19 %": (10_000, 1_900)},
        total=11_900,
    ),
    Golden(
        "gross prices that do not divide: 9.99 with 19 % is 8.39 + 1.60, never 9.98",
        # 9.99 / 1.19 = 8.3949...
        TotalsInput("EUR", (line("1", "9.99", VAT_19),), price_mode=PriceMode.GROSS),
        lines=(999,),
        nets=(839,),
        net=839,
        taxes={"VAT 19 %": (839, 160)},
        total=999,
    ),
    Golden(
        "gross prices, two taxes on a line: 114.975 for 100.00 with GST 5 % and QST 9.975 %",
        # 114.98 / 1.14975 = 100.004...; tax 14.98 is split 5 : 9.975 -> 5.0017 and 9.9783.
        TotalsInput("CAD", (line("1", "114.975", GST, QST),), price_mode=PriceMode.GROSS),
        lines=(11_498,),
        nets=(10_000,),
        net=10_000,
        taxes={"GST": (10_000, 500), "QST": (10_000, 998)},
        total=11_498,
    ),
    Golden(
        "two taxes on a line, net prices: each on the same base",
        TotalsInput("CAD", (line("1", "100", GST, QST),)),
        lines=(10_000,),
        net=10_000,
        # 9.975 -> 9.98
        taxes={"GST": (10_000, 500), "QST": (10_000, 998)},
        total=11_498,
    ),
    Golden(
        "BR-CO-17: a rate that lines with one and with two taxes share is rounded once",
        # GST on 0.20 is 0.01; on 0.10 and 0.10 it would be 0.005 -> 0.01 twice.
        TotalsInput("CAD", (line("1", "0.10", GST), line("1", "0.10", GST, QST))),
        lines=(10, 10),
        net=20,
        taxes={"GST": (20, 1), "QST": (10, 1)},
        total=22,
    ),
    Golden(
        "the same lines with tax rounded on every line",
        TotalsInput(
            "CAD",
            (line("1", "0.10", GST), line("1", "0.10", GST, QST)),
            tax_rounding=TaxRounding.PER_LINE,
        ),
        lines=(10, 10),
        net=20,
        taxes={"GST": (20, 2), "QST": (10, 1)},
        total=23,
    ),
    Golden(
        "BR-AE-5, BR-AE-9: reverse charge carries no tax",
        TotalsInput("EUR", (line("8", "125", REVERSE),)),
        lines=(100_000,),
        net=100_000,
        taxes={"Reverse charge": (100_000, 0)},
        total=100_000,
    ),
    Golden(
        "a returned item lowers the base of its rate",
        TotalsInput("EUR", (line("3", "50", VAT_19), line("-1", "50", VAT_19))),
        lines=(15_000, -5_000),
        net=10_000,
        taxes={"VAT 19 %": (10_000, 1_900)},
        total=11_900,
    ),
    Golden(
        "no decimals: 3 x 1,234.5 yen is 3,704 (3703.5 up), tax 10 % is 370",
        TotalsInput("JPY", (line("3", "1234.5", Tax("CT", TaxCategory.STANDARD, Decimal(10))),)),
        lines=(3_704,),
        net=3_704,
        taxes={"CT": (3_704, 370)},
        total=4_074,
    ),
    Golden(
        "three decimals: 1.5 x 2.3333 dinar is 3.500 (3.49995 up)",
        TotalsInput("KWD", (line("1.5", "2.3333", GST),)),
        lines=(3_500,),
        net=3_500,
        taxes={"GST": (3_500, 175)},
        total=3_675,
    ),
    Golden(
        "BT-114: Swiss cash rounds to 0.05 in a line of its own (107.73 -> 107.75)",
        TotalsInput(
            "CHF",
            (line("1", "99.66", Tax("MWST", TaxCategory.STANDARD, Decimal("8.1"))),),
            cash_step_minor=5,
        ),
        lines=(9_966,),
        net=9_966,
        # 8.07246 -> 8.07
        taxes={"MWST": (9_966, 807)},
        rounding=2,
        total=10_775,
    ),
)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.rule)
def test_a_document_worked_out_by_hand(golden: Golden) -> None:
    totals = compute(golden.document)
    assert tuple(one.amount_minor for one in totals.lines) == golden.lines
    assert totals.adjustments_minor == golden.adjustments
    assert totals.net_minor == golden.net
    assert {row.tax.name: (row.base_minor, row.tax_minor) for row in totals.taxes} == golden.taxes
    assert totals.rounding_minor == golden.rounding
    assert totals.total_minor == golden.total
    if golden.nets is not None:
        assert tuple(one.net_minor for one in totals.lines) == golden.nets


def test_what_was_paid_before_lowers_the_amount_due_only() -> None:
    # BR-CO-16: amount due = total - prepaid.
    totals = compute(TotalsInput("EUR", (line("1", "100"),), prepaid_minor=2_500))
    assert (totals.total_minor, totals.prepaid_minor, totals.due_minor) == (10_000, 2_500, 7_500)


def test_the_highest_rate_is_read_first() -> None:
    totals = compute(TotalsInput("EUR", (line("1", "1", VAT_7), line("1", "1", VAT_19))))
    assert [row.tax.percent for row in totals.taxes] == [Decimal(19), Decimal(7)]


def test_rates_written_differently_share_a_row() -> None:
    same = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal("19.00"))
    totals = compute(TotalsInput("EUR", (line("1", "1", VAT_19), line("1", "1", same))))
    assert [(row.base_minor, row.tax_minor) for row in totals.taxes] == [(200, 38)]


def test_no_lines_make_a_total_of_nothing() -> None:
    totals = compute(TotalsInput("EUR", (), adjustments=(off("10"),)))
    assert (totals.total_minor, totals.taxes, totals.adjustments_minor) == (0, (), (0,))


@pytest.mark.parametrize(
    ("document", "field_name"),
    [
        (TotalsInput("EUR", (line("1", "-1"),)), "lines.0.unit_price"),
        (TotalsInput("EUR", (line("1", "1"), line("1.0000001", "1"))), "lines.1.quantity"),
        (TotalsInput("EUR", (line("1", "0.0000001"),)), "lines.0.unit_price"),
        (TotalsInput("EUR", (line("1000000000000", "1000"),)), "lines"),
        (TotalsInput("XYZ", (line("1", "1"),)), "currency"),
    ],
)
def test_what_cannot_be_computed_names_its_field(document: TotalsInput, field_name: str) -> None:
    with pytest.raises(UserError) as refusal:
        compute(document)
    assert refusal.value.field == field_name


@pytest.mark.parametrize(
    "make",
    [
        lambda: Adjustment(is_charge=False),
        lambda: Adjustment(is_charge=False, percent=Decimal(5), amount_minor=5),
        lambda: Adjustment(is_charge=False, percent=Decimal(101)),
        lambda: Adjustment(is_charge=False, percent=Decimal(-1)),
        lambda: Adjustment(is_charge=True, amount_minor=-1),
    ],
)
def test_a_discount_is_a_percentage_or_an_amount(make: object) -> None:
    with pytest.raises(UserError) as refusal:
        make()  # type: ignore[operator]  # a lambda of the list above
    assert refusal.value.field == "discount"


@pytest.mark.parametrize("category", [c for c in TaxCategory if c.value in "ZEAEKGO"])
def test_categories_without_tax_carry_no_rate(category: TaxCategory) -> None:
    # BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5.
    Tax("none", category, Decimal(0))
    with pytest.raises(UserError):
        Tax("some", category, Decimal(19))


@pytest.mark.parametrize("percent", ["-0.01", "100.01"])
def test_a_rate_lies_between_nothing_and_everything(percent: str) -> None:
    with pytest.raises(UserError):
        Tax("odd", TaxCategory.STANDARD, Decimal(percent))
