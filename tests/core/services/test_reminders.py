"""Reminders: which invoices, which step, the late fee, and what undoes them."""

from datetime import date, timedelta
from decimal import Decimal

import pypdfium2 as pdfium
import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentGroup, DocumentKind, DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.reminding import next_reminder
from billdesk.core.domain.settings import ReminderSettings, ReminderStep
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.documents.results import Issued

STEPS = ReminderSettings()
DUE = date(2026, 12, 8)
WITH_FEE = ReminderSettings((ReminderStep(7), ReminderStep(14, fee_minor=500)))


def late(shop: Shop, days: int = 8, **fields: object) -> Issued:
    """An invoice over 100.00, overdue by ``days``."""
    invoice = shop.issued(**fields)
    shop.time.advance(days=14 + days)
    return invoice


@pytest.mark.parametrize(
    ("made", "days_late", "step"),
    [
        ({}, 6, None),
        ({}, 7, 1),
        # After a long absence the first step only.
        ({}, 300, 1),
        ({1: 7}, 13, None),
        ({1: 7}, 14, 2),
        # The next one leaves the customer the time that lies between the steps.
        ({1: 300}, 306, None),
        ({1: 300}, 307, 2),
        ({1: 7, 2: 14}, 27, None),
        ({1: 7, 2: 14}, 28, 3),
        ({1: 7, 2: 14, 3: 28}, 400, None),
    ],
)
def test_the_step_an_invoice_is_due_for(
    made: dict[int, int], days_late: int, step: int | None
) -> None:
    days = {number: DUE + timedelta(days=late) for number, late in made.items()}
    due = next_reminder(STEPS, DUE, days, DUE + timedelta(days=days_late))
    assert (due.step if due else None) == step


def test_a_reminder_is_previewed_and_approved(shop: Shop) -> None:
    invoice = late(shop)
    (row,) = shop.app.reminders.due()
    assert (row.number, row.step, row.days_late, row.fee_minor) == (invoice.number, 1, 8, 0)
    (made,) = shop.app.reminders.remind([invoice.document_id])
    assert made.number == "REM-00001"
    assert shop.state(made.document_id) is DocumentState.ISSUED
    assert shop.app.reminders.due() == ()
    with pytest.raises(NotAllowed, match="not due"):
        shop.app.reminders.remind([invoice.document_id])
    shop.work()
    pdf = shop.app.queries.pdf(made.document_id)
    assert pdf is not None
    text = pdfium.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "Payment reminder" in text
    assert invoice.number in text
    assert "100.00" in text
    shop.check()


def test_the_late_fee_is_owed_on_the_reminder(shop: Shop) -> None:
    shop.app.reminders.save_settings(WITH_FEE)
    invoice = late(shop)
    shop.app.reminders.remind([invoice.document_id])
    shop.time.advance(days=7)
    (second,) = shop.app.reminders.remind([invoice.document_id])
    assert second.total_minor == 500
    assert shop.balances() == {"1200": 10_500, "4000": -10_000, "4100": -500}
    assert shop.document(second.document_id).open_minor == 500
    assert shop.document(invoice.document_id).open_minor == 10_000
    shop.receive(second.document_id, 500)
    assert shop.state(second.document_id) is DocumentState.PAID
    with pytest.raises(NotAllowed, match="cannot be voided"):
        shop.app.invoices.void(second.document_id, "Goodwill")
    shop.check()


def test_the_list_says_what_a_reminder_asks_for(shop: Shop) -> None:
    shop.app.reminders.save_settings(WITH_FEE)
    invoice = late(shop)
    shop.app.reminders.remind([invoice.document_id])
    shop.time.advance(days=7)
    shop.app.reminders.remind([invoice.document_id])
    # What is paid later does not change what was asked for.
    shop.receive(invoice.document_id, 4_000)
    for group in (DocumentGroup.REMINDERS, None):
        rows = shop.app.queries.documents(DocumentFilter(group)).rows
        asked = [row.amount_minor for row in rows if row.kind is DocumentKind.REMINDER]
        assert asked == [10_500, 10_000]
    (listed,) = shop.app.queries.documents(DocumentFilter()).rows
    assert listed.amount_minor == listed.total_minor == 10_000


def test_a_fee_is_not_asked_for_in_foreign_money(shop: Shop) -> None:
    shop.app.reminders.save_settings(ReminderSettings((ReminderStep(7, fee_minor=500),)))
    invoice = late(shop, currency="USD", exchange_rate=Decimal("0.9"))
    (made,) = shop.app.reminders.remind([invoice.document_id])
    assert made.total_minor == 0
    shop.check()


def test_an_unsent_reminder_is_undone(shop: Shop) -> None:
    shop.app.reminders.save_settings(ReminderSettings((ReminderStep(7, fee_minor=500),)))
    invoice = late(shop)
    (made,) = shop.app.reminders.remind([invoice.document_id])
    shop.app.invoices.void(made.document_id, "Too early")
    assert [row.step for row in shop.app.reminders.due()] == [1]
    assert shop.balances()["1200"] == 10_000
    shop.check()


def test_nobody_is_reminded_of_money_that_is_settled_or_in_question(shop: Shop) -> None:
    paid, pending, refunded, disputed, history = (late(shop, 0) for _ in range(5))
    shop.time.advance(days=40)
    assert len(shop.app.reminders.due()) == 5
    shop.receive(paid.document_id, 10_000)
    for column, invoice in (
        ("pending_minor = 40", pending),
        ("unexplained_refund_minor = 40", refunded),
        ("disputed_minor = 40", disputed),
        ("is_history = 1", history),
    ):
        shop.falsify(
            f"UPDATE document SET {column} WHERE id = :id",
            id=invoice.document_id,
        )
    assert shop.app.reminders.due() == ()
    for invoice in (paid, pending, refunded, disputed, history):
        with pytest.raises(NotAllowed):
            shop.app.reminders.remind([invoice.document_id])


def test_all_reminders_are_made_or_none(shop: Shop) -> None:
    first = late(shop)
    second = shop.issued()
    with pytest.raises(NotAllowed, match="not overdue"):
        shop.app.reminders.remind([first.document_id, second.document_id])
    assert shop.rows("SELECT * FROM reminder") == []
    assert len(shop.app.reminders.due()) == 1


@pytest.mark.parametrize(
    "steps",
    [
        (ReminderStep(0),),
        (ReminderStep(366),),
        (ReminderStep(14), ReminderStep(7)),
        (ReminderStep(7), ReminderStep(7)),
        (ReminderStep(7, fee_minor=-1),),
        tuple(ReminderStep(day) for day in range(1, 12)),
    ],
)
def test_steps_that_cannot_be_are_refused(steps: tuple[ReminderStep, ...]) -> None:
    with pytest.raises(UserError):
        ReminderSettings(steps)


def test_settings_are_kept_with_their_texts(shop: Shop) -> None:
    steps = (ReminderStep(10, "Friendly reminder", "Please pay.", 250),)
    shop.app.reminders.save_settings(ReminderSettings(steps, 10))
    invoice = late(shop, 10)
    (made,) = shop.app.reminders.remind([invoice.document_id])
    frozen = shop.app.queries.document(made.document_id).snapshot
    assert frozen is not None
    assert (frozen.subject, frozen.introduction) == ("Friendly reminder", "Please pay.")
    assert frozen.due_on == shop.time.today() + timedelta(days=10)
    with pytest.raises(UserError):
        shop.app.reminders.save_settings(ReminderSettings((ReminderStep(1, "\ud800"),)))
