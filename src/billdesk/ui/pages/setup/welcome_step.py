"""The first screen: set up the own company, or look around in the practice company."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.ui.pages.setup.step import Step
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import IconLabel


class WelcomeStep(Step):
    """``startRequested``, ``practiceRequested`` or ``restoreRequested``.

    ``can_restore`` is false for books on a server: their backups are the server's business.
    """

    startRequested = Signal()
    practiceRequested = Signal()
    restoreRequested = Signal()

    def __init__(self, *, can_restore: bool) -> None:
        super().__init__(
            tr("Welcome to BillDesk"),
            tr(
                "Write an invoice, send it with a payment link, and see it turn paid. Your books "
                "are a file on this computer; no account is needed."
            ),
        )
        self.start_button = Button(tr("Set up my company"), "primary", icon="arrow-right")
        self.practice_button = Button(tr("Try the practice company"))
        self.restore_button = Button(tr("Restore from a backup…"))
        self.start_button.clicked.connect(self.startRequested)
        self.practice_button.clicked.connect(self.practiceRequested)
        self._choice(
            "building",
            tr("My company"),
            tr("Two minutes: name and country, then a logo and card payment if you like."),
            self.start_button,
        )
        self._choice(
            "eye",
            tr("Look around first"),
            tr(
                "A made-up company with customers and invoices in every state, its own pretend "
                "Stripe and mailbox. Nothing leaves this computer; delete it whenever you like."
            ),
            self.practice_button,
        )
        self.restore_button.clicked.connect(self.restoreRequested)
        self.restore_button.setParent(self)
        self.restore_button.setVisible(can_restore)
        if can_restore:
            self._choice(
                "undo",
                tr("I have a backup"),
                tr("Of books from another computer or from before. You see what it holds first."),
                self.restore_button,
            )

    def first_focus(self) -> QWidget | None:
        return self.start_button

    def _choice(self, icon: str, title: str, text: str, button: Button) -> None:
        card = Card()
        line = row(spacing=12)
        line.addWidget(IconLabel(icon, "link", 24))
        line.addWidget(label(title, "section"), 1)
        card.body.addLayout(line)
        words = label(text, "text2")
        words.setWordWrap(True)
        card.body.addWidget(words)
        across = row()
        across.addWidget(button)
        across.addStretch(1)
        card.body.addSpacing(4)
        card.body.addLayout(across)
        self.body.addWidget(card)
