"""The two screens that can be skipped: logo and Stripe."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.ui.forms.form import Form
from billdesk.ui.forms.logo_box import LogoBox
from billdesk.ui.pages.setup.step import Step
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import Field


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
    """A restricted key, or none."""

    def __init__(self) -> None:
        super().__init__(
            tr("Payment by card"),
            tr(
                "With a Stripe account your invoices carry a link on which customers pay by card. "
                "BillDesk sees the payment and marks the invoice paid. You can do this later."
            ),
        )
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("rk_live_… / rk_test_…")
        self.key.textChanged.connect(self.changed)
        self.form = Form()
        self.form.line(
            (
                "stripe_key",
                Field(
                    tr("Restricted key"),
                    self.key,
                    helper=tr(
                        "From the Stripe Dashboard under Developers, API keys. It is kept in the "
                        "keychain of this computer, never in a file."
                    ),
                    optional=True,
                ),
                1,
            )
        )
        card = Card()
        card.body.addWidget(self.form)
        self.body.addWidget(card)
        self.note = label("", "meta")
        self.note.setWordWrap(True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.note)

    @property
    def next_text(self) -> str:
        if self.key.text().strip():
            return tr("Connect and write the first invoice")
        return tr("Write the first invoice")

    def first_focus(self) -> QWidget | None:
        return self.key
