"""Payouts: read from the balance, matched with the bank, and taken back when the bank refuses."""

from datetime import date

import pytest
from bank_files import Movement, camt
from books import Shop

from billdesk.core.domain.bank_suggestions import SuggestionKind
from billdesk.core.domain.banking import BankTab, Booked, decision_of
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.queries.payouts import PayoutRow
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
    left = online.one(
        "SELECT sum(p.minor) AS minor, sum(p.base_minor) AS base FROM posting p"
        " JOIN account a ON a.id = p.account_id WHERE a.role = 'stripe_clearing'"
    )
    assert tuple(left) == (0, 0)
    online.check()
