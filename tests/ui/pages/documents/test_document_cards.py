"""A card that the customer left, on the page of an invoice."""

from document_shop import Shop
from document_steps import OpenDesk, open_dialog, open_document
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from billdesk.core.domain.settings import OnlinePayment
from billdesk.ui.pages.documents.dialogs.charge import ChargeDialog

CARD = (
    "INSERT INTO saved_card (uid, company_id, customer_id, consented_at, livemode, stripe_account,"
    " stripe_customer, payment_method, brand, last4, expires_month, expires_year, created_at,"
    " updated_at) VALUES ('c0ffee00-0000-4000-8000-000000000001', 1, :customer,"
    " '2026-11-20T10:00:00.000000Z', false, '', 'cus_1', 'pm_1', 'visa', '4242', 9, 2029,"
    " '2026-11-20T10:00:00.000000Z', '2026-11-20T10:00:00.000000Z')"
)


def with_card(shop: Shop) -> int:
    """An issued invoice of a customer who left a card."""
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    customer_id = shop.customer("Nordlicht Studio")
    with shop.books.engine.begin() as connection:
        connection.execute(text(CARD), {"customer": customer_id})
    return shop.issued(customer_id, "100")


def test_a_saved_card_is_charged_and_taken_back_and_its_refusal_is_said(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = with_card(shop)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)

    def shows(words: str) -> bool:
        return any(words in one.text() for one in page.findChildren(QLabel) if one.isVisible())

    qtbot.waitUntil(lambda: shows("Visa •••• 4242 until 09/2029"))
    desk.window.commands.action("invoice.charge_card").trigger()
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, ChargeDialog)
    assert dialog.amount.minor == 11_900
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: shows("Visa •••• 4242, €119.00, asked for on"))
    assert not desk.window.commands.action("invoice.charge_card").isEnabled()
    page.actions_.withdraw_charge(document_id)
    qtbot.waitUntil(lambda: shows("Visa •••• 4242 until 09/2029"))
    with shop.books.engine.begin() as connection:
        connection.execute(
            text("UPDATE stripe_order SET state = 'failed', error = 'The bank said no.'")
        )
    page.refresh()
    qtbot.waitUntil(lambda: shows("The bank said no."))
