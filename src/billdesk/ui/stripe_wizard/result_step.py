"""Whose key it is, what it lacks, and what connecting with it would change."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from billdesk.core.domain.stripe_access import PermissionLine, PermissionState
from billdesk.core.services.stripe.connecting import AccountChange, ConnectedStripe, KeyFindings
from billdesk.ui.stripe_wizard.permission_list import PermissionRowWidget
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import IconLabel
from billdesk.ui.widgets.pill import Pill


class ResultStep(WizardStep):
    """``check_again`` looks once more; ``keys_url`` is where rows of a key are changed."""

    def __init__(
        self,
        check_again: Callable[[], object],
        keys_url: Callable[[bool], str],
        *,
        is_practice: bool,
    ) -> None:
        super().__init__(tr("Connect"))
        self._is_practice = is_practice
        self._check_again = check_again
        self._keys_url = keys_url
        self._findings: KeyFindings | None = None
        self._connected = False
        self.switch_off = QRadioButton()
        self.leave = QRadioButton()

    @property
    def next_text(self) -> str:
        if self._connected:
            return tr("Done")
        lacks = self._findings is not None and bool(self._findings.lacking)
        return tr("Connect all the same") if lacks else tr("Connect")

    def first_focus(self) -> QWidget | None:
        asks = self._findings is not None and bool(self._findings.old_links)
        return self.switch_off if asks and not self._connected else None

    @property
    def findings(self) -> KeyFindings | None:
        """What is on show."""
        return self._findings

    @property
    def wants_switching_off(self) -> bool:
        """Whether the links of the account that is left are to be switched off."""
        old_links = self._findings.old_links if self._findings is not None else 0
        return bool(old_links) and self.switch_off.isChecked()

    def show_findings(self, found: KeyFindings) -> None:
        """Show what a key is, before anything is kept of it."""
        self._findings, self._connected = found, False
        clear_layout(self.body)
        self.body.addWidget(_account(found))
        if found.advice:
            self.body.addWidget(_note("alert", "pill.warn.fg", found.advice))
        self._show_permissions(found)
        self._show_change(found)
        self.changed.emit()

    def show_connected(self, connected: ConnectedStripe) -> None:
        """Show that it is done, and where the key is now."""
        self._connected = True
        clear_layout(self.body)
        if self._findings is not None:
            self.body.addWidget(_account(self._findings))
        where = (
            tr(
                "Connected. The key {key} is kept in the keychain of this computer; BillDesk read "
                "it back to be sure."
            )
            if connected.kept_in == "keychain"
            else tr("Connected. The key {key} opens nothing but the practice Stripe.")
            if self._is_practice
            else tr(
                "Connected. This computer has no keychain BillDesk can trust, so the key {key} is "
                "kept only until you close BillDesk."
            )
        ).format(key=connected.masked_key)
        self.body.addWidget(_note("check-circle", "pill.ok.fg", where))
        self.say(tr("Invoices with online payment now get a link on which customers pay."))
        self.changed.emit()

    def say_taken_back(self, count: int) -> None:
        """Show that the test payments are out of the books."""
        done = (
            tr("One test payment was taken back.")
            if count == 1
            else tr("{count} test payments were taken back.").format(count=count)
        )
        self.body.addWidget(_note("check-circle", "pill.ok.fg", done))

    def _show_permissions(self, found: KeyFindings) -> None:
        if not found.lacking:
            enough = tr("The key may do everything payment links need.")
            self.body.addWidget(_note("check-circle", "pill.ok.fg", enough))
        else:
            card = Card(tr("Rows to tick"))
            lacking = label(found.lacking, "text2")
            lacking.setWordWrap(True)
            card.body.addWidget(lacking)
            for line in found.permissions:
                if line.is_lacking:
                    card.body.addWidget(PermissionRowWidget(line))
            buttons = row()
            url = self._keys_url(found.livemode)
            buttons.addWidget(
                Button(
                    tr("Open the key at Stripe"),
                    icon="external",
                    on_click=lambda: QDesktopServices.openUrl(QUrl(url)),
                )
            )
            buttons.addWidget(Button(tr("Check again"), icon="refresh", on_click=self._check_again))
            buttons.addStretch(1)
            card.body.addLayout(buttons)
            self.body.addWidget(card)
        without = [line for line in found.permissions if _is_left_out(line)]
        if without:
            names = ", ".join(f"“{line.row.name}: {line.row.level}”" for line in without)
            self.say(
                tr("Not ticked and not needed for payment links: {rows}.").format(rows=names),
                "meta",
            )

    def _show_change(self, found: KeyFindings) -> None:
        if found.change is AccountChange.SAME:
            self.say(
                tr(
                    "BillDesk is connected to this account already. With this key it goes on where "
                    "it stopped."
                )
            )
            return
        if found.change is AccountChange.FIRST:
            return
        old = found.old_account or tr("another account")
        if found.change is AccountChange.OTHER_MODE and found.livemode:
            self.say(tr("Until now this company was in test mode. From now on money is real."))
        elif found.change is AccountChange.OTHER_MODE:
            self.say(tr("Until now this company was live. Payments in test mode are no money."))
        else:
            self.say(tr("Connected until now: {account}.").format(account=old))
        if found.old_links:
            self._ask_about_links(found)

    def _ask_about_links(self, found: KeyFindings) -> None:
        place = tr("the old account")
        if found.change is AccountChange.OTHER_MODE:
            place = tr("test mode") if found.livemode else tr("live mode")
        question = (
            tr("One open link of {place}: switch it off first?")
            if found.old_links == 1
            else tr("{count} open links of {place}: switch them off first?")
        ).format(count=found.old_links, place=place)
        card = Card()
        card.setAccessibleName(question)
        asked = label(question, "section")
        asked.setWordWrap(True)
        card.body.addWidget(asked)
        self.switch_off = QRadioButton(tr("Switch them off and make new ones here"))
        self.leave = QRadioButton(tr("Leave them payable"))
        group = QButtonGroup(card)
        group.addButton(self.switch_off)
        group.addButton(self.leave)
        self.switch_off.setChecked(True)
        for button, consequence in (
            (
                self.switch_off,
                tr(
                    "The old key is kept until that is done. Customers who were sent the old link "
                    "need the invoice again."
                ),
            ),
            (
                self.leave,
                tr("BillDesk does not see what is paid on them as long as it uses this key."),
            ),
        ):
            note = label(consequence, "meta")
            note.setWordWrap(True)
            note.setContentsMargins(26, 0, 0, 4)
            button.setAccessibleDescription(consequence)
            card.body.addWidget(button)
            card.body.addWidget(note)
        self.body.addWidget(card)


def _is_left_out(line: PermissionLine) -> bool:
    return line.state is PermissionState.MISSING and not line.is_lacking


def _account(found: KeyFindings) -> QWidget:
    """The mode, whose account it is, and the key as it may be shown."""
    card = Card()
    if found.livemode:
        pill = Pill(tr("LIVE: real money"), "ok")
    else:
        pill = Pill(tr("TEST: no real money"), "warn")
    head = row(spacing=10)
    head.addWidget(pill)
    head.addStretch(1)
    head.addWidget(label(found.masked_key, "meta"))
    card.body.addLayout(head)
    if found.account_name:
        card.body.addWidget(label(found.account_name, "section"))
    number = found.account_number or tr(
        "This key may not read which account it belongs to. BillDesk knows it by its links."
    )
    text = label(number, "text2")
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    card.body.addWidget(text)
    return card


def _note(icon: str, color: str, sentence: str) -> QWidget:
    made = QWidget()
    made.setAccessibleName(sentence)
    line = row(made, spacing=8)
    line.addWidget(IconLabel(icon, color, 16), 0, Qt.AlignmentFlag.AlignTop)
    text = label(sentence, "text2")
    text.setWordWrap(True)
    texts = column()
    texts.addWidget(text)
    line.addLayout(texts, 1)
    return made
