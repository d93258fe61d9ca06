"""Type the number of an invoice, and it is compared with Stripe now."""

from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.queries.documents import DocumentFilter, DocumentRow
from billdesk.core.queries.paging import Page
from billdesk.ui.desk import Desk
from billdesk.ui.document_check import DocumentCheck
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card

_MOST_FOUND = 20


class InvoiceCheck(Card):
    """For a customer on the telephone who says that they have paid."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Check one invoice"), parent=parent)
        self._desk = desk
        self._check = DocumentCheck(desk, self)
        self.number = QLineEdit()
        self.number.setPlaceholderText(tr("Number of the invoice"))
        self.number.setAccessibleName(tr("Number of the invoice to check"))
        self.button = Button(tr("Check this invoice now"), on_click=self.ask)
        self.trouble = label("", "meta", "bad")
        self.trouble.setWordWrap(True)
        lead = label(
            tr("A customer says they have paid? BillDesk asks Stripe about their invoice at once."),
            "meta",
        )
        lead.setWordWrap(True)
        self.body.addWidget(lead)
        across = row(spacing=8)
        across.addWidget(self.number, 1)
        across.addWidget(self.button)
        self.body.addLayout(across)
        self.body.addWidget(self.trouble)
        self.trouble.hide()
        self.number.returnPressed.connect(self.ask)
        self.number.textChanged.connect(self.trouble.hide)

    def ask(self) -> None:
        """Find the invoice and compare it with Stripe; what is wrong stands below."""
        typed = self.number.text().strip()
        if not typed:
            self._say(tr("Type the number of an invoice."))
            return
        wanted = DocumentFilter(search=typed)
        self._desk.lanes.read(
            partial(self._desk.app.queries.documents, wanted, None, _MOST_FOUND)
        ).then(partial(self._found, typed), self._desk.report, owner=self)

    def _found(self, typed: str, page: Page[DocumentRow]) -> None:
        same = [one for one in page.rows if (one.number or "").casefold() == typed.casefold()]
        # Part of a number is enough where only one invoice has it.
        found = same or [one for one in page.rows if one.number]
        if len(found) == 1:
            self._check.check(found[0].id, found[0].number or "")
        elif found:
            self._say(tr("Several invoices are meant; type the whole number."))
        else:
            self._say(tr("There is no invoice with this number."))

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.show()
        self.number.setFocus()
