"""Files attached to a document: added, sent along, opened, saved, taken off and brought back."""

from pathlib import Path

from document_shop import Shop
from document_steps import OpenDesk, form, new_invoice, open_document
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QCheckBox, QFileDialog
from pytestqt.qtbot import QtBot
from waiting import shown_toast

from billdesk.ui.forms.attachment_box import AttachmentBox
from billdesk.ui.widgets.buttons import IconButton


def names(box: AttachmentBox) -> list[str]:
    return [one.name for one in box.rows]


def button(box: AttachmentBox, name: str) -> IconButton:
    return next(b for b in box.findChildren(IconButton) if b.accessibleName() == name)


def test_an_issued_document_gets_files(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path, opened_files: list[QUrl]
) -> None:
    plan = tmp_path / "Plan.pdf"
    plan.write_bytes(b"%PDF-1.7 a plan")
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    assert desk.window.commands.run("invoice.attach")
    asked = page.files.findChild(QFileDialog)
    assert isinstance(asked, QFileDialog)
    asked.reject()
    page.files.add_files([plan])
    qtbot.waitUntil(lambda: names(page.files) == ["Plan.pdf"])
    along = page.files.findChild(QCheckBox)
    assert isinstance(along, QCheckBox)
    along.click()
    qtbot.waitUntil(lambda: shop.app.queries.attachments(document_id)[0].with_mail)
    button(page.files, "Open Plan.pdf").click()
    qtbot.waitUntil(lambda: bool(opened_files))
    assert Path(opened_files[0].toLocalFile()).read_bytes() == plan.read_bytes()
    button(page.files, "Take Plan.pdf off").click()
    qtbot.waitUntil(lambda: names(page.files) == [])
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: names(page.files) == ["Plan.pdf"])


def test_a_draft_gets_files_once_it_is_stored_and_keeps_what_is_typed(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"notes")
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    assert not desk.window.commands.run("invoice.attach"), "there is no document yet"
    qtbot.keyClicks(form(page).fields.subject, "Website")
    qtbot.waitUntil(lambda: page.document_id is not None)
    editor = form(page)
    page.files.add_files([notes])
    qtbot.waitUntil(lambda: names(page.files) == ["notes.txt"])
    assert form(page) is editor, "the form was not read again"
    assert editor.fields.subject.text() == "Website"


def test_what_cannot_be_attached_is_told(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path
) -> None:
    good, large, program = (tmp_path / name for name in ("a.txt", "large.bin", "b.exe"))
    good.write_bytes(b"a")
    program.write_bytes(b"MZ")
    with large.open("wb") as file:
        file.truncate(10_000_001)
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    page.files.add_files([good, large])
    assert shown_toast(qtbot, desk).text == "“large.bin” is larger than 10 MB."
    qtbot.waitUntil(lambda: names(page.files) == ["a.txt"])
    page.files.add_files([program])
    qtbot.waitUntil(lambda: len(desk.window.toasts.toasts) == 2)
    assert "b.exe" in desk.window.toasts.toasts[-1].text
