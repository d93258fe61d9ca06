"""Paste the key."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.ui.forms.form import Form
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import Field


class KeyStep(WizardStep):
    """The entry shows dots. ``use_practice_key`` fills in the practice company's own."""

    def __init__(self, use_practice_key: Callable[[], object] | None) -> None:
        super().__init__(tr("The key"))
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("rk_live_… / rk_test_…")
        self.key.textChanged.connect(self.changed)
        self.key.returnPressed.connect(self.nextRequested)
        self.form = Form()
        self.form.line(
            (
                "stripe_key",
                Field(
                    tr("Restricted key"),
                    self.key,
                    helper=tr(
                        "It starts with rk_test_ or rk_live_. Stripe shows it once, right after it "
                        "was made; if you have closed that page, make another."
                    ),
                ),
                1,
            )
        )
        card = Card()
        card.body.addWidget(self.form)
        if use_practice_key is not None:
            self.practice_button = Button(
                tr("Use the practice key"), "link", on_click=use_practice_key
            )
            line = row()
            line.addWidget(self.practice_button)
            line.addStretch(1)
            card.body.addLayout(line)
        self.body.addWidget(card)
        self.say(
            tr(
                "BillDesk now asks Stripe whose key this is and what it may do. Nothing is changed "
                "at Stripe, and nothing is kept before you press Connect."
            )
        )

    @property
    def next_text(self) -> str:
        return tr("Check the key")

    def first_focus(self) -> QWidget | None:
        return self.key

    def refuse(self, sentence: str) -> None:
        """Say beside the entry why a key will not do; empty takes that away."""
        self.form.show_problem(sentence, "stripe_key" if sentence else None)
