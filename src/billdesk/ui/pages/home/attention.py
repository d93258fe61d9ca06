"""What needs somebody: each task with the one step that helps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.field import IconLabel

_ICONS = {
    AttentionKind.OVERDUE: "clock",
    AttentionKind.PAYMENT: "payments",
    AttentionKind.MAIL: "mail",
    AttentionKind.LINK: "link",
    AttentionKind.JOB: "documents",
    AttentionKind.REFUND: "payments",
    AttentionKind.INBOX: "inbox",
    AttentionKind.BANK: "bank",
    AttentionKind.RECURRING: "refresh",
}


class AttentionCard(Card):
    """The queue; ``actionRequested(AttentionItem)``."""

    actionRequested = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Needs attention"), parent=parent)
        self._desk = desk
        self._list = column(spacing=0)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.buttons: list[Button] = []

    def show_items(self, items: Sequence[AttentionItem]) -> None:
        """Show these tasks in this order."""
        clear_layout(self._list)
        self.buttons = []
        if not items:
            self._list.addWidget(_nothing())
        for position, item in enumerate(items):
            if position:
                self._list.addWidget(rule())
            self._list.addWidget(self._row(item))

    def _row(self, item: AttentionItem) -> QWidget:
        made = QWidget()
        made.setAccessibleName(f"{item.title}. {item.detail}")
        title = ElidedLabel(item.title, "strong")
        texts = column(spacing=0)
        texts.addWidget(title)
        detail = label(self._detail(item), "meta")
        detail.setWordWrap(True)
        texts.addWidget(detail)
        verb = verb_of(item)
        button = Button(verb, on_click=lambda: self.actionRequested.emit(item))
        button.setAccessibleName(f"{verb}: {item.title}")
        self.buttons.append(button)
        layout = row(made, spacing=10)
        layout.setContentsMargins(0, 9, 0, 9)
        tone = f"pill.{item.tone.value}.fg"
        icon = IconLabel(_ICONS[item.kind], tone, 18)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return made

    def _detail(self, item: AttentionItem) -> str:
        if item.amount_minor is None:
            return item.detail
        return f"{item.detail} · {self._desk.money(item.amount_minor, item.currency)}"


def verb_of(item: AttentionItem) -> str:
    """What the button of a task says."""
    return {
        AttentionAction.REMIND: tr("Open"),
        AttentionAction.REVIEW_PAYMENT: tr("Review"),
        AttentionAction.SEND_AGAIN: tr("Send again"),
        AttentionAction.NEW_LINK: tr("New link"),
        AttentionAction.OPEN: tr("Open"),
        AttentionAction.OPEN_ACTIVITY: tr("Look"),
        AttentionAction.MATCH_BANK: tr("Match"),
        AttentionAction.OPEN_RECURRING: tr("Decide"),
    }[item.action]


def _nothing() -> QWidget:
    made = QWidget()
    layout = row(made, spacing=10)
    layout.setContentsMargins(0, 6, 0, 6)
    layout.addWidget(IconLabel("check-circle", "pill.ok.fg", 18))
    layout.addWidget(label(tr("Nothing. Everything is in order."), "text2"), 1)
    return made
