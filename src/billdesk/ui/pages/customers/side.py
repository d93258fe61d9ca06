"""What a customer owes, how to reach them, and their invoices."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.documents import DocumentRow
from billdesk.core.queries.paging import Page as Rows
from billdesk.ui.desk import Desk
from billdesk.ui.document_state import STATE_KIND, state_word
from billdesk.ui.forms.attachment_box import AttachmentBox, customer_files
from billdesk.ui.pages.customers.saved_cards import SavedCards
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.card import Card, KpiCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


class CustomerSide(QWidget):
    """``invoiceOpened(document_id)`` on Enter or double click in the list."""

    invoiceOpened = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.owed = KpiCard(tr("Owes you"))
        self._contact = label("", "text2")
        self._contact.setWordWrap(True)
        self._contact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.owed.body.insertWidget(3, self._contact)
        self.model: RowsModel[DocumentRow] = RowsModel(self._columns(), lambda row: row.id)
        self.table = TableView(self.model, tr("Invoices of this customer"), compact=True)
        self.table.set_empty_widget(EmptyState("documents", tr("No invoice yet.")))
        self.table.rowOpened.connect(lambda row: self.invoiceOpened.emit(row.id))
        invoices = Card(padding=1)
        heading = label(tr("Invoices"), "section")
        heading.setContentsMargins(15, 12, 15, 6)
        invoices.body.setSpacing(0)
        invoices.body.addWidget(heading)
        invoices.body.addWidget(self.table, 1)
        layout = column(self, spacing=16)
        layout.setContentsMargins(0, 0, 0, 24)
        layout.addWidget(self.owed)
        layout.addWidget(invoices, 1)
        self.cards = SavedCards(desk, self)
        layout.addWidget(self.cards)
        self.files = AttachmentBox(desk, customer_files(desk))
        files = Card(tr("Files"))
        files.body.addWidget(self.files)
        layout.addWidget(files)

    def show_customer(self, row: CustomerRow) -> None:
        """Show the balance and how to reach the customer."""
        sums = [self._desk.money(minor, currency) for currency, minor in row.owed]
        note = tr("Part of it is overdue") if row.overdue else ""
        if not sums:
            note = tr("Everything is paid.") if row.last_invoice_on else ""
        self.owed.set_value(" + ".join(sums) or "–", note, "bad" if row.overdue else "")
        reach = [row.contact, row.email, row.phone]
        self.files.set_owner(row.id)
        self._contact.setText("\n".join(part for part in reach if part))
        self._contact.setVisible(any(reach))

    def show_invoices(self, page: Rows[DocumentRow]) -> None:
        """Show the newest invoices, drafts included."""
        self.model.set_rows(page.rows)

    def _columns(self) -> list[Column[DocumentRow]]:
        desk = self._desk
        return [
            Column(
                "number",
                tr("Number"),
                lambda row: row.number or tr("Draft"),
                CellKind.STRONG,
                width=104,
                stretch=True,
                tone=lambda row: None if row.number else "muted",
            ),
            Column(
                "state",
                tr("Status"),
                lambda row: state_word(row.state, part=row.settled_part),
                CellKind.PILL,
                width=118,
                pill=lambda row: STATE_KIND[row.state],
            ),
            Column(
                "amount",
                tr("Amount"),
                lambda row: desk.money(row.total_minor, row.currency),
                CellKind.AMOUNT,
                width=112,
            ),
        ]
