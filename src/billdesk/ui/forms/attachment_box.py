"""Files attached to a document or a customer: add, open, save, take off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.file_names import harmless_file_name
from billdesk.core.queries.attachments import AttachmentRow
from billdesk.core.services.attachments import LARGEST_FILE, AttachmentInput
from billdesk.ui.desk import Desk
from billdesk.ui.files import ask_files, ask_save_path, open_file, write_file, write_temporary
from billdesk.ui.forms.soft_delete import UNDO_MS
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.field import IconLabel


@dataclass(frozen=True)
class AttachmentStore:
    """Where the files of a kind of owner are read and added, by the owner's id.

    ``are_mailed``: whether they can be sent along.
    """

    read: Callable[[int], tuple[AttachmentRow, ...]]
    add: Callable[[int, AttachmentInput], int]
    are_mailed: bool = False


def document_files(desk: Desk) -> AttachmentStore:
    """The files of documents."""
    app = desk.app
    return AttachmentStore(app.queries.attachments, app.attachments.add, are_mailed=True)


def customer_files(desk: Desk) -> AttachmentStore:
    """The files of customers."""
    return AttachmentStore(
        desk.app.queries.customer_attachments, desk.app.attachments.add_to_customer
    )


class AttachmentBox(QWidget):
    """One line per file; files can be dropped here. ``countChanged`` when there are others."""

    countChanged = Signal(int)

    def __init__(self, desk: Desk, store: AttachmentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._store = store
        self._owner_id: int | None = None
        self._rows: tuple[AttachmentRow, ...] = ()
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Files"))
        self._lines = column(spacing=8)
        self._empty = label(tr("No files. You can drop some here."), "meta")
        self.add_button = Button(tr("Add file…"), "link", icon="paperclip", on_click=self.ask)
        layout = column(self, spacing=6)
        layout.addLayout(self._lines)
        layout.addWidget(self._empty)
        foot = row()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        layout.addLayout(foot)

    @property
    def rows(self) -> tuple[AttachmentRow, ...]:
        """The files on show."""
        return self._rows

    def set_owner(self, owner_id: int | None) -> None:
        """Show the files of another document or customer; ``None``: it is not stored yet."""
        if owner_id != self._owner_id:
            self._owner_id = owner_id
            self._show(())
        self.refresh()

    def refresh(self) -> None:
        """Read the files again."""
        owner_id = self._owner_id
        if owner_id is not None:
            self._desk.lanes.read(partial(self._store.read, owner_id)).then(
                lambda rows: self._show(rows) if owner_id == self._owner_id else None,
                self._desk.report,
                owner=self,
            )

    def ask(self) -> None:
        """Ask for files and add them."""
        if self._owner_id is not None:
            ask_files(self, tr("Attach files"), self.add_files)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Read files in a lane and add them; what cannot be added is told."""
        owner_id, add = self._owner_id, self._store.add
        if owner_id is None:
            return

        def work() -> None:
            for path in paths:
                add(owner_id, AttachmentInput(path.name, _read(path)))

        self._desk.lanes.write(work).then(lambda _none: self.refresh(), self._not_added, owner=self)

    # Qt's side

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._owner_id is not None and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            event.acceptProposedAction()
            self.add_files([Path(one) for one in local])

    # Inside

    def _show(self, rows: tuple[AttachmentRow, ...]) -> None:
        changed = len(rows) != len(self._rows)
        self._rows = rows
        clear_layout(self._lines)
        for one in rows:
            self._lines.addWidget(self._line(one))
        self._empty.setVisible(not rows)
        if changed:
            self.countChanged.emit(len(rows))

    def _line(self, one: AttachmentRow) -> QWidget:
        line = QWidget()
        across = row(line, spacing=6)
        texts = column(spacing=0)
        texts.addWidget(ElidedLabel(one.name))
        formats = self._desk.formats
        day = formats.date(one.added_at.astimezone(formats.zone).date())
        texts.addWidget(label(f"{formats.file_size(one.size)} · {day}", "meta"))
        across.addWidget(IconLabel("paperclip", "muted", 16))
        across.addLayout(texts, 1)
        if self._store.are_mailed:
            along = QCheckBox(tr("Send along"))
            along.setAccessibleName(tr("Send {name} along with mails").format(name=one.name))
            along.setChecked(one.with_mail)
            along.toggled.connect(partial(self._set_with_mail, one.id))
            across.addWidget(along)
        for icon, title, handler in (
            ("eye", tr("Open {name}"), self._open),
            ("download", tr("Save {name} as…"), self._save),
            ("trash", tr("Take {name} off"), self._remove),
        ):
            across.addWidget(
                IconButton(icon, title.format(name=one.name), on_click=partial(handler, one))
            )
        return line

    def _set_with_mail(self, attachment_id: int, wanted: bool) -> None:
        work = partial(self._desk.app.attachments.set_with_mail, attachment_id, with_mail=wanted)
        self._desk.lanes.write(work).then(_ignore, self._failed, owner=self)

    def _remove(self, one: AttachmentRow) -> None:
        files = self._desk.app.attachments

        def told(_none: object) -> None:
            self._desk.window.toasts.show(
                tr("{name} is taken off.").format(name=one.name),
                action=tr("Undo"),
                on_action=undo,
                duration_ms=UNDO_MS,
            )
            self.refresh()

        def undo() -> None:
            self._desk.lanes.write(partial(files.restore, one.id)).then(
                lambda _none: self.refresh(), self._desk.report, owner=self
            )

        self._desk.lanes.write(partial(files.remove, one.id)).then(told, self._failed, owner=self)

    def _open(self, one: AttachmentRow) -> None:
        data = self._desk.app.attachments.data
        self._desk.lanes.read(lambda: write_temporary(one.name, data(one.id))).then(
            self._opened, self._desk.report, owner=self
        )

    def _opened(self, path: Path) -> None:
        if not open_file(path):
            self._desk.window.toasts.show_error(
                tr("No program is set up to open {name}.").format(name=path.name)
            )

    def _save(self, one: AttachmentRow) -> None:
        def save(path: Path) -> None:
            data = self._desk.app.attachments.data
            self._desk.lanes.read(lambda: write_file(path, data(one.id))).then(
                self._saved, self._desk.report, owner=self
            )

        name = harmless_file_name(one.name)
        ask_save_path(self, tr("Save file"), name, tr("Any file (*)"), save)

    def _saved(self, path: Path) -> None:
        self._desk.window.toasts.show(tr("Saved as {name}.").format(name=path.name))

    def _not_added(self, error: object) -> None:
        # Those before it were added.
        self.refresh()
        self._desk.report(error)

    def _failed(self, error: object) -> None:
        self._show(self._rows)
        self._desk.report(error)


def _read(path: Path) -> bytes:
    """The bytes; a file that is too large is refused before it is read."""
    if path.stat().st_size > LARGEST_FILE:
        raise BillDeskError(
            tr("“{name}” is larger than {size} MB.").format(
                name=path.name, size=LARGEST_FILE // 1_000_000
            )
        )
    return path.read_bytes()


def _ignore(_result: object) -> None:
    """What is on show was changed by hand already."""
