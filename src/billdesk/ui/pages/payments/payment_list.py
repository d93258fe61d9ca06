"""Money received: who, for what, how, and what of it settles nothing yet."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.money import PaymentDetail
from billdesk.core.queries.payments import PaymentRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Listing
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.pages.payments.payment_side import PaymentSide
from billdesk.ui.payment_words import method_word, payment_state
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView

# What the list and the panel need to show everything, in pixels at 100 %.
_ROOM_FOR_ALL = 1180


class PaymentList(QWidget):
    """Enter opens the invoice the payer meant; the payment itself stands beside the list."""

    opened = Signal(int)
    detailShown = Signal()

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
        self.actions_ = MoneyActions(desk, self)
        self.side = PaymentSide(desk, self.actions_)
        across = row(self, spacing=12)
        across.addWidget(card, 1)
        across.addWidget(self.side)
        self._reading = Latest(desk.lanes.read, 0, self)
        self._reading.succeeded.connect(self._show_detail)
        self._reading.failed.connect(desk.report)
        self._shown_id: int | None = None
        self._started = False
        self.side.opened.connect(self.opened)
        self.table.selectionChangedTo.connect(self._selected)
        self.listing.loaded.connect(self._loaded)
        self.table.rowOpened.connect(self._open)
        self.listing.loadingChanged.connect(self.table.set_loading)
        self.listing.failed.connect(desk.report)

    @property
    def detail(self) -> PaymentDetail | None:
        """The payment beside the list."""
        return self.side.detail

    def refresh(self) -> None:
        """Read again."""
        if self._started:
            self.listing.reload()
        else:
            self._started = True
            self.listing.start(self._desk.app.queries.payments)

    def show_payment(self, payment_id: int) -> None:
        """Show one payment, whether it is among those read so far or not."""
        self._shown_id = payment_id
        self.table.select_key(payment_id)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < current_theme().px(_ROOM_FOR_ALL)
        self.side.set_narrow(narrow=narrow)

    def _selected(self, rows: list[PaymentRow]) -> None:
        if len(rows) == 1:
            self._shown_id = rows[0].id
            self._read()

    def _loaded(self) -> None:
        if self._shown_id is None and self.model.rowCount():
            self.table.selectRow(0)
        elif self._shown_id is not None:
            # What it settles may have changed though its row has not.
            self.table.select_key(self._shown_id)
            self._read()

    def _read(self) -> None:
        if self._shown_id is not None:
            self._reading.request(partial(self._desk.app.queries.payment, self._shown_id))

    def _show_detail(self, detail: PaymentDetail) -> None:
        if detail.payment.id == self._shown_id:
            self.side.show_detail(detail)
            self.detailShown.emit()

    def _open(self, row: PaymentRow) -> None:
        if row.document_id is not None:
            self.opened.emit(row.document_id)


def payment_columns(desk: Desk) -> list[Column[PaymentRow]]:
    """Day, payer with the way and the bank's text, document, state, amount."""
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
            width=150,
            stretch=True,
            second=lambda row: " · ".join(
                part for part in (method_word(row.method), row.reference) if part
            ),
            tone=lambda row: None if row.customer else "muted",
        ),
        Column("number", tr("Invoice"), lambda row: row.number or "–", width=104),
        Column(
            "state",
            tr("State"),
            lambda row: payment_state(row.state)[0],
            CellKind.PILL,
            width=124,
            pill=lambda row: payment_state(row.state)[1],
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: desk.money(row.amount_minor, row.currency),
            CellKind.AMOUNT,
            width=128,
            second=lambda row: _unallocated(desk, row),
        ),
    ]


def _unallocated(desk: Desk, row: PaymentRow) -> str:
    if not row.unallocated_minor:
        return ""
    return tr("{amount} unused").format(amount=desk.money(row.unallocated_minor, row.currency))
