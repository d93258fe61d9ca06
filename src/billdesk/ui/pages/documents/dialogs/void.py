"""Take an issued invoice back; its number and the reason stay in the books."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import text_field


class VoidDialog(FormDialog):
    """Asks for the reason before it is done; the safe answer has the focus of Esc."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Void {number}?").format(number=detail.number)
        verb = tr("Void {kind}").format(kind=kind_word(detail.kind).lower())
        super().__init__(desk, title, verb, danger=True, parent=parent)
        self._document_id = detail.id
        amount = desk.money(detail.total_minor, detail.currency)
        text = label(_consequence(detail.kind).format(amount=amount), "text2")
        text.setWordWrap(True)
        field, self.reason = text_field(tr("Reason"), placeholder=tr("Wrong customer"))
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("reason", field))
        self.finish_form()
        self.reason.setFocus()

    def submit(self) -> None:
        void = self.desk.app.invoices.void
        self.run(partial(void, self._document_id, self.reason.text()))


def _consequence(kind: DocumentKind) -> str:
    """What is no longer so afterwards."""
    if kind in INVOICE_KINDS:
        return tr(
            "{amount} is no longer owed, the payment link is switched off and the number is "
            "not given again. This cannot be undone."
        )
    if kind is DocumentKind.REMINDER:
        return tr(
            "A late fee of it is no longer owed and the number is not given again. This cannot "
            "be undone."
        )
    if kind is DocumentKind.CREDIT_NOTE:
        return tr(
            "{amount} is no longer the customer's credit and the number is not given again. This "
            "cannot be undone."
        )
    return tr("Its number is not given again. This cannot be undone.")
