"""Which invoices a transfer pays, chosen by hand."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QScrollArea, QWidget

from billdesk.core.domain.bank_suggestions import Part
from billdesk.core.domain.banking import Receipt
from billdesk.core.queries.bank import BankLineRow, OpenDocumentRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.search_edit import SearchEdit

_SEARCH_MS = 120
_HEIGHT = 260
_LEAST_HEIGHT = 112
_ROW = 30
_WIDTH = 560
_NUMBER = 104
# Room beside the amounts for the vertical bar.
_BAR = 12


class _Row(QWidget):
    """Number with its tick, customer, what is open; a click anywhere ticks."""

    def __init__(self, one: OpenDocumentRow, open_text: str) -> None:
        super().__init__()
        px = current_theme().px
        self.box = QCheckBox(one.number)
        self.box.setFixedWidth(max(px(_NUMBER), self.box.sizeHint().width()))
        self.box.setAccessibleName(f"{one.number}, {one.customer}, {open_text}")
        amount = label(open_text, "text2")
        amount.setMinimumWidth(amount.sizeHint().width())
        across = row(self, spacing=12)
        across.setContentsMargins(0, 0, px(_BAR), 0)
        across.addWidget(self.box)
        across.addWidget(ElidedLabel(one.customer), 1)
        across.addWidget(amount, 0, Qt.AlignmentFlag.AlignRight)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.box.isEnabled() and event.button() == Qt.MouseButton.LeftButton:
            self.box.toggle()


class InvoicesDialog(FormDialog):
    """Tick what is paid; the sum and what is left stand below. ``succeeded`` carries a title."""

    def __init__(self, desk: Desk, line: BankLineRow, parent: QWidget) -> None:
        title = tr("What does {amount} pay?").format(
            amount=desk.money(line.amount_minor, line.currency)
        )
        super().__init__(desk, title, tr("Confirm"), parent=parent)
        self.setMaximumWidth(current_theme().px(_WIDTH))
        self.setMinimumWidth(current_theme().px(_WIDTH))
        self._line = line
        self._chosen: dict[int, OpenDocumentRow] = {}
        self._boxes: dict[int, QCheckBox] = {}
        self._shown: dict[int, OpenDocumentRow] = {}
        self.search: QLineEdit = SearchEdit(tr("Search open invoices"), tr("Number or customer"))
        self._rows = QWidget()
        self._rows.setObjectName("scrolled")
        self._list = column(self._rows, spacing=4)
        self._area = area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._rows)
        area.setFixedHeight(current_theme().px(_LEAST_HEIGHT))
        self.keep_fee = QCheckBox(tr("The bank kept the difference"))
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.search)
        self.body.addWidget(area)
        self.body.addWidget(self.keep_fee)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self._latest = Latest(desk.lanes.read, _SEARCH_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        self.search.textChanged.connect(lambda: self._ask())
        self.keep_fee.toggled.connect(lambda: self._explain())
        self._ask()
        self._explain()
        self.search.setFocus()

    def boxes(self) -> dict[int, QCheckBox]:
        """The ticks on show, by document."""
        return dict(self._boxes)

    def submit(self) -> None:
        if not self._chosen:
            self.show_problem(tr("Tick at least one invoice."))
            return
        receipt, title = self._receipt(), ", ".join(one.number for one in self._chosen.values())
        decide = partial(self.desk.app.bank.decide, self._line.id, self._line.version, receipt)

        def work() -> str:
            decide()
            return title

        self.run(work)

    def _ask(self) -> None:
        text = self.search.text().strip()
        work = partial(self.desk.app.queries.payable_documents, self._line.currency, text)
        self._latest.request(work if text else partial(self._payer_first, work))

    def _payer_first(
        self, work: Callable[[], tuple[OpenDocumentRow, ...]]
    ) -> tuple[OpenDocumentRow, ...]:
        """All that is open, the invoices of whoever the line seems to be from at the top."""
        name, queries = self._line.counterparty.strip(), self.desk.app.queries
        theirs = queries.payable_documents(self._line.currency, name) if name else ()
        found = work()
        suggested = {part.document_id for one in self._line.suggestions for part in one.parts}
        payers = {one.customer_id for one in theirs}
        payers |= {one.customer_id for one in found if one.document_id in suggested}
        others = [one for one in found if one not in theirs]
        return (
            *theirs,
            *(one for one in others if one.customer_id in payers),
            *(one for one in others if one.customer_id not in payers),
        )

    def _show(self, found: tuple[OpenDocumentRow, ...]) -> None:
        clear_layout(self._list)
        self._boxes = {}
        for one in (*self._chosen.values(), *found):
            if one.document_id not in self._boxes:
                self._add(one)
        if not self._boxes:
            self._list.addWidget(label(tr("No open invoice fits."), "muted"))
        self._list.addStretch(1)
        self._allow_one_customer()
        # As high as the longest answer so far: the dialog does not shrink while one types.
        wanted = min(_HEIGHT, max(_LEAST_HEIGHT, _ROW * len(self._boxes)))
        self._area.setFixedHeight(max(self._area.height(), current_theme().px(wanted)))
        self.fit()

    def _add(self, one: OpenDocumentRow) -> None:
        open_ = self.desk.money(one.open_minor, one.currency)
        line = _Row(one, tr("{amount} open").format(amount=open_))
        box = line.box
        box.setChecked(one.document_id in self._chosen)
        box.toggled.connect(partial(self._toggle, one))
        self._list.addWidget(line)
        self._boxes[one.document_id] = box
        self._shown[one.document_id] = one

    def _toggle(self, one: OpenDocumentRow, on: bool) -> None:
        if on:
            self._chosen[one.document_id] = one
        else:
            self._chosen.pop(one.document_id, None)
        self._allow_one_customer()
        self._explain()

    def _allow_one_customer(self) -> None:
        """One transfer is one payment, and a payment is one customer's."""
        customers = {one.customer_id for one in self._chosen.values()}
        for document_id, box in self._boxes.items():
            box.setEnabled(not customers or self._shown[document_id].customer_id in customers)

    def _receipt(self) -> Receipt:
        """The oldest debt first, as far as the money reaches."""
        fee = self._missing() if self.keep_fee.isChecked() else 0
        left = self._line.amount_minor + fee
        parts: list[Part] = []
        for one in self._chosen.values():
            minor = min(left, one.open_minor)
            if minor > 0:
                parts.append(Part(one.document_id, minor))
                left -= minor
        customer = next(iter(self._chosen.values())).customer_id
        return Receipt(customer, tuple(parts), fee)

    def _missing(self) -> int:
        return max(
            0, sum(one.open_minor for one in self._chosen.values()) - self._line.amount_minor
        )

    def _explain(self) -> None:
        open_minor = sum(one.open_minor for one in self._chosen.values())
        rest = open_minor - self._line.amount_minor
        money = partial(self.desk.money, currency=self._line.currency)
        self.keep_fee.setVisible(rest > 0)
        if not self._chosen:
            text = tr("Nothing is chosen yet.")
        elif rest > 0 and self.keep_fee.isChecked():
            text = tr("All are settled; {fee} are booked as payment fees.").format(fee=money(rest))
        elif rest > 0:
            text = tr("{rest} stays open.").format(rest=money(rest))
        elif rest < 0:
            text = tr("{rest} is kept as credit of the customer.").format(rest=money(-rest))
        else:
            text = tr("The amount fits exactly.")
        self.consequence.setText(text)
