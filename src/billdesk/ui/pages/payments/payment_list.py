"""Money received: who, for what, how, and what of it settles nothing yet."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.money import PaymentDetail
from billdesk.core.queries.payments import PaymentFilter, PaymentRow, PaymentTab
from billdesk.ui.desk import Desk
from billdesk.ui.forms.listing import Ask, Listing
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.pages.payments.payment_side import PaymentSide
from billdesk.ui.payment_words import method_word, payment_state
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.search_edit import SearchEdit
from billdesk.ui.widgets.table_view import TableView

# What the list and the panel need to show everything, in pixels at 100 %.
_ROOM_FOR_ALL = 1180
# Below these only the filters that ask for something have counts, or none.
_ROOM_FOR_COUNTS = 1080
_ROOM_FOR_DUTIES = 960
_DUTIES = (PaymentTab.CREDIT, PaymentTab.UNKNOWN)
_SEARCH_WIDTH = 200
_SEARCH_WIDTH_NARROW = 116
_ALL = "all"


class PaymentList(QWidget):
    """Enter opens the invoice the payer meant; the payment itself stands beside the list.

    Searched with Ctrl+F and narrowed by tabs; Esc empties the search.
    """

    opened = Signal(int)
    detailShown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model: RowsModel[PaymentRow] = RowsModel(payment_columns(desk), lambda row: row.id)
        self.listing = Listing(desk.lanes, self.model, self)
        self.table = TableView(self.model, tr("Payments"))
        self.empty = EmptyState("payments", "")
        self.table.set_empty_widget(self.empty)
        self.tabs = FilterTabs(payment_tab_titles(), tr("Payments: filter"))
        hint = tr("Search payments")
        self.search = SearchEdit(hint, hint)
        head = QWidget()
        narrowing = row(head, spacing=16)
        narrowing.addWidget(self.tabs, 1)
        narrowing.addWidget(self.search)
        self.counts: dict[PaymentTab | None, int] = {}
        self._counting = Latest(desk.lanes.read, 0, self)
        self._counting.succeeded.connect(self._counted)
        self._counting.failed.connect(desk.report)
        self.actions_ = MoneyActions(desk, self)
        self.side = PaymentSide(desk, self.actions_)
        across = row(self, spacing=12)
        across.addWidget(TableCard(head, self.table), 1)
        across.addWidget(self.side)
        self._reading = Latest(desk.lanes.read, 0, self)
        self._reading.succeeded.connect(self._show_detail)
        self._reading.failed.connect(desk.report)
        self._shown_id: int | None = None
        self._started = False
        self.tabs.filterChanged.connect(lambda: self._narrow(typing=False))
        self.search.textChanged.connect(lambda: self._narrow(typing=True))
        self.search.returnPressed.connect(self.table.setFocus)
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
            self.listing.start(self._question())

    def show_payment(self, payment_id: int) -> None:
        """Show one payment, whether it is among those read so far or not."""
        self._shown_id = payment_id
        self.table.select_key(payment_id)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < current_theme().px(_ROOM_FOR_ALL)
        self.side.set_narrow(narrow=narrow)
        self.search.setFixedWidth(
            current_theme().px(_SEARCH_WIDTH_NARROW if narrow else _SEARCH_WIDTH)
        )
        self.search.setPlaceholderText(tr("Search") if narrow else self.search.accessibleName())
        self._show_counts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.table.setFocus()
            return
        super().keyPressEvent(event)

    @property
    def _wanted(self) -> PaymentFilter:
        key = self.tabs.current
        return PaymentFilter(None if key == _ALL else PaymentTab(key), self.search.text().strip())

    def _question(self) -> Ask:
        return partial(self._desk.app.queries.payments, self._wanted)

    def _narrow(self, *, typing: bool) -> None:
        self._started = True
        self._shown_id = None
        self.listing.start(self._question(), typing=typing)

    def _selected(self, rows: list[PaymentRow]) -> None:
        if len(rows) == 1:
            self._shown_id = rows[0].id
            self._read()

    def _loaded(self) -> None:
        self._counting.request(partial(self._desk.app.queries.payment_counts, self._wanted.search))
        self._say_empty()
        if self._shown_id is not None:
            # What it settles may have changed though its row has not.
            self.table.select_key(self._shown_id)
            self._read()
        elif chosen := self.table.selected_rows():
            self._selected(chosen[:1])
        elif self.model.rowCount():
            self.table.selectRow(0)
        else:
            self.side.show_detail(None)
            self.detailShown.emit()

    def _say_empty(self) -> None:
        wanted = self._wanted
        if wanted.search:
            sentence = tr("Nothing matches “{text}”.").format(text=wanted.search)
        elif wanted.tab is not None:
            sentence = tr("No payment is of this kind.")
        else:
            sentence = tr(
                "No money received yet. Payments appear here by themselves, from Stripe or "
                "from your bank statements."
            )
        self.empty.set_sentence(sentence)

    def _counted(self, counts: dict[PaymentTab | None, int]) -> None:
        self.counts = counts
        self._show_counts()

    def _show_counts(self) -> None:
        px = current_theme().px
        shown: tuple[PaymentTab | None, ...] = (None, *PaymentTab)
        if self.width() < px(_ROOM_FOR_COUNTS):
            shown = _DUTIES if self.width() >= px(_ROOM_FOR_DUTIES) else ()
        self.tabs.set_counts(
            {
                _ALL if tab is None else tab.value: count
                for tab, count in self.counts.items()
                if tab in shown
            }
        )

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


def payment_tab_titles() -> list[tuple[str, str]]:
    """The filters above the list: what still has to be used, and how it came."""
    return [
        (_ALL, tr("All")),
        (PaymentTab.CREDIT.value, tr("Credit")),
        (PaymentTab.UNKNOWN.value, tr("Unknown payer")),
        (PaymentTab.ONLINE.value, tr("Online")),
        (PaymentTab.BANK.value, tr("Transfer")),
        (PaymentTab.OTHER.value, tr("Other")),
    ]


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
            width=130,
            stretch=True,
            second=lambda row: " · ".join(
                part for part in (method_word(row.method), row.reference) if part
            ),
            tone=lambda row: None if row.customer else "muted",
        ),
        Column("number", tr("Invoice"), lambda row: row.number or "–", width=96),
        Column(
            "state",
            tr("State"),
            lambda row: payment_state(row.state)[0],
            CellKind.PILL,
            width=136,
            pill=lambda row: payment_state(row.state)[1],
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: desk.money(row.amount_minor, row.currency),
            CellKind.AMOUNT,
            width=128,
            second=lambda row: _credit(desk, row),
        ),
    ]


def _credit(desk: Desk, row: PaymentRow) -> str:
    # Whose payer is unknown is nobody's credit yet; that stands where the payer would.
    if not row.unallocated_minor or row.customer_id is None:
        return ""
    return tr("{amount} credit").format(amount=desk.money(row.unallocated_minor, row.currency))
