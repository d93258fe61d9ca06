"""The chart of accounts: German charts, codes per item and tax rate, renaming, retiring."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.services.accounts import AccountInput, AccountName
from billdesk.core.services.items import ItemInput
from billdesk.core.services.tax_rates import TaxRateInput


def account(shop: Shop, code: str) -> int:
    return int(
        shop.one(
            "SELECT id FROM account WHERE company_id = :c AND code = :code",
            c=shop.app.company_id,
            code=code,
        ).id
    )


@pytest.mark.parametrize(
    ("chart", "wanted"),
    [
        (Chart.GENERIC, {"1200": 22_600, "4000": -20_000, "2200": -2_600}),
        (
            Chart.SKR03,
            {"1400": 22_600, "8400": -10_000, "8300": -10_000, "1776": -1_900, "1771": -700},
        ),
        (
            Chart.SKR04,
            {"1200": 22_600, "4400": -10_000, "4300": -10_000, "3806": -1_900, "3801": -700},
        ),
    ],
)
def test_an_invoice_is_posted_to_the_accounts_of_the_chart(
    open_shop: Callable[..., Shop], chart: Chart, wanted: dict[str, int]
) -> None:
    shop = open_shop(chart=chart)
    full, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(full,)), line("100", tax_rate_ids=(reduced,)))
    shop.issued(lines=lines)
    assert shop.balances() == wanted
    shop.check()


def test_an_item_has_its_own_account_before_its_tax_rate_has(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(chart=Chart.SKR03)
    own = shop.app.accounts.add(AccountInput("8401", "Erlöse Beratung", AccountKind.INCOME))
    full, _, reverse = shop.rates()
    shop.issued(
        lines=(
            line("100", tax_rate_ids=(full,), account_id=own),
            line("10", tax_rate_ids=(reverse,)),
            line("1"),
        )
    )
    assert shop.balances() == {
        "1400": 13_000,
        "8401": -10_000,
        "8337": -1_000,
        "8200": -100,
        "1776": -1_900,
    }
    shop.check()


def test_accounts_are_added_renamed_retired_and_restored(shop: Shop) -> None:
    accounts = shop.app.accounts
    shop.told()
    added = accounts.add(AccountInput(" 4010 ", " Workshops ", AccountKind.INCOME))
    accounts.rename(added, AccountName("4020", "Courses"))
    row = next(one for one in shop.app.queries.accounts() if one.id == added)
    assert (row.code, row.name, row.kind, row.role) == ("4020", "Courses", AccountKind.INCOME, None)
    accounts.retire(added)
    assert next(one for one in shop.app.queries.accounts() if one.id == added).retired
    accounts.retire(added)
    accounts.restore(added)
    assert shop.audit()[-4:] == [
        "account.added",
        "account.renamed",
        "account.retired",
        "account.restored",
    ]
    assert set(shop.told()) == {"AccountsChanged"}
    shop.check()


def test_what_is_posted_to_is_not_retired(shop: Shop) -> None:
    accounts = shop.app.accounts
    with pytest.raises(NotAllowed, match="BillDesk itself posts to 1100 Bank"):
        accounts.retire(account(shop, "1100"))
    own = accounts.add(AccountInput("4010", "Workshops", AccountKind.INCOME))
    item = shop.app.items.create(ItemInput("Course", Decimal(100), account_id=own))
    with pytest.raises(NotAllowed, match="Course posts to 4010 Workshops"):
        accounts.retire(own)
    shop.app.items.delete(item)
    accounts.retire(own)


def test_codes_are_unique_and_may_be_swapped(shop: Shop) -> None:
    accounts = shop.app.accounts
    cash, bank = account(shop, "1000"), account(shop, "1100")
    with pytest.raises(UserError, match="Code 1100 belongs to “Bank”") as refusal:
        accounts.rename(cash, AccountName("1100", "Cash"))
    assert refusal.value.field == "code"
    accounts.renumber({cash: AccountName("1100", "Cash"), bank: AccountName("1000", "Bank")})
    assert (account(shop, "1100"), account(shop, "1000")) == (cash, bank)
    with pytest.raises(UserError) as refusal:
        accounts.renumber({cash: AccountName("7", "Cash"), bank: AccountName("7", "Bank")})
    assert refusal.value.field == f"{bank}.code"
    with pytest.raises(UserError) as refusal:
        accounts.add(AccountInput("7", " ", AccountKind.ASSET))
    assert refusal.value.field == "name"


def test_a_tax_rate_posts_where_it_is_told_to(shop: Shop) -> None:
    accounts = shop.app.accounts
    tax = accounts.add(AccountInput("2201", "VAT 19 %", AccountKind.LIABILITY))
    sales = accounts.add(AccountInput("4019", "Sales at 19 %", AccountKind.INCOME))
    rate = next(one for one in shop.app.queries.rate_accounts() if one.name == "VAT 19 %")
    for wrong, field in (((sales, None), "tax_account_id"), ((tax, tax), "revenue_account_id")):
        with pytest.raises(UserError) as refusal:
            accounts.assign_tax_rate(rate.tax_rate_id, rate.version, *wrong)
        assert refusal.value.field == field
    accounts.assign_tax_rate(rate.tax_rate_id, rate.version, tax, sales)
    with pytest.raises(StaleVersion):
        accounts.assign_tax_rate(rate.tax_rate_id, rate.version, tax, None)
    shop.issued(lines=(line("100", tax_rate_ids=(rate.tax_rate_id,)),))
    assert shop.balances() == {"1200": 11_900, "2201": -1_900, "4019": -10_000}
    with pytest.raises(NotAllowed):
        accounts.retire(sales)
    shop.check()


def test_two_rates_of_one_name_do_not_share_an_account(shop: Shop) -> None:
    first = shop.rates()[0]
    second = shop.app.tax_rates.create(TaxRateInput("VAT 19 %", Decimal(19)))
    lines = (line("100", tax_rate_ids=(first,)), line("50", tax_rate_ids=(second,)))
    shop.issued(lines=lines)
    shop.check()
    row = shop.one("SELECT version FROM tax_rate WHERE id = :id", id=second)
    other = shop.app.accounts.add(AccountInput("2201", "VAT of the branch", AccountKind.LIABILITY))
    shop.app.accounts.assign_tax_rate(second, row.version, other, None)
    with pytest.raises(UserError, match="two tax rates called VAT 19 %"):
        shop.issued(lines=lines)
    shop.check()


def test_the_chart_is_switched_before_the_first_entry_only(shop: Shop) -> None:
    accounts = shop.app.accounts
    accounts.switch_chart(Chart.SKR03)
    accounts.switch_chart(Chart.SKR04)
    assert shop.app.queries.company().chart == "skr04"
    assert len(shop.rows("SELECT id FROM account WHERE code IN ('4400', '3806', '1200')")) == 3
    assert shop.rows("SELECT id FROM account WHERE code IN ('8400', '1776', '1000')") == []
    full, _, _ = shop.rates()
    shop.issued(lines=(line("100", tax_rate_ids=(full,)),))
    assert shop.balances() == {"1200": 11_900, "4400": -10_000, "3806": -1_900}
    with pytest.raises(NotAllowed, match="give the accounts their new codes"):
        accounts.switch_chart(Chart.GENERIC)
    shop.check()


def test_going_back_to_the_generic_chart_retires_what_it_has_not(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(chart=Chart.SKR03)
    shop.app.accounts.switch_chart(Chart.GENERIC)
    full, _, _ = shop.rates()
    shop.issued(lines=(line("100", tax_rate_ids=(full,)),))
    assert shop.balances() == {"1200": 11_900, "4000": -10_000, "2200": -1_900}
    live = [one.code for one in shop.app.queries.accounts() if not one.retired]
    assert "8400" not in live
    shop.app.accounts.switch_chart(Chart.GENERIC)
    shop.check()


def test_after_the_first_entry_codes_go_over_by_a_list(shop: Shop) -> None:
    shop.issued("100")
    proposal = shop.app.queries.proposed_names(Chart.SKR03)
    by_old = {one.old_code: (one.code, one.name) for one in proposal}
    assert by_old["1200"] == ("1400", "Forderungen aus Lieferungen und Leistungen")
    shop.app.accounts.renumber(
        {one.account_id: AccountName(one.code, one.name) for one in proposal}, Chart.SKR03
    )
    assert shop.balances() == {"1400": 10_000, "8200": -10_000}
    assert shop.app.queries.company().chart == "skr03"
    assert shop.app.queries.proposed_names(Chart.SKR03) == ()
    assert shop.audit().count("account.renamed") == len(proposal)
    shop.check()


def test_only_the_owner_switches_the_chart(shop: Shop) -> None:
    shop.falsify("UPDATE app_user SET role = 'accountant'")
    with pytest.raises(NotAllowed, match="Only the owner"):
        shop.app.accounts.switch_chart(Chart.SKR03)


def test_another_companys_account_does_not_exist(open_shop: Callable[..., Shop]) -> None:
    mine, other = open_shop(), open_shop("Another")
    with pytest.raises(NotFound):
        mine.app.accounts.rename(account(other, "1000"), AccountName("9", "Mine"))
