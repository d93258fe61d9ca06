"""A passphrase for the backups, kept in the keychain of this computer."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.services.backups import BackupService, BackupSettings
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.dialog import confirm
from billdesk.ui.widgets.field import text_field
from billdesk.ui.widgets.pill import Pill


class BackupLock(Card):
    """``changed`` when backups are locked another way from now on."""

    changed = Signal()

    def __init__(self, desk: Desk, backups: BackupService) -> None:
        super().__init__(tr("Passphrase"))
        self._desk = desk
        self._backups = backups
        self._locked = False
        self._entering = False
        self.pill = Pill()
        self.note = label("", "meta")
        self.note.setWordWrap(True)
        self.form = Form()
        first, self.first = text_field(tr("Passphrase"))
        second, self.second = text_field(tr("Once more"))
        for edit in (self.first, self.second):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.form.line(("passphrase", first, 1), ("again", second, 1))
        self.lock_button = Button(tr("Lock backups"), "primary", on_click=self.lock)
        self.change_button = Button(tr("Use another passphrase"), "ghost", on_click=self._enter)
        self.open_button = Button(tr("Stop locking"), on_click=self._ask_to_stop)
        self._progress = label(tr("Making the key…"), "meta")
        self._assemble()

    def show_settings(self, settings: BackupSettings) -> None:
        """Show whether backups are locked."""
        self._locked = settings.key is not None
        self._entering = False
        self._show()

    def lock(self) -> None:
        """Lock backups with what was typed; what is wrong with it stands beside it."""
        if self.first.text() != self.second.text():
            self.form.show_problem(tr("This differs from the first."), "again")
            return
        self.lock_button.setEnabled(False)
        reply = self._desk.lanes.net(partial(self._backups.set_passphrase, self.first.text()))
        reply.becameSlow.connect(self._progress.show)
        reply.then(self._stored, self._failed)

    def _stored(self, _none: object) -> None:
        # The passphrase leaves the window as soon as it is kept elsewhere.
        self.first.clear()
        self.second.clear()
        self._end_progress()
        self.form.show_problem("")
        self.changed.emit()

    def _failed(self, error: object) -> None:
        self._end_progress()
        self.form.show_error(error, self._desk.report)

    def _end_progress(self) -> None:
        self._progress.hide()
        self.lock_button.setEnabled(True)

    def _enter(self) -> None:
        self._entering = True
        self._show()
        self.first.setFocus()

    def _ask_to_stop(self) -> None:
        confirm(
            self,
            tr("Stop locking backups?"),
            tr(
                "New backups can be read by anybody who gets hold of them. Those made before stay "
                "locked with their passphrase."
            ),
            tr("Stop locking"),
            self._stop,
            danger=True,
        )

    def _stop(self) -> None:
        self._desk.lanes.net(self._backups.remove_passphrase).then(
            self._stored, self._failed, owner=self
        )

    def _show(self) -> None:
        entering = self._entering or not self._locked
        if self._locked:
            self.pill.set_state(tr("Locked"), "ok")
            self.note.setText(
                tr(
                    "Write the passphrase down and keep it elsewhere: without it nobody can open "
                    "these backups. Making them needs none; to restore, this computer's keychain "
                    "gives it, or you type it."
                )
            )
        else:
            self.pill.set_state(tr("Not locked"), "neutral")
            self.note.setText(
                tr(
                    "With a passphrase nobody else can read your backups, in the cloud or on a "
                    "lost disk. Backups made before stay as they are."
                )
            )
        self._entry.setVisible(entering)
        self.change_button.setVisible(self._locked and not entering)
        self.open_button.setVisible(self._locked)

    def _assemble(self) -> None:
        state = row(spacing=10)
        state.addWidget(self.pill)
        state.addStretch(1)
        state.addWidget(self.change_button)
        state.addWidget(self.open_button)
        self.body.addLayout(state)
        self.body.addWidget(self.note)
        self._entry = QWidget(self)
        entry = row(spacing=10)
        entry.addWidget(self.lock_button)
        entry.addWidget(self._progress)
        entry.addStretch(1)
        self.form.body.addLayout(entry)
        holder = row(self._entry)
        holder.addWidget(self.form)
        self.body.addWidget(self._entry)
        self._progress.hide()
        self.second.returnPressed.connect(self.lock)
