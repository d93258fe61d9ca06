"""Money received: who, for what, how, and what of it settles nothing yet."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.payments import PaymentRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Listing
from billdesk.ui.payment_words import method_word, payment_state
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


class PaymentList(QWidget):
    """Enter opens the invoice the payer meant."""

    opened = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model: RowsModel[PaymentRow] = RowsModel(payment_columns(desk), lambda row: row.id)
        self.listing = Listing(desk.lanes, self.model, self)
        self.table = TableView(self.model, tr("Payments"))
        self.table.set_empty_widget(
            EmptyState(
                "payments",
                tr(
                    "No money received yet. Payments appear here by themselves, from Stripe or "
                    "from your bank statements."
                ),
            )
        )
        card = Card(padding=1)
        card.body.addWidget(self.table, 1)
        column(self, spacing=0).addWidget(card)
        self._started = False
        self.table.rowOpened.connect(self._open)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(desk.report)

    def refresh(self) -> None:
        """Read again."""
        if self._started:
            self.listing.reload()
        else:
            self._started = True
            self.listing.start(self._desk.app.queries.payments)

    def _open(self, row: PaymentRow) -> None:
        if row.document_id is not None:
            self.opened.emit(row.document_id)


def payment_columns(desk: Desk) -> list[Column[PaymentRow]]:
    """Day, payer with the bank's text, document, way, state, amount."""
    today = desk.app.today
    return [
        Column(
            "day",
            tr("Received"),
            lambda row: desk.formats.date_short(row.received_on, today()),
            width=96,
        ),
        Column(
            "who",
            tr("From"),
            lambda row: row.customer or tr("Unknown payer"),
            CellKind.TWO_LINES,
            width=240,
            stretch=True,
            second=lambda row: row.reference,
            tone=lambda row: None if row.customer else "muted",
        ),
        Column("number", tr("Invoice"), lambda row: row.number or "–", width=120),
        Column("method", tr("How"), lambda row: method_word(row.method), width=128),
        Column(
            "state",
            tr("State"),
            lambda row: payment_state(row.state)[0],
            CellKind.PILL,
            width=130,
            pill=lambda row: payment_state(row.state)[1],
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: desk.money(row.amount_minor, row.currency),
            CellKind.AMOUNT,
            width=150,
            second=lambda row: _unallocated(desk, row),
        ),
    ]


def _unallocated(desk: Desk, row: PaymentRow) -> str:
    if not row.unallocated_minor:
        return ""
    return tr("{amount} unused").format(amount=desk.money(row.unallocated_minor, row.currency))
