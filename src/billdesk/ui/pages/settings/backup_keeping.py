"""Where backups go and how long they are kept."""

from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from billdesk.core.domain.backups import Retention
from billdesk.core.domain.errors import UserError
from billdesk.core.services.backups import BackupService, BackupSettings
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field


class BackupKeeping(Card):
    """``changed`` when something was stored."""

    changed = Signal()

    def __init__(self, desk: Desk, backups: BackupService) -> None:
        super().__init__(tr("Place and time"))
        self._desk = desk
        self._backups = backups
        self.place = label("", "text")
        self.place.setWordWrap(True)
        self.choose_button = Button(tr("Choose folder…"), on_click=self._ask_folder)
        self.usual_button = Button(
            tr("Beside the books"), "ghost", on_click=lambda: self.choose(None)
        )
        self.form = Form()
        self.days = CountEdit(desk.formats, minimum=1)
        self.weeks = CountEdit(desk.formats)
        self.months = CountEdit(desk.formats)
        self.keep_button = Button(tr("Save"), on_click=self.save)
        self._assemble()

    def show_settings(self, settings: BackupSettings, folder: Path) -> None:
        """Show what is stored."""
        self.place.setText(str(folder))
        self.usual_button.setVisible(settings.folder is not None)
        keep = settings.keep

        def fill() -> None:
            self.days.set_value(Decimal(keep.days))
            self.weeks.set_value(Decimal(keep.weeks))
            self.months.set_value(Decimal(keep.months))

        self.form.fill(fill)
        self.keep_button.setEnabled(False)

    def choose(self, folder: Path | None) -> None:
        """Put backups there from now on."""
        self._store(partial(self._backups.choose_folder, folder))

    def save(self) -> None:
        """Keep backups for as long as the fields say."""
        if self.form.entry_problem():
            return
        try:
            keep = Retention(
                int(self.days.value or 0), int(self.weeks.value or 0), int(self.months.value or 0)
            )
        except UserError as error:
            self.form.show_problem(str(error), error.field)
            return
        self._store(partial(self._backups.keep_for, keep))

    def _store(self, work: "partial[None]") -> None:
        self._desk.lanes.net(work).then(
            self._stored,
            lambda error: self.form.show_error(error, self._desk.report),
            owner=self,
        )

    def _stored(self, _none: object) -> None:
        self.form.show_problem("")
        self.changed.emit()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder for backups"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.fileSelected.connect(lambda chosen: self.choose(Path(chosen)))
        dialog.open()

    def _assemble(self) -> None:
        self.body.addWidget(self.place)
        buttons = row(spacing=8)
        buttons.addWidget(self.choose_button)
        buttons.addWidget(self.usual_button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        note = label(
            tr(
                "A disk you take away, or a folder that a cloud program copies, saves the books "
                "from fire and theft as well. The stored PDFs are copied there too."
            ),
            "meta",
        )
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.form.line(
            ("days", Field(tr("Days with all backups"), self.days), 1),
            ("weeks", Field(tr("Weeks with one each"), self.weeks), 1),
            ("months", Field(tr("Months with one each"), self.months), 1),
        )
        self.form.edited.connect(lambda: self.keep_button.setEnabled(True))
        self.body.addWidget(self.form)
        across = row()
        across.addWidget(self.keep_button)
        across.addStretch(1)
        self.body.addLayout(across)
