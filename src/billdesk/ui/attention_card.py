"""What needs attention: each task says what it is about and offers the step that helps."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.field import IconLabel

_UNDO_MS = 10_000
_ICONS = {
    AttentionKind.OVERDUE: "clock",
    AttentionKind.PAYMENT: "payments",
    AttentionKind.MAIL: "mail",
    AttentionKind.LINK: "link",
    AttentionKind.JOB: "documents",
    AttentionKind.REFUND: "payments",
    AttentionKind.CARD: "payments",
    AttentionKind.INBOX: "inbox",
    AttentionKind.BANK: "bank",
    AttentionKind.RECURRING: "refresh",
    AttentionKind.KEY: "alert",
}


class AttentionCard(Card):
    """The queue; ``actionRequested(AttentionItem)``. ``advise`` adds what is to be done."""

    actionRequested = Signal(object)

    def __init__(
        self,
        desk: Desk,
        title: str,
        advise: Callable[[AttentionItem], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent=parent)
        self._desk = desk
        self._advise = advise
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
        advice = self._advise(item) if self._advise is not None else ""
        made.setAccessibleName(f"{item.title}. {item.detail} {advice}".rstrip())
        texts = column(spacing=0)
        texts.addWidget(ElidedLabel(item.title, "strong"))
        for text, role in ((self._detail(item), "meta"), (advice, "text2")):
            if text:
                line = label(text, role)
                line.setWordWrap(True)
                texts.addWidget(line)
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


class TaskActions(QObject):
    """Does the step that a task offers."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def act(self, item: AttentionItem) -> None:
        """Do it at once, or open the place where it is done."""
        app, lanes, open_page = self._desk.app, self._desk.lanes, self._desk.window.open_page
        if item.action is AttentionAction.MATCH_BANK:
            open_page("payments", "bank")
        elif item.action is AttentionAction.SEND_AGAIN and item.mail_id is not None:
            again = partial(app.mail.send_again, item.mail_id)
            lanes.write(again).then(self._mail_queued, self._desk.report, owner=self)
        elif item.action is AttentionAction.NEW_LINK and item.document_id is not None:
            lanes.write(partial(app.links.request, item.document_id)).then(
                self._link_requested, self._desk.report, owner=self
            )
        elif item.action is AttentionAction.OPEN_RECURRING:
            open_page("recurring")
        elif item.action is AttentionAction.OPEN_ONLINE_PAYMENT:
            open_page("settings", "stripe")
        elif item.action is AttentionAction.OPEN_ACTIVITY:
            open_page("activity", "stripe")
        elif item.document_id is not None:
            open_page("invoice", item.document_id)
        else:
            open_page("payments", item.payment_id)

    def _mail_queued(self, mail_id: int) -> None:
        mail, lanes = self._desk.app.mail, self._desk.lanes

        def withdraw() -> None:
            lanes.write(partial(mail.cancel, mail_id)).then(
                self._mail_withdrawn, self._desk.report, owner=self
            )

        self._desk.window.toasts.show(
            tr("The mail goes out again."),
            action=tr("Undo"),
            on_action=withdraw,
            duration_ms=_UNDO_MS,
            icon="mail",
        )

    def _mail_withdrawn(self, withdrawn: bool) -> None:
        if not withdrawn:
            self._desk.window.toasts.show_error(tr("Too late: the mail is on its way."))

    def _link_requested(self, _nothing: object) -> None:
        self._desk.window.toasts.show(tr("A new payment link is being made."), icon="link")


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
        AttentionAction.OPEN_ONLINE_PAYMENT: tr("Settings"),
    }[item.action]


def _nothing() -> QWidget:
    made = QWidget()
    layout = row(made, spacing=10)
    layout.setContentsMargins(0, 6, 0, 6)
    layout.addWidget(IconLabel("check-circle", "pill.ok.fg", 18))
    layout.addWidget(label(tr("Nothing. Everything is in order."), "text2"), 1)
    return made
