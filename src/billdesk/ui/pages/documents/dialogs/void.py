"""Take an issued invoice back; its number and the reason stay in the books."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import text_field


class VoidDialog(FormDialog):
    """Asks for the reason before it is done; the safe answer has the focus of Esc."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Void {number}?").format(number=detail.number)
        super().__init__(desk, title, tr("Void invoice"), danger=True, parent=parent)
        self._document_id = detail.id
        text = label(
            tr(
                "{amount} is no longer owed, the payment link is switched off and the number is "
                "not given again. This cannot be undone."
            ).format(amount=desk.money(detail.total_minor, detail.currency)),
            "text2",
        )
        text.setWordWrap(True)
        field, self.reason = text_field(tr("Reason"), placeholder=tr("Wrong customer"))
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("reason", field))
        self.finish_form()
        self.reason.setFocus()

    def submit(self) -> None:
        void = self.desk.app.invoices.void
        self.run(partial(void, self._document_id, self.reason.text()))
