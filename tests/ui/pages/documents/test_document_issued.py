"""What is done with an issued invoice: send with Undo, payments, void, link, files."""

from email import message_from_bytes
from pathlib import Path

from document_shop import Shop
from document_steps import CTRL, SHIFT, Key, OpenDesk, open_dialog, open_document
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from waiting import shown_toast

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside import MailState
from billdesk.core.domain.settings import MailSettings
from billdesk.ui.pages.documents.dialogs.payment import PaymentDialog
from billdesk.ui.pages.documents.dialogs.send import SendDialog
from billdesk.ui.pages.documents.dialogs.void import VoidDialog
from billdesk.ui.widgets.buttons import Button

MAIL = MailSettings(host="127.0.0.1", port=9, from_address="hello@morning.example")


def button(qtbot: QtBot, parent: QWidget, text: str) -> Button:
    """The button on show with that text, waited for."""

    def found() -> list[Button]:
        return [b for b in parent.findChildren(Button) if b.text() == text and b.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def test_sending_can_be_undone_for_ten_seconds(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.app.settings.save_mail(MAIL, None)
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_Return, CTRL)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, SendDialog)
    assert dialog.recipient.text() == "office@example.com"
    assert "{" not in dialog.message.toPlainText()  # no online payment, so no link is promised
    dialog.recipient.setText("nobody")
    dialog.verb_button.click()
    assert dialog.problem == "Enter the customer's email address."
    dialog.recipient.setText("kari@example.com")
    dialog.verb_button.click()
    toast = shown_toast(qtbot, desk)
    assert toast.text == "INV-00001 goes to kari@example.com in 10 seconds."
    qtbot.waitUntil(lambda: page.detail is not None and len(page.detail.mails) == 1)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(
        lambda: page.detail is not None and page.detail.mails[0].state is MailState.CANCELLED
    )


def test_without_a_mail_server_a_message_file_is_offered(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    page.actions_.send(document_id)
    assert open_dialog(qtbot, desk).verb_button.text() == "Save as .eml…"


def test_the_message_is_saved_for_another_mail_program(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path
) -> None:
    shop.app.settings.save_mail(MAIL, None)
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    shop.app.sync.work_outbox_now()
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    page.actions_.send(document_id)
    dialog = open_dialog(qtbot, desk)
    button(qtbot, dialog, "Save as .eml…").click()
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    target = tmp_path / "mail.eml"
    chooser.fileSelected.emit(str(target))
    chooser.close()
    qtbot.waitUntil(target.exists)
    message = message_from_bytes(target.read_bytes())
    assert message["To"] == "Nordlicht Studio <office@example.com>"
    assert "INV-00001.pdf" in {part.get_filename() for part in message.walk()}


def test_a_payment_is_recorded_and_undone_on_the_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_P, CTRL)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, PaymentDialog)
    dialog.received_on.setFocus()
    dialog.received_on.setText("2027-01-01")
    dialog.received_on.editingFinished.emit()
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: dialog.problem == "The payment date lies in the future.")
    dialog.received_on.set_value(shop.app.today())
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Paid")
    assert not desk.window.commands.run("invoice.void")
    button(qtbot, page, "Undo…").click()
    asked = open_dialog(qtbot, desk)
    assert "INV-00001 will be open by €119.00 again." in asked.accessibleDescription()
    asked.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Issued")


def test_voiding_asks_for_a_reason(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    assert desk.window.commands.run("invoice.void")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, VoidDialog)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: dialog.problem.startswith("Say why"))
    qtbot.keyClicks(dialog.reason, "Wrong customer")
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Void")
    assert shop.app.queries.document(document_id).state is DocumentState.VOID
    assert not desk.window.commands.run("invoice.void")


def test_a_missing_payment_link_is_explained(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_L, CTRL)
    assert shown_toast(qtbot, desk).text == (
        "Connect Stripe in Settings to let customers pay online."
    )


def test_the_pdf_is_saved_where_the_owner_says(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    target = tmp_path / "invoice.pdf"
    chooser.fileSelected.emit(str(target))
    chooser.close()
    qtbot.waitUntil(target.exists)
    assert target.read_bytes().startswith(b"%PDF")


def test_the_pdf_opens_in_the_users_own_viewer(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, opened_files: list[QUrl]
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_E, CTRL | SHIFT)
    qtbot.waitUntil(lambda: bool(opened_files))
    assert Path(opened_files[0].toLocalFile()).name == "INV-00001.pdf"


def test_duplicating_opens_the_new_draft(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.keyClick(desk.window, Key.Key_D, CTRL | SHIFT)
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.editor is not None
    assert page.editor.totals.total.text() == "€119.00"
    assert page.detail is not None
    assert page.detail.id != document_id
