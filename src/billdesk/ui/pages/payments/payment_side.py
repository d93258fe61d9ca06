"""One payment beside the list: what it settles, what is left of it, what went back."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import Question
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.money import PaymentDetail, RefundRow, SettledDocument
from billdesk.ui.desk import Desk
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.payment_words import method_word, payment_state
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import SidePanel
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill

_WIDTH = 340
_WIDTH_NARROW = 296


def meaning_word(meaning: RefundMeaning) -> str:
    """What a refund meant."""
    return {
        RefundMeaning.UNEXPLAINED: tr("Not explained yet"),
        RefundMeaning.CREDIT_NOTE: tr("Sale taken back"),
        RefundMeaning.REOPENED: tr("Owed again"),
        RefundMeaning.GOODWILL: tr("Goodwill"),
        RefundMeaning.CREDIT_RETURNED: tr("Credit paid out"),
        RefundMeaning.DISPUTE_LOST: tr("Dispute lost"),
    }[meaning]


def refund_state(refund: RefundRow) -> str:
    """Where a refund at Stripe stands; empty for one that has arrived, as far as anybody knows."""
    if refund.state is PaymentState.ORDERED:
        first = (
            tr("Sent to Stripe; its answer is awaited.")
            if refund.sent
            else tr("Ordered; Stripe is told as soon as it can be reached.")
        )
        return f"{first} {refund.waiting}".strip()
    if refund.state is PaymentState.FAILED:
        return refund.note or tr("Failed; the money is back at Stripe.")
    return {
        "pending": tr("Under way: Stripe waits for its turn, or for money on your balance."),
        "requires_action": tr("Stripe has asked the customer where to pay it to."),
    }.get(refund.stripe_status, "")


class PaymentSide(SidePanel):
    """``opened(document_id)`` when a document it settles is to be shown."""

    opened = Signal(int)

    def __init__(self, desk: Desk, actions: MoneyActions, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, parent=parent)
        self._desk = desk
        desk.window.toasts.keep_clear(self)
        self._actions = actions
        self.detail: PaymentDetail | None = None
        self.setAccessibleName(tr("Payment"))
        self._content = column(spacing=10)
        self._buttons = QWidget()
        self.body.addLayout(self._content)
        self.body.addStretch(1)
        self.body.addWidget(self._buttons)
        self.set_narrow(narrow=False)
        self.hide()

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """The commands below the payment; those that cannot be used now are not shown."""
        layout = column(self._buttons, spacing=8)
        for action in actions:
            button = Button.for_action(action, hint=False)
            button.setVisible(action.isEnabled())
            action.enabledChanged.connect(button.setVisible)
            layout.addWidget(button)

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave room for the list in a narrow window."""
        self.setFixedWidth(current_theme().px(_WIDTH_NARROW if narrow else _WIDTH))

    def show_detail(self, detail: PaymentDetail | None) -> None:
        """Show a payment; ``None`` empties the panel."""
        self.detail = detail
        self.setVisible(detail is not None)
        clear_layout(self._content)
        if detail is None:
            return
        payment = detail.payment
        head = row(spacing=8)
        head.addWidget(label(self._desk.money(payment.amount_minor, payment.currency), "title"))
        head.addStretch(1)
        head.addWidget(Pill(*payment_state(payment.state)))
        self._content.addLayout(head)
        who = ElidedLabel(payment.customer or tr("Unknown payer"), "strong")
        self._content.addWidget(who)
        about = [self._desk.formats.date(payment.received_on), method_word(payment.method)]
        self._content.addWidget(label(" · ".join(about), "text2"))
        if payment.reference:
            reference = label(payment.reference, "text2")
            reference.setWordWrap(True)
            self._content.addWidget(reference)
        for question in detail.questions:
            self._content.addWidget(self._question(question))
        self._content.addWidget(rule())
        self._show_use(detail)
        if detail.refunds:
            self._content.addWidget(rule())
            self._content.addWidget(label(tr("Went back"), "strong"))
            for refund in detail.refunds:
                self._content.addWidget(self._refund(refund))

    def _question(self, question: Question) -> QWidget:
        words = [question.sentence]
        if question.answer_by is not None:
            day = self._desk.formats.date(question.answer_by.date())
            words.append(tr("Answer at Stripe by {date}.").format(date=day))
        asked = label(" ".join(words), tone="warn")
        asked.setWordWrap(True)
        return asked

    def _show_use(self, detail: PaymentDetail) -> None:
        payment = detail.payment
        self._content.addWidget(label(tr("Used for"), "strong"))
        for settled in detail.settles:
            self._content.addWidget(self._settled(settled))
        left = payment.unallocated_minor
        if left:
            words = tr("Credit") if payment.customer_id else tr("Unknown payer")
            self._content.addWidget(self._line(label(words, "text2"), left))
        elif not detail.settles:
            self._content.addWidget(label(tr("Nothing."), "meta"))

    def _settled(self, settled: SettledDocument) -> QWidget:
        detail = self.detail
        name = Button(settled.number, "link")
        name.clicked.connect(lambda: self.opened.emit(settled.document_id))
        line = self._line(name, settled.minor)
        if detail is None or not detail.payment.has_arrived or detail.payment.customer_id is None:
            return line
        holder = QWidget()
        layout = column(holder, spacing=0)
        layout.addWidget(line)
        across = row(spacing=16)
        for title, work in (
            (tr("Move to another…"), self._actions.move),
            (tr("Make it credit"), self._actions.take_off),
        ):
            button = Button(title, "link", on_click=partial(work, detail.payment, settled))
            button.setAccessibleName(f"{title}, {settled.number}")
            across.addWidget(button)
        across.addStretch(1)
        layout.addLayout(across)
        return holder

    def _refund(self, refund: RefundRow) -> QWidget:
        day = self._desk.formats.date(refund.refunded_on)
        undone = refund.state is PaymentState.UNDONE
        words = tr("Undone") if undone else meaning_word(refund.meaning)
        texts = QWidget()
        both = column(texts, spacing=0)
        both.addWidget(label(words, "text2"))
        both.addWidget(label(day, "meta"))
        told = refund_state(refund)
        if told:
            state = label(told, "meta", "bad" if refund.state is PaymentState.FAILED else "")
            state.setWordWrap(True)
            both.addWidget(state)
        if refund.can_take_back:
            failed = refund.state is PaymentState.FAILED
            both.addWidget(
                Button(
                    tr("Done with it") if failed else tr("Withdraw"),
                    "link",
                    on_click=partial(self._actions.take_order_back, refund),
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        if refund.is_unexplained:
            both.addWidget(
                Button(
                    tr("Explain refund…"),
                    "link",
                    on_click=partial(self._actions.explain, refund),
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        line = self._line(texts, -refund.minor, refund.currency)
        if not undone and not refund.at_stripe and refund.state is PaymentState.SUCCEEDED:
            layout = line.layout()
            undo = Button(
                tr("Undo"), "link", on_click=partial(self._actions.undo_refund, refund.id)
            )
            if layout is not None:
                layout.addWidget(undo)
        return line

    def _line(self, words: QWidget, minor: int, currency: str = "") -> QWidget:
        detail = self.detail
        # Beside several lines the amount belongs to the first.
        several = words.layout() is not None
        place = Qt.AlignmentFlag.AlignTop if several else Qt.AlignmentFlag.AlignVCenter
        line = QWidget()
        across = row(line, spacing=12)
        across.addWidget(words)
        across.addStretch(1)
        if detail is not None:
            amount = self._desk.money(minor, currency or detail.payment.currency)
            across.addWidget(label(amount, "strong"), 0, place)
        return line
