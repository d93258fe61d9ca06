"""The mail as it will leave: to whom, what it says, what is attached."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.mail import MailDraft
from billdesk.ui.desk import Desk
from billdesk.ui.files import file_name
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.field import Field, IconLabel, text_field

UNDO_S = 10
_PAY_LINK = "{pay_link}"


class SendDialog(FormDialog):
    """Sends with the seconds of an Undo; without a mail server it writes an .eml file instead.

    ``succeeded`` carries the id of the queued mail; ``emlRequested`` the mail to be written.
    """

    emlRequested = Signal(object)

    def __init__(
        self,
        desk: Desk,
        detail: DocumentDetail,
        draft: MailDraft,
        *,
        can_send: bool,
        parent: QWidget,
    ) -> None:
        title = tr("Send {number}").format(number=detail.number)
        verb = tr("Send") if can_send else tr("Save as .eml…")
        super().__init__(desk, title, verb, parent=parent)
        self._document_id = detail.id
        self._can_send = can_send
        to_field, self.recipient = text_field(
            tr("To"), draft.recipient, placeholder=tr("name@example.com")
        )
        subject_field, self.subject = text_field(tr("Subject"), draft.subject)
        has_link = detail.draft.online_payment and detail.open_minor > 0
        self.message = QPlainTextEdit(draft.body if has_link else _without_link(draft.body))
        self.message.setTabChangesFocus(True)
        self.message.setMinimumHeight(168)
        self.body.addWidget(self.add_field("recipient", to_field))
        self.body.addWidget(self.add_field("subject", subject_field))
        self.body.addWidget(self.add_field("body", Field(tr("Message"), self.message)))
        self.body.addLayout(self._enclosures(detail, draft, has_link=has_link))
        if can_send:
            eml = Button(tr("Save as .eml…"), "link", on_click=self._save_eml)
            foot = row()
            foot.addWidget(eml)
            foot.addStretch(1)
            self.body.addLayout(foot)
        self.finish_form()
        (self.subject if draft.recipient else self.recipient).setFocus()
        if draft.recipient:
            self.verb_button.setFocus()

    def draft(self) -> MailDraft:
        """What stands in the fields."""
        return MailDraft(
            self.recipient.text().strip(), self.subject.text(), self.message.toPlainText()
        )

    def submit(self) -> None:
        draft = self.draft()
        if "@" not in draft.recipient:
            self.show_problem(tr("Enter the customer's email address."), "recipient")
            return
        if not self._can_send:
            self._save_eml()
            return
        send = self.desk.app.mail.send
        self.run(partial(send, self._document_id, draft, delay_s=UNDO_S))

    def _save_eml(self) -> None:
        self.emlRequested.emit(self.draft())
        self.accept()

    def _enclosures(
        self, detail: DocumentDetail, draft: MailDraft, *, has_link: bool
    ) -> QVBoxLayout:
        lines = column(spacing=4)
        lines.addLayout(_fact("documents", file_name(detail.number or "", ".pdf")))
        if has_link:
            words = tr("The payment link is added to the message.")
            if _PAY_LINK in draft.body:
                words = tr("{pay_link} becomes the payment link when the mail leaves.")
            lines.addLayout(_fact("link", words))
        if not self._can_send:
            lines.addLayout(
                _fact(
                    "info",
                    tr(
                        "No mail server is set up in Settings. The file opens in your mail "
                        "program as a message ready to be sent."
                    ),
                )
            )
        return lines


def _without_link(body: str) -> str:
    """Where nothing is payable online the paragraph of the link goes, as it does on sending."""
    return "\n\n".join(part for part in body.split("\n\n") if part.strip() != _PAY_LINK)


def _fact(icon: str, text: str) -> QHBoxLayout:
    line = row(spacing=8)
    words = label(text, "text2")
    words.setWordWrap(True)
    line.addWidget(IconLabel(icon, "muted", 16), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    return line
