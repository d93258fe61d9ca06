"""Backup: the list of backups, a new one, a restore; where, how long and how locked."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.backups import BackupReason
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.backups import BackupRow, BackupSettings
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.backup_keeping import BackupKeeping
from billdesk.ui.pages.settings.backup_lock import BackupLock
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.restore_dialog import RestoreDialog, ask_backup
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


@dataclass(frozen=True)
class BackupState:
    """What the section shows, read in one go."""

    settings: BackupSettings
    folder: Path
    rows: tuple[BackupRow, ...]


def reason_name(reason: BackupReason) -> str:
    """Why a backup was made, in plain words."""
    return {
        BackupReason.DAILY: tr("Daily"),
        BackupReason.CLOSE: tr("At closing"),
        BackupReason.DEMAND: tr("Asked for"),
        BackupReason.BEFORE: tr("Before an update"),
    }[reason]


class BackupSection(Section):
    """Acts at once; everything that touches files runs in a lane."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Backup"),
            tr(
                "Your books are copied once a day and when BillDesk closes, if something has "
                "changed. Each copy is checked before it counts."
            ),
        )
        self._safety = desk.app.safety
        self.model: RowsModel[BackupRow] = RowsModel(self._columns(), lambda row: row.file)
        self.table = TableView(self.model, tr("Backups"), compact=True)
        self._empty = EmptyState("download", tr("No backups yet."))
        self.make_button = Button(tr("Back up now"), "primary", icon="download")
        self.restore_button = Button(tr("Restore…"), icon="undo", on_click=self._restore_selected)
        self.file_button = Button(tr("Restore another file…"), on_click=self._ask_file)
        self.status = label("", "meta")
        self.status.setWordWrap(True)
        if self._safety is None or desk.app.is_practice:
            self._assemble_without()
            return
        self.make_button.clicked.connect(self._make)
        self.keeping = BackupKeeping(desk, self._safety.backups)
        self.lock = BackupLock(desk, self._safety.backups)
        self.keeping.changed.connect(self.reload)
        self.lock.changed.connect(self.reload)
        self.table.selectionChangedTo.connect(self._selection_changed)
        self.table.rowOpened.connect(self._open_restore)
        self._assemble()
        self.reload()

    def first_focus(self) -> QWidget | None:
        return self.make_button

    def show_company(self, company: CompanyInfo) -> None:
        self.reload()

    def reload(self) -> None:
        """Read settings and backups again."""
        if self._safety is None or self.desk.app.is_practice:
            return
        backups = self._safety.backups

        def read() -> BackupState:
            return BackupState(backups.settings(), backups.folder(), backups.rows())

        self.desk.lanes.net(read).then(self._show, self._failed, owner=self)

    # Inside

    def _show(self, state: BackupState) -> None:
        self.model.set_rows(state.rows)
        if state.rows and not self.table.selected_rows():
            self.table.selectRow(0)
        self._selection_changed(self.table.selected_rows())
        self.keeping.show_settings(state.settings, state.folder)
        self.lock.show_settings(state.settings)

    def _make(self) -> None:
        if self._safety is None:
            return
        self.make_button.setEnabled(False)
        self._say(tr("Backing up…"))
        self.desk.lanes.net(self._safety.backups.make).then(self._made, self._failed, owner=self)

    def _made(self, made: BackupRow) -> None:
        self.make_button.setEnabled(True)
        self.make_button.setFocus()
        self._say(tr("Backed up to {file}.").format(file=made.file))
        self.reload()

    def _failed(self, error: object) -> None:
        self.make_button.setEnabled(True)
        if isinstance(error, BillDeskError):
            self._say(str(error), "bad")
        else:
            self.desk.report(error)

    def _say(self, text: str, tone: str = "") -> None:
        self.status.setText(text)
        self.status.setProperty("tone", tone)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setVisible(bool(text))

    def _selection_changed(self, rows: list[BackupRow]) -> None:
        self.restore_button.setEnabled(len(rows) == 1 and self.desk.restore is not None)

    def _restore_selected(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self._open_restore(rows[0])

    def _open_restore(self, chosen: BackupRow) -> None:
        self._open_file(chosen.file)

    def _ask_file(self) -> None:
        if self._safety is not None:
            ask_backup(self, None, self._open_file)

    def _open_file(self, file: Path) -> None:
        if self._safety is not None:
            RestoreDialog(self.desk, self._safety, file, self).open()

    def _columns(self) -> list[Column[BackupRow]]:
        return [
            Column(
                "made",
                tr("Made"),
                self._made_at,
                CellKind.STRONG,
                width=160,
            ),
            Column("reason", tr("Why"), lambda row: reason_name(row.reason), CellKind.MUTED, 130),
            Column("contents", tr("Holds"), self._contents, width=150, stretch=True, tone=_tone),
            Column(
                "size",
                tr("Size"),
                lambda row: self.desk.formats.file_size(row.size_bytes),
                CellKind.AMOUNT,
                width=90,
            ),
        ]

    def _made_at(self, backup: BackupRow) -> str:
        formats = self.desk.formats
        day = formats.date(backup.made_at.astimezone(formats.zone).date())
        return f"{day}, {formats.time(backup.made_at)}"

    def _contents(self, backup: BackupRow) -> str:
        if backup.summary is None:
            return backup.problem
        count = trn("{count} document", "{count} documents", backup.summary.documents)
        return f"{count} · {tr('locked')}" if backup.locked else count

    def _assemble(self) -> None:
        self.table.set_empty_widget(self._empty)
        self.table.setMinimumHeight(current_theme().px(240))
        card = Card(padding=1)
        card.body.setSpacing(0)
        card.body.addWidget(self.table)
        self.body.addWidget(card)
        buttons = row(spacing=8)
        for button in (self.make_button, self.restore_button, self.file_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.body.addWidget(self.status)
        self._say("")
        self.body.addWidget(self.keeping)
        self.body.addWidget(self.lock)

    def _assemble_without(self) -> None:
        card = self.card()
        text = label(
            tr("The practice company is not backed up; it can be made anew at any time.")
            if self.desk.app.is_practice
            else tr(
                "These books are on a database server. Backing it up is the server's business "
                "(pg_dump, or what its host offers)."
            ),
            "text2",
        )
        text.setWordWrap(True)
        card.body.addWidget(text)
        # Not placed, and nobody else owns them.
        for unused in (self.table, self.make_button, self.restore_button, self.file_button):
            unused.setParent(self)
            unused.hide()
        self.status.hide()


def _tone(backup: BackupRow) -> str | None:
    return "pill.bad.fg" if backup.summary is None else None
