"""Payouts: read from the balance, matched with the bank, and taken back when the bank refuses."""

from dataclasses import replace
from datetime import date
from functools import partialmethod
from typing import Any

import pytest
from bank_files import Movement, camt
from books import Shop
from test_trial_money import go_live

from billdesk.core.application import Application
from billdesk.core.domain.bank_suggestions import SuggestionKind
from billdesk.core.domain.banking import BankTab, Booked, decision_of
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.gateways.stripe.list_facts import BalancePage
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.core.queries.payouts import PayoutRow
from billdesk.core.services.stripe.balance import BalanceAccount, StripeBalanceService
from billdesk.core.sync import payout_reader
from billdesk.sandbox import Fault

FEE = 175
NET = 10_000 - FEE


@pytest.fixture
def sent(online: Shop) -> Shop:
    """100.00 paid by card, available after a week and sent to the bank."""
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    pay_out(online)
    return online


def pay_out(shop: Shop) -> None:
    shop.pass_time(days=8)
    shop.at_stripe("payout")
    shop.pass_time(hours=1)
    assert shop.poll().error == ""
    shop.check()


def second_desk(shop: Shop) -> Application:
    """The books in another process."""
    return Shop.open(shop.books, shop.app.company_id, shop.time, stripe=shop.stripe).app


def payout(shop: Shop) -> PayoutRow:
    (row,) = shop.app.queries.payouts()
    return row


def statement(shop: Shop, minor: int = NET, name: str = "STRIPE") -> None:
    on = shop.time.today()
    shop.app.bank.import_file(camt(Movement(minor, "payout", name, "", on), name=f"{on}.xml"))


def test_a_payout_is_read_with_what_it_paid_out(sent: Shop) -> None:
    row = payout(sent)
    assert (row.amount_minor, row.movements, row.others_minor) == (NET, 1, 0)
    assert row.is_missing
    assert sent.balances() == {"1160": NET, "4000": -10_000, "5100": FEE}
    paid = sent.one("SELECT payout FROM balance_transaction WHERE is_ours").payout
    assert paid == row.stripe_payout
    # It has been read: the rest of the day asks nothing.
    sent.sandbox.fail_next(Fault("GET", "/v1/balance_transactions", status=500))
    sent.pass_time(hours=3)
    assert sent.poll(deep=True).error == ""


def test_payouts_empty_the_clearing_account(sent: Shop) -> None:
    statement(sent)
    (line,) = sent.app.queries.bank_lines(BankTab.OPEN).rows
    best = line.suggestions[0]
    assert (best.kind, best.confidence) == (SuggestionKind.PAYOUT, 97)
    assert best.reason == f"Stripe sent exactly that on {payout(sent).sent_on}."
    sent.app.bank.decide(line.id, line.version, decision_of(best))
    assert (payout(sent).bank_line_id, payout(sent).is_missing) == (line.id, False)
    assert sent.balances() == {"1100": NET, "4000": -10_000, "5100": FEE}
    sent.check()
    sent.app.bank.undo(line.id)
    assert (payout(sent).bank_line_id, payout(sent).is_missing) == (None, True)
    sent.check()


def test_a_payout_without_a_statement_is_booked_once(sent: Shop) -> None:
    sent.app.payouts.arrived(payout(sent).id, sent.time.today())
    assert not payout(sent).is_missing
    with pytest.raises(NotAllowed, match="in the bank already"):
        sent.app.payouts.arrived(payout(sent).id, sent.time.today())
    # A statement that is imported after all takes its place.
    statement(sent)
    assert sent.app.bank.confirm_all().confirmed == 1
    assert sent.balances() == {"1100": NET, "4000": -10_000, "5100": FEE}
    sent.check()


@pytest.mark.parametrize("by_line", [False, True])
def test_a_payout_that_was_undone_arrives_again(sent: Shop, by_line: bool) -> None:
    arrived = {"1100": NET, "4000": -10_000, "5100": FEE}
    for _ in range(3):
        sent.app.payouts.arrived(payout(sent).id, sent.time.today())
        assert not payout(sent).is_missing
        assert sent.balances() == arrived
        if by_line:
            statement(sent)
            (line,) = sent.rows("SELECT id, version FROM bank_line WHERE state = 'open'")
            sent.app.bank.decide(line.id, line.version, Booked(None))
            assert sent.balances() == arrived
            sent.app.bank.undo(line.id)
        else:
            sent.app.payouts.undo(payout(sent).uid)
            with pytest.raises(NotAllowed, match="undone already"):
                sent.app.payouts.undo(payout(sent).uid)
        assert payout(sent).is_missing
        assert sent.balances() == {"1160": NET, "4000": -10_000, "5100": FEE}
        sent.check()


def test_a_bank_line_booked_before_the_payout_was_read_is_joined(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    online.pass_time(days=8)
    online.at_stripe("payout")
    online.pass_time(hours=1)
    statement(online, minor=5)
    statement(online)
    lines = online.rows("SELECT id, version FROM bank_line ORDER BY minor DESC")
    for line in lines:
        online.app.bank.decide(line.id, line.version, Booked(None))
    assert online.poll().error == ""
    assert (payout(online).bank_line_id, payout(online).is_missing) == (lines[0].id, False)
    with pytest.raises(NotAllowed, match="in the bank already"):
        online.app.payouts.arrived(payout(online).id, online.time.today())
    online.check()
    online.app.bank.undo(lines[0].id)
    assert payout(online).is_missing


def test_a_test_payout_is_nobodys_after_going_live(sent: Shop) -> None:
    go_live(sent)
    assert sent.app.trial_money.take_back() == 1
    assert not payout(sent).is_missing
    with pytest.raises(NotAllowed, match="test mode"):
        sent.app.payouts.arrived(payout(sent).id, sent.time.today())
    statement(sent, name="Nordlicht AS")
    (line,) = sent.app.queries.bank_lines(BankTab.OPEN).rows
    assert not [one for one in line.suggestions if one.reason.startswith("Stripe sent exactly")]
    sent.app.bank.decide(line.id, line.version, Booked(None))
    assert payout(sent).bank_line_id is None
    # Nor is one that is read only now.
    late = BalanceFact(
        id="txn_late", type="payout", source_id="po_late", amount_minor=-NET, fee_minor=0,
        fee_tax_minor=0, net_minor=-NET, currency="EUR", exchange_rate=None,
        available_on=sent.time.today(), created_at=sent.app.settings._uow.now(),
    )  # fmt: skip
    for livemode in (False, True):
        balance = StripeBalanceService(sent.app.settings._uow)
        moved = replace(late, source_id=f"po_{livemode}")
        page = BalancePage(
            movements=(moved,), odd=(), goes_on_after=None, server_at=moved.created_at
        )
        balance.store(BalanceAccount("acct", livemode), page, begun_at=page.server_at)
    joined = {row.stripe_payout: row.bank_line_id for row in sent.app.queries.payouts()}
    assert (joined["po_False"], joined["po_True"]) == (None, line.id)


@pytest.mark.parametrize("by_line", [False, True])
def test_going_live_takes_booked_test_payouts_back(sent: Shop, by_line: bool) -> None:
    if by_line:
        statement(sent)
        assert sent.app.bank.confirm_all().confirmed == 1
    else:
        sent.app.payouts.arrived(payout(sent).id, sent.time.today())
    go_live(sent)
    assert sent.app.trial_money.take_back() == 1
    assert (payout(sent).arrived, payout(sent).bank_line_id) == (False, None)
    assert sent.balances() == {"1200": 10_000, "4000": -10_000}
    assert ("payout.undone" in sent.audit()) is not by_line
    assert ("bank.undone" in sent.audit()) is by_line
    assert len(sent.app.queries.bank_lines(BankTab.OPEN).rows) == by_line
    sent.check()


def test_a_balance_too_long_for_one_look_is_read_on(
    online: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        issued = online.issued("100", online_payment=True)
        online.work()
        online.sandbox.pay(online.links(issued.document_id)[0].url)
        online.settle_down()
    online.pass_time(days=8)
    online.at_stripe("payout")
    online.pass_time(hours=1)
    listing = SdkStripeGateway.list_balance_transactions
    monkeypatch.setattr(
        SdkStripeGateway, "list_balance_transactions", partialmethod(listing, limit=1)
    )
    monkeypatch.setattr(payout_reader, "MOST_PAGES", 1)
    asked: list[tuple[str | None, str | None]] = []
    read = SdkStripeGateway.list_balance_transactions

    def counted(gateway: SdkStripeGateway, **how: Any) -> BalancePage:
        asked.append((how.get("payout"), how.get("starting_after")))
        return read(gateway, **how)

    monkeypatch.setattr(SdkStripeGateway, "list_balance_transactions", counted)
    through, looks = [], []
    for number in range(7):
        # Whatever goes wrong, and whoever looks next, the reading goes on where it was.
        another = online.app if number % 2 else second_desk(online)
        if number in (1, 4):
            online.sandbox.fail_next(Fault("GET", "/v1/balance_transactions", status=500, times=2))
        looks.append(another.sync.poll_now())
        online.check()
        online.pass_time(minutes=10)
        through.append(online.one("SELECT balance_through_at AS at FROM stripe_cursor").at)
    assert [at is not None for at in through] == [False] * 3 + [True] * 4
    assert [bool(look.error) for look in looks] == [number in (1, 4) for number in range(7)]
    assert len([one for one in asked if one[0] is None]) == 4, "three movements, and one failure"
    of_payout = [after for of, after in asked if of is not None]
    assert len(of_payout) == len(set(of_payout)) + 1, "no page twice but the one that failed"
    assert [look.is_more for look in looks[-2:]] == [True, False]
    row = online.one("SELECT is_listed, listed_after FROM stripe_payout")
    assert (row.is_listed, row.listed_after) == (True, None)
    assert (payout(online).movements, payout(online).others_minor) == (2, 0)


def test_a_payout_that_the_bank_sends_back_is_taken_back_and_sent_again(sent: Shop) -> None:
    sent.app.payouts.arrived(payout(sent).id, sent.time.today())
    sent.at_stripe("payout/fail", payout=payout(sent).stripe_payout)
    sent.pass_time(days=1, hours=1)
    sent.poll()
    row = payout(sent)
    assert (row.failed_on is not None, row.arrived, row.is_missing) == (True, False, False)
    assert sent.balances() == {"1160": NET, "4000": -10_000, "5100": FEE}
    assert "payout.failed" in sent.audit()
    with pytest.raises(NotAllowed, match="sent this payout back"):
        sent.app.payouts.arrived(row.id, sent.time.today())
    sent.check()
    pay_out(sent)
    again, _ = sent.app.queries.payouts()
    assert (again.amount_minor, again.is_missing) == (NET, True)
    # What the bank sent back is nobody else's money.
    assert again.others_minor == 0


def test_a_payout_in_another_currency_empties_its_clearing(online: Shop) -> None:
    """Dollars at Stripe, euros in the books: the bank's line takes the value they have here."""
    online.at_stripe("settlement", currency="usd", rates={"eur": "1.1"})
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    pay_out(online)
    row = payout(online)
    assert (row.currency, row.amount_minor) == ("USD", 11_000 - 190)
    online.app.payouts.arrived(row.id, date(2026, 12, 2))
    _nothing_left(online)
    # The bank's line takes its place at the value of what it takes back.
    on = online.time.today()
    file = camt(
        Movement(row.amount_minor, "payout", "STRIPE", "", on), name=f"{on}.xml", currency="USD"
    )
    online.app.bank.import_file(file)
    (line,) = online.app.queries.bank_lines(BankTab.OPEN).rows
    online.app.bank.decide(line.id, line.version, decision_of(line.suggestions[0]))
    assert payout(online).bank_line_id == line.id
    _nothing_left(online)
    online.check()


def _nothing_left(online: Shop) -> None:
    left = online.one(
        "SELECT sum(p.minor) AS minor, sum(p.base_minor) AS base FROM posting p"
        " JOIN account a ON a.id = p.account_id WHERE a.role = 'stripe_clearing'"
    )
    assert tuple(left) == (0, 0)
