"""Each permission ticked as Stripe answers."""

from queue import Empty, SimpleQueue

from PySide6.QtCore import QTimer

from billdesk.core.domain.stripe_access import PermissionFinding, PermissionLine
from billdesk.ui.stripe_wizard.permission_list import PermissionList
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import set_property
from billdesk.ui.widgets.card import Card

_LOOK_MS = 40


class CheckStep(WizardStep):
    """What the worker finds comes through a queue: it must not touch a widget that may close."""

    def __init__(self, lines: tuple[PermissionLine, ...]) -> None:
        super().__init__(tr("Check"))
        self._found: SimpleQueue[PermissionFinding] = SimpleQueue()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._take)
        self.status = self.say("")
        self.list = PermissionList(lines)
        card = Card()
        card.body.addWidget(self.list)
        self.body.addWidget(card)
        self._failed = False

    @property
    def next_text(self) -> str:
        return tr("Try again") if self._failed else ""

    def begin(self) -> "SimpleQueue[PermissionFinding]":
        """Start over; where the worker puts what it finds."""
        self._failed = False
        self._found = SimpleQueue()
        self.list.begin()
        self.status.setText(tr("Asking Stripe what this key may do…"))
        set_property(self.status, "tone", "")
        self._timer.start()
        return self._found

    def fail(self, sentence: str) -> None:
        """It could not be found out."""
        self._take()
        self._timer.stop()
        self._failed = True
        self.status.setText(sentence)
        set_property(self.status, "tone", "bad")
        self.changed.emit()

    def end(self) -> None:
        """All is known."""
        self._take()
        self._timer.stop()

    def _take(self) -> None:
        while True:
            try:
                finding = self._found.get_nowait()
            except Empty:
                return
            self.list.tick(finding)
            self.reveal(self.list.rows[finding.slug])
