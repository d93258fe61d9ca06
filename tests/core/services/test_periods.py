"""Closed periods: nothing is posted on or before the day, opening again is the owner's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from books import Shop
from postgres_server import wait_until_blocked
from sqlalchemy import text

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError

TODAY = date(2026, 11, 24)
CLOSED = date(2026, 10, 31)


def test_closing_and_opening_are_audited_with_the_reason(shop: Shop) -> None:
    shop.told()
    shop.app.periods.close_through(CLOSED)
    assert shop.app.queries.company().locked_through == CLOSED
    assert shop.told() == ["CompanyChanged"]
    shop.app.periods.close_through(TODAY - timedelta(days=1))
    shop.app.periods.close_through(CLOSED, "The October bill of the printer was missing")
    shop.app.periods.close_through(None, "New books")
    assert shop.app.queries.company().locked_through is None
    assert shop.audit()[-4:] == [
        "period.closed",
        "period.closed",
        "period.opened",
        "period.opened",
    ]
    detail = shop.rows("SELECT body FROM audit_detail ORDER BY seq DESC LIMIT 2")[1].body
    assert "The October bill of the printer was missing" in detail
    shop.check()


def test_the_same_day_again_changes_nothing(shop: Shop) -> None:
    shop.app.periods.close_through(CLOSED)
    before = shop.audit()
    shop.app.periods.close_through(CLOSED)
    assert shop.audit() == before


def test_opening_takes_a_reason_and_an_owner(shop: Shop) -> None:
    shop.app.periods.close_through(CLOSED)
    with pytest.raises(UserError) as refusal:
        shop.app.periods.close_through(date(2026, 9, 30), "  ")
    assert refusal.value.field == "reason"
    shop.falsify("UPDATE app_user SET role = 'clerk'")
    with pytest.raises(NotAllowed, match="Only the owner"):
        shop.app.periods.close_through(None, "because")
    shop.app.periods.close_through(date(2026, 11, 1))
    assert shop.app.queries.company().locked_through == date(2026, 11, 1)


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1), date(1, 1, 1)])
def test_only_a_day_that_is_over_can_be_closed(shop: Shop, day: date) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.periods.close_through(day)
    assert refusal.value.field == "locked_through"
    assert shop.app.queries.company().locked_through is None


def _issue_on_a_closed_day(shop: Shop) -> None:
    shop.issued("10", issued_on=CLOSED)


def _pay_on_a_closed_day(shop: Shop) -> None:
    document = shop.one("SELECT id FROM document WHERE number = 'INV-00001'")
    shop.receive(document.id, 100, received_on=CLOSED)


REFUSED: dict[str, tuple[Callable[[Shop], object], str]] = {
    "issue": (_issue_on_a_closed_day, "issued_on"),
    "payment": (_pay_on_a_closed_day, "received_on"),
}


@pytest.mark.parametrize(("attempt", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_what_names_a_closed_day_is_refused(
    shop: Shop, attempt: Callable[[Shop], object], field: str
) -> None:
    shop.issued("100", issued_on=date(2026, 9, 1))
    shop.app.periods.close_through(CLOSED)
    before = shop.rows("SELECT * FROM ledger_entry")
    with pytest.raises(NotAllowed, match="closed through 2026-10-31") as refusal:
        attempt(shop)
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM ledger_entry") == before
    assert shop.rows("SELECT id FROM payment") == []
    shop.check()


def _void(shop: Shop) -> None:
    shop.app.invoices.void(shop.one("SELECT id FROM document WHERE number='INV-00002'").id, "why")


def _undo_payment(shop: Shop) -> None:
    shop.app.payments.undo(shop.one("SELECT id FROM payment").id)


CORRECTIONS: dict[str, Callable[[Shop], None]] = {
    "void": _void,
    "undo a payment": _undo_payment,
}


@pytest.mark.parametrize("correct", CORRECTIONS.values(), ids=CORRECTIONS.keys())
def test_a_correction_of_a_closed_day_is_posted_on_an_open_one(
    shop: Shop, correct: Callable[[Shop], None]
) -> None:
    paid = shop.issued("100", issued_on=date(2026, 9, 1))
    shop.issued("50", issued_on=date(2026, 9, 1))
    shop.receive(paid.document_id, 10_000, received_on=date(2026, 9, 2))
    shop.app.periods.close_through(CLOSED)
    before = shop.app.queries.trial_balance(CLOSED)
    correct(shop)
    assert shop.app.queries.trial_balance(CLOSED) == before
    newest = shop.rows("SELECT occurred_on FROM ledger_entry ORDER BY id DESC LIMIT 1")
    assert newest[0].occurred_on == TODAY.isoformat()
    shop.check()


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_period_closed_while_an_invoice_waits_for_its_number_stays_closed(shop: Shop) -> None:
    yesterday = TODAY - timedelta(days=1)
    shop.issued("100")
    draft = shop.app.invoices.create(shop.draft("200", issued_on=yesterday))
    with ThreadPoolExecutor(1) as other_desk:
        with shop.books.engine.begin() as connection:
            connection.execute(text("SELECT * FROM number_counter FOR UPDATE"))
            issuing = other_desk.submit(shop.app.invoices.issue, draft.document_id, draft.version)
            wait_until_blocked(shop.books.engine)
            shop.app.periods.close_through(yesterday)
        with pytest.raises(NotAllowed, match="closed through 2026-11-23"):
            issuing.result()
    assert shop.state(draft.document_id) is DocumentState.DRAFT
    shop.check()
