"""The link section of an issued invoice: what it waits for, parts, instalments."""

from datetime import date

from document_shop import Shop
from document_steps import OpenDesk, open_dialog, open_document
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from billdesk.core.domain.settings import OnlinePayment
from billdesk.ui.pages.documents.dialogs.parts import InstalmentsDialog, PartDialog
from billdesk.ui.widgets.buttons import Button

URL = "https://buy.stripe.com/test_aEU5kD3wX9bC0xq000"


def linked(shop: Shop, price: str = "100") -> int:
    """An issued invoice whose link waits to be made."""
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True))
    document_id = shop.issued(shop.customer("Nordlicht Studio"), price)
    shop.app.links.request(document_id)
    return document_id


def change(shop: Shop, sql: str) -> None:
    with shop.books.engine.begin() as connection:
        connection.execute(text(sql))


def words(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def button(page: QWidget, title: str) -> Button | None:
    found = [one for one in page.findChildren(Button) if one.text() == title and one.isVisible()]
    return found[0] if found else None


def test_a_link_that_waits_says_since_when_and_for_what(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = linked(shop)
    failed = (
        "INSERT INTO service_state (company_id, service, livemode, rejected, forbidden, failures,"
        " not_before_at, last_failed_at, error, updated_at) VALUES (1, 'stripe', false, false,"
        " '{}', 9, '2026-11-24T10:30:00.000000Z', '2026-11-24T09:29:00.000000Z', :e,"
        " '2026-11-24T09:29:00.000000Z')"
    )
    with shop.books.engine.begin() as connection:
        offline = "Stripe cannot be reached. Is the computer connected to the Internet?"
        connection.execute(text(failed), {"e": offline})
    page = open_document(qtbot, open_desk(), document_id)
    waits = "Waiting for the Internet since 09:30; the link is made by itself then."
    qtbot.waitUntil(lambda: waits in words(page))
    # Left alone for a reason of its own: the reason is said.
    change(shop, "UPDATE service_state SET error = 'Stripe asks for a pause.'")
    change(shop, "UPDATE outbox SET error = 'not this'")
    page.refresh()
    qtbot.waitUntil(lambda: "Waiting since 09:30: Stripe asks for a pause." in words(page))


def test_a_part_is_asked_for(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = linked(shop)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    page.actions_.ask_part(document_id)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, PartDialog)
    assert dialog.amount.minor == 11_900
    dialog.amount.set_minor(20_000)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: "no more than is open" in dialog.problem)
    dialog.amount.selectAll()
    qtbot.keyClicks(dialog.amount, "50")
    assert "€69.00 stays open" in dialog.consequence.text()
    dialog.verb_button.click()
    qtbot.waitUntil(
        lambda: (
            page.detail is not None
            and page.detail.link is not None
            and page.detail.link.amount_minor == 5_000
        )
    )
    change(shop, f"UPDATE payment_link SET state = 'active', url = '{URL}' WHERE is_part")
    page.refresh()
    qtbot.waitUntil(lambda: "Asks for €50.00 of €119.00, once." in words(page))
    (back,) = [one for one in page.findChildren(Button) if one.text() == "Ask for €119.00"]
    back.click()
    qtbot.waitUntil(
        lambda: (
            page.detail is not None
            and page.detail.link is not None
            and page.detail.link.amount_minor == 11_900
        )
    )


def test_instalments_are_agreed_on_and_shown(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = linked(shop)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    page.actions_.plan_instalments(document_id)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, InstalmentsDialog)
    dialog.count.setCurrentIndex(1)
    dialog.count.activated.emit(1)
    assert [(part.due_on, part.minor) for part in dialog.parts or ()] == [
        (date(2026, 11, 24), 3_967),
        (date(2026, 12, 24), 3_967),
        (date(2027, 1, 24), 3_966),
    ]
    assert dialog.consequence.text() == "€119.00 is open, and all of it is planned."
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.detail is not None and len(page.detail.instalments) == 3)
    qtbot.waitUntil(lambda: "24 Jan 2027" in words(page))
    assert button(page, "Change instalments…") is not None
    page.actions_.drop_instalments(document_id)
    qtbot.waitUntil(lambda: "24 Jan 2027" not in words(page))


def test_what_stripe_cannot_charge_has_no_link_to_make_and_says_why(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True))
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "0.20")
    page = open_document(qtbot, open_desk(), document_id)
    qtbot.waitUntil(
        lambda: (
            "Stripe takes no payment below EUR 0.50; ask for EUR 0.24 another way." in words(page)
        )
    )
    make = button(page, "New payment link")
    assert make is not None
    assert not make.isEnabled()


def test_a_draft_says_before_issue_that_its_amount_cannot_be_paid_online(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True))
    small = shop.draft(shop.customer("Nordlicht Studio"), "0.20")
    usual = shop.draft(shop.customer("Westwind"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, small)
    assert page.editor is not None
    refused = "Not online: Stripe takes no payment below EUR 0.50; ask for EUR 0.24 another way."
    assert page.editor.fields.online.text() == refused
    page = open_document(qtbot, desk, usual)
    assert page.editor is not None
    assert page.editor.fields.online.text() == "The customer can pay online"
