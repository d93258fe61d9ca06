"""Every chart has an account for each role, and the German ones for each German rate."""

from decimal import Decimal

import pytest

from billdesk.core.domain.accounts import Role
from billdesk.core.domain.charts import CHARTS, Chart, RateUse
from billdesk.core.domain.country_defaults import COUNTRIES
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.tax_wording import no_tax

C = TaxCategory


@pytest.mark.parametrize("chart", Chart)
def test_a_chart_has_each_role_once_and_no_code_twice(chart: Chart) -> None:
    accounts = CHARTS[chart]
    assert sorted(row.role or "" for row in accounts.rows) == sorted(Role)
    codes = [row.code for row in accounts.rows] + [one.code for one in accounts.rates]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("tax", "skr03", "skr04"),
    [
        (Tax("USt.", C.STANDARD, Decimal(19)), ("1776", "8400"), ("3806", "4400")),
        (Tax("USt.", C.STANDARD, Decimal("7.0")), ("1771", "8300"), ("3801", "4300")),
        (Tax("USt.", C.ZERO, Decimal(0)), (None, "8290"), (None, "4290")),
        (Tax("frei", C.EXEMPT, Decimal(0), "§ 4 UStG"), (None, "8100"), (None, "4100")),
        (Tax("G", C.EXPORT, Decimal(0), "Ausfuhr"), (None, "8120"), (None, "4120")),
        (Tax("K", C.INTRA_COMMUNITY, Decimal(0), "ig"), (None, "8125"), (None, "4125")),
        (Tax("AE", C.REVERSE_CHARGE, Decimal(0), "13b"), (None, "8337"), (None, "4337")),
        (Tax("O", C.OUTSIDE_SCOPE, Decimal(0), "fremd"), (None, "8338"), (None, "4338")),
        (Tax("USt.", C.STANDARD, Decimal(16)), (None, None), (None, None)),
    ],
)
def test_each_german_rate_has_its_accounts(
    tax: Tax, skr03: tuple[str | None, str], skr04: tuple[str | None, str]
) -> None:
    for chart, wanted in ((Chart.SKR03, skr03), (Chart.SKR04, skr04), (Chart.GENERIC, (None,) * 2)):
        found = [CHARTS[chart].of_rate(tax, use) for use in (RateUse.TAX, RateUse.REVENUE)]
        assert tuple(one.code if one else None for one in found) == wanted


def test_small_businesses_have_sales_accounts_of_their_own() -> None:
    usual = no_tax("DE")
    tax = Tax(usual.name, usual.category, usual.percent, usual.reason)
    found = [CHARTS[chart].of_rate(tax, RateUse.REVENUE) for chart in (Chart.SKR03, Chart.SKR04)]
    assert [one.code if one else None for one in found] == ["8195", "4185"]


@pytest.mark.parametrize("chart", [Chart.SKR03, Chart.SKR04])
def test_all_rates_a_german_company_starts_with_have_a_sales_account(chart: Chart) -> None:
    for usual in COUNTRIES["DE"].taxes():
        tax = Tax(usual.name, usual.category, usual.percent, usual.reason)
        assert CHARTS[chart].of_rate(tax, RateUse.REVENUE) is not None, usual
