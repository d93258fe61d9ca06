"""Quotes, credit notes and what belongs together, as the window shows them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from document_shop import Shop
from document_steps import OpenDesk, column, open_dialog, open_document, open_list
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from waiting import shown_toast

from billdesk.core.domain.documents import DocumentGroup, DocumentKind, DocumentState
from billdesk.core.domain.settings import MailSettings
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents import EditorPage
from billdesk.ui.pages.documents.dialogs.credit import CreditDialog
from billdesk.ui.pages.documents.figures import head_figures
from billdesk.ui.pages.documents.kind_commands import KIND_MENU
from billdesk.ui.pages.documents.reminders_page import RemindersPage
from billdesk.ui.widgets.buttons import Button


def quote(shop: Shop, customer_id: int, *prices: str) -> int:
    """An issued quote."""
    source = shop.draft(customer_id, *prices, subject="Website")
    draft = shop.app.queries.document(source).draft
    shop.app.invoices.delete(source)
    saved = shop.app.invoices.create(draft, DocumentKind.QUOTE)
    shop.app.invoices.issue(saved.document_id, saved.version)
    return saved.document_id


def offered(desk: Desk) -> list[str]:
    """The kind's own commands that can be used now."""
    desk.window.commands.refresh()
    return [one for one in KIND_MENU if desk.window.commands.action(one).isEnabled()]


def shown_figures(page: EditorPage) -> list[str]:
    """The figures at the head of an issued document."""
    return [one.accessibleName() for one in page.issued_view.findChildren(QLabel)]


def shown_state(page: EditorPage) -> DocumentState | None:
    return page.detail.state if page.detail is not None else None


def test_the_list_shows_one_kind_at_a_time(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    customer = shop.customer("Nordlicht Studio")
    shop.issued(customer, "100")
    quote(shop, customer, "900", "300")
    desk = open_desk()
    page = open_list(qtbot, desk)
    assert column(page, "number") == ["INV-00001"]
    page.group.setCurrentIndex(1)
    assert page.group.value is DocumentGroup.QUOTES
    qtbot.waitUntil(lambda: column(page, "number") == ["Q-00001"])
    qtbot.waitUntil(lambda: page.counts.get(None) == 1)
    page.tabs.set_current("overdue")
    qtbot.waitUntil(lambda: column(page, "number") == [])
    page.group.setCurrentIndex(0)
    qtbot.waitUntil(lambda: column(page, "number") == ["INV-00001"])
    assert page.tabs.current == "all"


def test_a_quote_is_accepted_and_converted(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = quote(shop, shop.customer("Nordlicht Studio"), "900", "300")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    assert offered(desk) == [
        "quote.accept",
        "quote.decline",
        "quote.convert",
        "quote.bill_part",
        "quote.take_deposit",
        "invoice.deliver",
    ]
    desk.window.commands.run("quote.accept")
    qtbot.waitUntil(lambda: shown_state(page) is DocumentState.ACCEPTED)
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: shown_state(page) is DocumentState.ISSUED)
    desk.window.commands.run("quote.convert")
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.kind is DocumentKind.INVOICE
    assert page.detail is not None
    assert [one.number for one in page.detail.related] == ["Q-00001"]
    open_document(qtbot, desk, document_id)
    qtbot.waitUntil(lambda: shown_state(page) is DocumentState.INVOICED)
    assert offered(desk) == ["invoice.deliver"]


def test_a_new_quote_is_written_like_an_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    desk.window.commands.run("quote.new")
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.title == "New quote"
    assert page.editor is not None
    qtbot.keyClicks(page.editor.fields.subject, "Website")
    qtbot.waitUntil(lambda: page.document_id is not None)
    document_id = page.document_id
    assert document_id is not None
    assert shop.app.queries.document(document_id).kind is DocumentKind.QUOTE


@pytest.mark.parametrize(
    ("command", "word", "day", "due"),
    [
        ("invoice.new", "Invoice", "Invoice date", "Due"),
        ("deposit_invoice.new", "Deposit invoice", "Invoice date", "Due"),
        ("quote.new", "Quote", "Date", "Valid until"),
        ("credit_note.new", "Credit note", "Date", None),
    ],
)
def test_the_form_speaks_of_its_own_kind(
    qtbot: QtBot,
    shop: Shop,
    open_desk: OpenDesk,
    command: str,
    word: str,
    day: str,
    due: str | None,
) -> None:
    desk = open_desk(1024, 700)
    desk.window.commands.run(command)
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.editor is not None
    fields = page.editor.fields
    asks_for_money = command.endswith("invoice.new")
    assert fields.online.isVisibleTo(page) is asks_for_money
    titles = [one.text() for one in fields.findChildren(QLabel) if one.isVisibleTo(page)]
    assert day in titles
    assert [one for one in titles if one in ("Due", "Valid until")] == ([due] if due else [])
    tabs = [one.text() for one in page.findChildren(Button) if one.isVisibleTo(page)]
    assert [one for one in tabs if one in (word, "Preview")] == [word, "Preview"]

    page.issue()
    error = fields.fields["customer_id"].error
    assert error == f"Choose the customer this {word.lower()} is for."


def test_an_invoice_is_credited_in_part(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    assert offered(desk) == ["invoice.credit", "invoice.correct", "invoice.deliver"]
    desk.window.commands.run("invoice.credit")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, CreditDialog)
    assert dialog.consequence.text() == "€119.00 is no longer owed."
    dialog.part.setCurrentIndex(2)
    dialog.amount.set_minor(20_000)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: "what is left" in dialog.problem)
    dialog.amount.selectAll()
    qtbot.keyClicks(dialog.amount, "19")
    assert dialog.consequence.text() == "€19.00 is no longer owed."
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: shown_state(page) is DocumentState.PARTIALLY_PAID)
    assert page.detail is not None
    assert [(one.number, one.minor) for one in page.detail.related] == [("CN-00001", 1_900)]
    # No money came: the word must not say so, and the figures add up.
    assert page.bar.pill.word == "Part credited"
    assert head_figures(page.detail) == [
        ("Total", 11_900),
        ("Credited", 1_900),
        ("Paid", 0),
        ("Open", 10_000),
    ]
    qtbot.waitUntil(lambda: "Credited: €19.00" in shown_figures(page))
    qtbot.waitUntil(lambda: bool(desk.window.toasts.toasts))


def test_one_line_too_many_is_credited(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100", "30")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("invoice.credit")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, CreditDialog)
    dialog.part.setCurrentIndex(1)
    dialog.quantities.edit(0).clear()
    qtbot.keyClicks(dialog.quantities.edit(0), "5")
    assert "no longer owed" not in dialog.consequence.text(), "the line has no more than 1"
    dialog.quantities.edit(0).clear()
    qtbot.keyClicks(dialog.quantities.edit(0), "0")
    assert dialog.consequence.text() == "€35.70 is no longer owed."
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.detail is not None and bool(page.detail.related))
    assert page.detail is not None
    note = shop.app.queries.document(page.detail.related[0].id)
    assert [line.name for line in note.draft.lines] == ["Work 2"]


def test_a_final_invoice_says_what_deposits_took_off(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht Studio")
    deposit = shop.paid_deposit(customer)
    draft = shop.app.queries.document(deposit).draft
    whole = replace(
        draft,
        lines=(replace(draft.lines[0], unit_price=Decimal(300)),),
        deposit_ids=(deposit,),
    )
    final = shop.app.invoices.create(whole, DocumentKind.FINAL_INVOICE)
    shop.app.invoices.issue(final.document_id, final.version)
    desk = open_desk()
    page = open_document(qtbot, desk, final.document_id)
    assert page.detail is not None
    assert head_figures(page.detail) == [
        ("Total", 35_700),
        ("Deposits deducted", 11_900),
        ("Paid", 0),
        ("Open", 23_800),
    ]
    assert page.bar.pill.word == "Issued"
    listed = open_list(qtbot, desk)
    assert "€357.00, €238.00 open" in column(listed, "amount")


def test_an_invoice_is_corrected(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("invoice.correct")
    open_dialog(qtbot, desk).verb_button.click()
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.detail is not None
    assert [one.reference.value for one in page.detail.related] == ["corrects"]
    assert shop.app.queries.document(document_id).state is DocumentState.CREDITED


def test_a_reminder_is_made_of_an_overdue_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    source = shop.draft(shop.customer("Nordlicht Studio"), "100")
    stored = shop.app.queries.document(source)
    late = replace(stored.draft, issued_on=date(2026, 11, 1))
    saved = shop.app.invoices.save(source, stored.version, late)
    shop.app.invoices.issue(source, saved.version)
    desk = open_desk()
    page = open_document(qtbot, desk, source)
    assert offered(desk)[-2:] == ["invoice.remind", "invoice.deliver"]
    desk.window.commands.run("invoice.remind")
    assert shown_toast(qtbot, desk).text == "REM-00001 is issued."
    qtbot.waitUntil(lambda: page.detail is not None and bool(page.detail.related))
    assert page.detail is not None
    reminder = shop.app.queries.document(page.detail.related[0].id)
    # What its PDF asks for, not the late fee it does not charge.
    assert head_figures(reminder) == [("Asked for", 11_900), ("Open of INV-00001", 11_900)]
    desk.window.commands.run("invoice.remind")
    qtbot.waitUntil(lambda: "not due for a reminder" in desk.window.toasts.toasts[-1].text)


def late(shop: Shop, customer_id: int, issued_on: date) -> int:
    """An invoice that is overdue."""
    source = shop.draft(customer_id, "100")
    stored = shop.app.queries.document(source)
    saved = shop.app.invoices.save(
        source, stored.version, replace(stored.draft, issued_on=issued_on)
    )
    shop.app.invoices.issue(source, saved.version)
    return source


def open_reminders(qtbot: QtBot, desk: Desk, due: int) -> RemindersPage:
    """The reminders due, read."""
    desk.window.commands.run("reminders.due")
    page = desk.window.current_page
    assert isinstance(page, RemindersPage)
    qtbot.waitUntil(lambda: page.model.rowCount() == due)
    return page


def test_reminders_are_approved_and_sent(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    late(shop, shop.customer("Nordlicht Studio"), date(2026, 10, 1))
    late(shop, shop.customer("Acme", email=""), date(2026, 11, 1))
    # No worker runs: the mails wait.
    server = MailSettings(host="mail.example", from_address="hello@morning.example")
    shop.app.settings.save_mail(server, None)
    desk = open_desk()
    page = open_reminders(qtbot, desk, 2)
    assert not desk.window.commands.run("reminders.make"), "nothing is selected"
    page.table.selectRow(0)
    desk.window.commands.run("reminders.make")
    dialog = open_dialog(qtbot, desk)
    assert dialog.windowTitle() == "Make 1 reminder?"
    dialog.reject()
    desk.window.commands.run("reminders.make_all")
    assert open_dialog(qtbot, desk).verb_button.text() == "Make and send"
    open_dialog(qtbot, desk).verb_button.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    told = ["1 mail leaves in 10 s.", "1 customer has no email address; print that reminder."]
    qtbot.waitUntil(lambda: [one.text for one in desk.window.toasts.toasts][-2:] == told)
    undo = desk.window.toasts.toasts[-2].action_button
    assert undo is not None
    assert undo.text() == "Undo"


def test_reminders_can_be_made_and_sent_later(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    late(shop, shop.customer("Nordlicht Studio"), date(2026, 10, 1))
    server = MailSettings(host="mail.example", from_address="hello@morning.example")
    shop.app.settings.save_mail(server, None)
    desk = open_desk()
    page = open_reminders(qtbot, desk, 1)
    desk.window.commands.run("reminders.make_all")
    choices = open_dialog(qtbot, desk).findChildren(Button)
    next(one for one in choices if one.text() == "Only make").click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    toast = shown_toast(qtbot, desk)
    assert toast.text == "1 reminder made."
    assert toast.action_button is not None
    toast.action_button.click()
    left = "1 mail leaves in 10 s."
    qtbot.waitUntil(lambda: left in [one.text for one in desk.window.toasts.toasts])


def test_without_a_mail_server_reminders_are_only_made(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    late(shop, shop.customer("Nordlicht Studio"), date(2026, 10, 1))
    desk = open_desk()
    open_reminders(qtbot, desk, 1)
    desk.window.commands.run("reminders.make_all")
    dialog = open_dialog(qtbot, desk)
    assert dialog.verb_button.text() == "Make"
    assert "not sent" in dialog.accessibleDescription()
    dialog.reject()
