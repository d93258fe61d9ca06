"""What a restricted key is, and the form at Stripe that makes one."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from billdesk.core.domain.stripe_access import PermissionLine, PermissionNeed
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card


class AboutStep(WizardStep):
    """``form_url`` gives the address of the form for needs and a mode."""

    def __init__(
        self,
        lines: tuple[PermissionLine, ...],
        form_url: Callable[[frozenset[PermissionNeed], bool], str],
        *,
        is_practice: bool,
        goes_live: bool,
    ) -> None:
        super().__init__(tr("What it is"))
        self._lines = lines
        self._form_url = form_url
        self._is_practice = is_practice
        self.say(
            tr(
                "BillDesk talks to your Stripe account with a restricted key: a password for one "
                "program. It may do only what is ticked for it, and you can end it in the Stripe "
                "Dashboard at any time without touching anything else."
            )
        )
        reach = tr(
            "The key cannot send your money anywhere: transfers and payouts stay out of its reach."
        )
        kept = tr(
            "It is kept in the keychain of this computer, or in memory where there is none; never "
            "in a file."
        )
        self.say(reach if is_practice else f"{reach} {kept}")
        self.form_button = Button(
            tr("Open the form at Stripe"), icon="external", on_click=self._open_form
        )
        self.test = QRadioButton(tr("Test mode: try it with cards that cost nothing"))
        self.live = QRadioButton(tr("Live mode: real customers, real money"))
        self.refunds = QCheckBox(tr("Give money back from BillDesk"))
        self.cards = QCheckBox(tr("Charge cards that customers left for it"))
        self.ticked = label("", "meta")
        self.ticked.setWordWrap(True)
        if is_practice:
            self.say(
                tr(
                    "This is the practice company. Its Stripe runs on this computer and has a key "
                    "already, so there is nothing to make: go on, and see what is checked."
                )
            )
        else:
            self._assemble(goes_live)

    @property
    def next_text(self) -> str:
        return tr("Next") if self._is_practice else tr("I have a key")

    def first_focus(self) -> QWidget | None:
        return self.form_button if self.form_button.isVisibleTo(self) else None

    @property
    def needs(self) -> frozenset[PermissionNeed]:
        """What the key is to be good for."""
        wanted = {PermissionNeed.LINKS}
        if self.refunds.isChecked():
            wanted.add(PermissionNeed.REFUNDS)
        if self.cards.isChecked():
            wanted.add(PermissionNeed.CARDS)
        return frozenset(wanted)

    @property
    def url(self) -> str:
        """The form with the rows ticked that were chosen."""
        return self._form_url(self.needs, self.live.isChecked())

    def _open_form(self) -> None:
        QDesktopServices.openUrl(QUrl(self.url))

    def _assemble(self, goes_live: bool) -> None:
        modes = QButtonGroup(self)
        modes.addButton(self.test)
        modes.addButton(self.live)
        (self.live if goes_live else self.test).setChecked(True)
        self.refunds.setChecked(True)
        card = Card(tr("Make the key"))
        choices = column(spacing=6)
        for box in (self.test, self.live):
            choices.addWidget(box)
        choices.addSpacing(6)
        choices.addWidget(label(tr("It may also"), "label"))
        for also in (self.refunds, self.cards):
            choices.addWidget(also)
            also.toggled.connect(self._show_ticked)
        card.body.addLayout(choices)
        card.body.addWidget(self.ticked)
        buttons = row()
        buttons.addWidget(self.form_button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        self.body.addWidget(card)
        self.say(
            tr(
                "In the form the rows are ticked already. Press “Create key” there, copy the key "
                "and come back."
            )
        )
        self._show_ticked()

    def _show_ticked(self) -> None:
        rows = [line.row for line in self._lines if line.row.need in self.needs]
        written = {one.name for one in rows if one.level == "Write"}
        names = [
            f"{one.name} ({one.level})"
            for one in rows
            if one.level == "Write" or one.name not in written
        ]
        self.ticked.setText(tr("Ticked in the form: {rows}.").format(rows=", ".join(names)))
