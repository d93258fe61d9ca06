"""The two screens that can be skipped: logo and Stripe."""

from PySide6.QtCore import Signal

from billdesk.ui.forms.logo_box import LogoBox
from billdesk.ui.pages.setup.step import Step
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card


class LogoStep(Step):
    """An image for the top of every invoice, or none."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__(
            tr("Your logo"), tr("It appears at the top of every invoice. You can add it later.")
        )
        self.logo: tuple[bytes, str] | None = None
        self.box = LogoBox(lanes)
        self.box.chosen.connect(self._choose)
        self.box.removeRequested.connect(self._remove)
        card = Card()
        card.body.addWidget(self.box)
        self.body.addWidget(card)

    @property
    def next_text(self) -> str:
        return tr("Next") if self.logo is not None else tr("Skip")

    def _choose(self, data: bytes, name: str) -> None:
        self.logo = (data, name)
        self.changed.emit()

    def _remove(self) -> None:
        self.logo = None
        self.box.show_image(None)
        self.changed.emit()


class StripeStep(Step):
    """``connectRequested`` when Stripe is to be connected now; going on leaves it for later."""

    connectRequested = Signal()

    def __init__(self) -> None:
        super().__init__(
            tr("Payment by card"),
            tr(
                "With a Stripe account your invoices carry a link on which customers pay by card. "
                "BillDesk sees the payment and marks the invoice paid. You can do this later."
            ),
        )
        self.connect_button = Button(
            tr("Connect Stripe…"), icon="link", on_click=self.connectRequested.emit
        )
        what = label(
            tr(
                "It takes two minutes: make a restricted key in your Stripe account and paste it. "
                "It is kept in the keychain of this computer, never in a file."
            ),
            "text2",
        )
        what.setWordWrap(True)
        buttons = row()
        buttons.addWidget(self.connect_button)
        buttons.addStretch(1)
        card = Card()
        card.body.addWidget(what)
        card.body.addLayout(buttons)
        self.body.addWidget(card)
        self.note = label("", "meta")
        self.note.setWordWrap(True)
        self.body.addWidget(self.note)

    @property
    def next_text(self) -> str:
        return tr("Write the first invoice")
