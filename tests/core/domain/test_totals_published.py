"""Published invoices, and others computed by hand, against the totals engine.

The documents stand in tests/data/golden/invoices.toml, each with its source.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.early_payment import DiscountTerms, early_payment_discount
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import (
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    TaxRounding,
    TaxTotals,
    TotalsInput,
    compute,
)

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "invoices.toml"
INVOICES: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["invoice"]
_ADJUSTMENT = re.compile(r"([+-])([0-9.]+)(%?)")


def tax(text: str) -> Tax:
    """``S 9.5 compound`` as a tax of that name."""
    category, percent, *more = text.split()
    return Tax(
        text,
        TaxCategory(category),
        Decimal(percent),
        kind=TaxKind.WITHHELD if "withheld" in more else TaxKind.ADDED,
        is_compound="compound" in more,
    )


class Reader:
    """One invoice of the file; amounts in minor units of its currency."""

    def __init__(self, invoice: Mapping[str, Any]) -> None:
        self._invoice = invoice
        self._scale = exponent(invoice["currency"])

    def minor(self, text: str) -> int:
        amount = Decimal(text).scaleb(self._scale)
        assert amount == int(amount), f"{text} has too many decimals"
        return int(amount)

    def rows(self, rows: Mapping[str, list[str]]) -> dict[str, tuple[int, int]]:
        return {name: (self.minor(base), self.minor(tax_)) for name, (base, tax_) in rows.items()}

    def adjustment(self, text: str) -> Adjustment:
        match = _ADJUSTMENT.fullmatch(text)
        assert match is not None, text
        sign, number, percent = match.groups()
        if percent:
            return Adjustment(sign == "+", percent=Decimal(number))
        return Adjustment(sign == "+", amount_minor=self.minor(number))

    def line(self, text: str) -> LineInput:
        amounts, taxes, *adjustments = (part.strip() for part in text.split("|"))
        quantity, price = amounts.split(" x ")
        return LineInput(
            Decimal(quantity),
            Decimal(price),
            tuple(tax(one.strip()) for one in taxes.split("+")),
            tuple(self.adjustment(one) for part in adjustments for one in part.split()),
        )

    def totals_of(self, rows: Mapping[str, list[str]]) -> tuple[TaxTotals, ...]:
        return tuple(TaxTotals(tax(name), *figures) for name, figures in self.rows(rows).items())

    def given(self) -> TotalsInput:
        invoice = self._invoice
        return TotalsInput(
            currency=invoice["currency"],
            lines=tuple(self.line(text) for text in invoice["lines"]),
            adjustments=tuple(self.adjustment(one) for one in invoice.get("adjustments", ())),
            price_mode=PriceMode(invoice.get("prices", "net")),
            tax_rounding=TaxRounding(invoice.get("tax_rounding", "document")),
            cash_step_minor=self.minor(invoice.get("cash_step", "0")),
            prepaid_minor=self.minor(invoice.get("prepaid", "0")),
            deposits=tuple(
                Deposit(
                    f"D-{number}",
                    date(2020, 1, 2),
                    self.minor(one["total"]),
                    self.totals_of(one["taxes"]),
                    self.totals_of(one.get("withheld", {})),
                )
                for number, one in enumerate(invoice.get("deposits", ()), start=1)
            ),
        )


def shown(rows: tuple[TaxTotals, ...]) -> dict[str, tuple[int, int]]:
    return {row.tax.name: (row.base_minor, row.tax_minor) for row in rows}


@pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: str(invoice["title"]))
def test_every_figure_is_the_published_one(invoice: dict[str, Any]) -> None:
    read = Reader(invoice)
    totals = compute(read.given())
    assert shown(totals.taxes) == read.rows(invoice["taxes"])
    assert shown(totals.withheld) == read.rows(invoice.get("withheld", {}))
    assert shown(totals.taxes_left) == read.rows(invoice.get("left", invoice["taxes"]))
    assert totals.net_minor == read.minor(invoice["net"])
    assert totals.tax_minor == read.minor(invoice["tax"])
    assert totals.rounding_minor == read.minor(invoice.get("rounding", "0"))
    assert totals.total_minor == read.minor(invoice["total"])
    assert totals.due_minor == read.minor(invoice.get("due", invoice["total"]))
    early = invoice.get("early")
    if early is not None:
        terms = DiscountTerms(Decimal(early["percent"]), 10)
        found = early_payment_discount(totals.taxes, totals.total_minor, totals.due_minor, terms)
        assert found.pay_minor == read.minor(early["pay"])
        assert found.discount.net_minor == read.minor(early["net"])
        assert {row.tax.name: row.tax_minor for row in found.discount.taxes} == {
            name: read.minor(text) for name, text in early["taxes"].items()
        }


def test_there_are_enough_and_each_names_its_source() -> None:
    assert len(INVOICES) >= 40
    assert len({invoice["title"] for invoice in INVOICES}) == len(INVOICES)
    for invoice in INVOICES:
        source = invoice["source"]
        assert "computed by hand" in source or re.search(r"/|CEN|Peppol|XRechnung|Haufe", source)


@pytest.mark.parametrize("invoice", INVOICES, ids=lambda invoice: str(invoice["title"]))
def test_lines_in_another_order_give_the_same_figures(invoice: dict[str, Any]) -> None:
    given = Reader(invoice).given()
    there, back = compute(given), compute(replace(given, lines=tuple(reversed(given.lines))))
    assert (there.taxes, there.withheld, there.due_minor) == (
        back.taxes,
        back.withheld,
        back.due_minor,
    )
