"""Opening balances: entered once, per account and customer, taken back by reversal."""

from datetime import date

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.services.opening_balances import OpeningAmount, OpeningBalances, OpeningDebt

DAY = date(2026, 9, 30)


def account(shop: Shop, code: str) -> int:
    return int(shop.one("SELECT id FROM account WHERE code = :code", code=code).id)


def begin(shop: Shop) -> int:
    """Bank 500, tax owed 80, a customer owes 100; returns the customer's document."""
    customer = shop.customer()
    shop.app.opening_balances.record(
        OpeningBalances(
            DAY,
            (
                OpeningAmount(account(shop, "1100"), 50_000),
                OpeningAmount(account(shop, "2200"), -8_000),
            ),
            (OpeningDebt(customer, 10_000, due_on=date(2026, 10, 31)),),
        )
    )
    return int(shop.one("SELECT id FROM document ORDER BY id DESC LIMIT 1").id)


def test_accounts_and_customers_begin_with_their_balances(shop: Shop) -> None:
    document = begin(shop)
    assert shop.balances() == {"1100": 50_000, "1200": 10_000, "2200": -8_000, "3900": -52_000}
    row = shop.document(document)
    assert (row.number, row.is_history, row.open_minor) == ("C-0001-20260930", 1, 10_000)
    assert shop.state(document) is DocumentState.OVERDUE
    assert shop.app.queries.ageing(DAY).base_total.not_due == 10_000
    assert shop.audit()[-1] == "opening.recorded"
    shop.receive(document, 10_000)
    assert shop.balances() == {"1100": 60_000, "2200": -8_000, "3900": -52_000}
    shop.check()


def test_debts_without_a_number_get_one_each_and_again_after_they_were_taken_back(
    shop: Shop,
) -> None:
    customer = shop.customer()
    debts = (
        OpeningDebt(customer, 100),
        OpeningDebt(customer, 200),
        OpeningDebt(customer, 300, "2025-77"),
    )
    balances = OpeningBalances(DAY, customers=debts)
    for first, second, old in (
        ("C-0001-20260930", "C-0001-20260930-2", "2025-77"),
        ("C-0001-20260930-3", "C-0001-20260930-4", "2025-77-2"),
    ):
        shop.app.opening_balances.record(balances)
        rows = shop.rows("SELECT number, open_minor FROM document WHERE voided_at IS NULL")
        assert {row.number: row.open_minor for row in rows} == {first: 100, second: 200, old: 300}
        shop.check()
        shop.app.opening_balances.undo("Typing mistake")
    assert shop.balances() == {}


def test_they_are_entered_once(shop: Shop) -> None:
    begin(shop)
    with pytest.raises(NotAllowed, match="of 2026-09-30 were entered already"):
        begin(shop)
    shop.check()


def test_undo_takes_everything_back_and_a_new_start_is_made(shop: Shop) -> None:
    document = begin(shop)
    shop.app.opening_balances.undo("Wrong year")
    assert shop.balances() == {}
    assert shop.state(document) is DocumentState.VOID
    assert shop.app.queries.trial_balance(DAY).rows == (), "as if it had never been"
    with pytest.raises(NotAllowed, match="no opening balances"):
        shop.app.opening_balances.undo("again")
    customer = shop.customer()
    shop.app.opening_balances.record(
        OpeningBalances(DAY, customers=(OpeningDebt(customer, 500, "2026-17"),))
    )
    with pytest.raises(NotAllowed, match="entered already"):
        begin(shop)
    shop.check()


def test_a_day_on_which_a_debt_had_been_paid_keeps_the_debt(shop: Shop) -> None:
    document = begin(shop)
    paid_on = shop.time.today()
    payment = shop.receive(document, 100, received_on=paid_on)
    total = shop.document(document).total_minor
    shop.time.advance(days=3)
    shop.app.payments.undo(payment)
    shop.time.advance(days=3)
    shop.app.opening_balances.undo("Wrong year")
    assert shop.app.queries.document_as_of(document, paid_on).open_minor == total - 100
    owed = shop.app.queries.balances(paid_on).rows
    assert [row.open_minor for row in owed] == [total - 100]
    assert shop.balances() == {}
    shop.check()


def test_after_closing_the_reversal_is_posted_on_an_open_day(shop: Shop) -> None:
    begin(shop)
    shop.app.periods.close_through(DAY)
    before = shop.app.queries.trial_balance(DAY)
    shop.app.opening_balances.undo("Wrong amounts")
    assert shop.app.queries.trial_balance(DAY) == before
    assert shop.balances() == {}
    shop.check()


def test_a_debt_that_was_paid_keeps_them(shop: Shop) -> None:
    shop.receive(begin(shop), 1)
    with pytest.raises(NotAllowed):
        shop.app.opening_balances.undo("why")
    assert shop.balances()["3900"] == -52_000
    shop.check()


@pytest.mark.parametrize(
    ("code", "minor", "field"),
    [
        ("1200", 100, "accounts.0.account_id"),
        ("2100", 100, "accounts.0.account_id"),
        ("3900", 100, "accounts.0.account_id"),
        ("2210", 100, "accounts.0.account_id"),
        ("5400", 100, "accounts.0.account_id"),
        ("1100", 0, "accounts.0.minor"),
        ("1100", 10**15 + 1, "accounts.0.minor"),
    ],
)
def test_a_balance_that_cannot_be_names_its_field(
    shop: Shop, code: str, minor: int, field: str
) -> None:
    given = OpeningBalances(DAY, (OpeningAmount(account(shop, code), minor),))
    with pytest.raises(UserError) as refusal:
        shop.app.opening_balances.record(given)
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM ledger_entry") == []


def test_a_debt_that_cannot_be_names_its_field(shop: Shop) -> None:
    customer = shop.customer()
    shop.issued("5")
    for debt, field in (
        (OpeningDebt(customer, 0), "customers.0.minor"),
        (OpeningDebt(customer, -5), "customers.0.minor"),
        (OpeningDebt(customer, 5, "INV-00001"), "customers.0.number"),
        (OpeningDebt(customer, 5, due_on=date(1, 1, 1)), "customers.0.due_on"),
    ):
        with pytest.raises(UserError) as refusal:
            shop.app.opening_balances.record(OpeningBalances(DAY, customers=(debt,)))
        assert refusal.value.field == field
    with pytest.raises(UserError) as refusal:
        shop.app.opening_balances.record(OpeningBalances(DAY))
    assert refusal.value.field == "accounts"
    with pytest.raises(UserError) as refusal:
        shop.app.opening_balances.record(OpeningBalances(date(2026, 12, 1)))
    assert refusal.value.field in ("on", "accounts")
    shop.check()
