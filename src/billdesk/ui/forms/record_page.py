"""A page with one record in a form: read, changed, saved, deleted and brought back."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.errors import BillDeskError, StaleVersion
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.soft_delete import Named, SoftDelete
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.buttons import Button, IconButton

NEW = "new"
"""The page's argument for a record that does not exist yet."""


@dataclass(frozen=True)
class RecordWords:
    """What the page calls its records; ``prefix`` begins the names of its commands."""

    prefix: str
    section: str
    new_title: str
    save: str
    delete: str


@dataclass(frozen=True)
class _Kept:
    """What was typed but could not be saved when the page was left."""

    version: int
    values: Any


class RecordPage(Page):
    """``show_argument``: a record's id, or ``NEW``.

    Saved with Ctrl+S and on leaving. What cannot be saved is kept and shown again when the
    record is next opened: nothing typed is lost while BillDesk runs.
    """

    def __init__(self, desk: Desk, words: RecordWords, parent: QWidget | None = None) -> None:
        super().__init__(words.new_title, parent)
        self.desk = desk
        self.words = words
        self.form = Form()
        self.row: Any = None
        self._id: int | None = None
        self._version = 0
        self._original: Any = None
        self._visit = 0
        self._saving = False
        self._takes_version = False
        self._saved_at: datetime | None = None
        self._kept: dict[int | None, _Kept] = {}
        self.deletion = self.make_deletion()
        self.deletion.deleted.connect(self.backRequested)
        self._status = label("", "meta")
        commands = desk.window.commands
        for name, title, keys, handler, enabled, icon in (
            ("save", words.save, ("Ctrl+S",), self.save, self._can_save, "check"),
            ("discard", tr("Discard changes"), (), self.discard, self._is_dirty, "undo"),
            ("delete", words.delete, (), self._delete, self._can_delete, "trash"),
            ("restore", tr("Restore"), (), self._restore, self._can_restore, "undo"),
        ):
            commands.add(
                Command(
                    f"{words.prefix}.{name}",
                    title,
                    words.section,
                    handler,
                    keys,
                    enabled=enabled,
                    scope=self,
                    icon=icon,
                )
            )
        self._save_button = Button.for_action(commands.action(f"{words.prefix}.save"), "primary")
        self._discard_button = Button.for_action(commands.action(f"{words.prefix}.discard"))
        self._restore_button = Button.for_action(commands.action(f"{words.prefix}.restore"))
        self._delete_button = IconButton("trash", words.delete, on_click=self._delete)
        self.form.edited.connect(self._edited)

    # What a subclass says

    @abstractmethod
    def make_deletion(self) -> SoftDelete:
        """How its records are deleted and restored."""

    @abstractmethod
    def read(self, record_id: int) -> Any:
        """The record; called in a lane. Raises ``NotFound``."""

    @abstractmethod
    def fill(self, row: Any | None) -> None:
        """Show a record in the form, or an empty one."""

    @abstractmethod
    def fill_values(self, values: Any) -> None:
        """Show what was typed before."""

    @abstractmethod
    def collect(self) -> Any:
        """What the form says, as the service takes it."""

    @abstractmethod
    def create_record(self, values: Any) -> int:
        """Add it; called in a lane. Returns the id."""

    @abstractmethod
    def update_record(self, record_id: int, version: int, values: Any) -> None:
        """Change it; called in a lane."""

    @abstractmethod
    def name_of(self, values: Any) -> str:
        """What people call it."""

    def shown(self) -> None:
        """Another record came into the form, or it was saved."""

    # What the window asks

    @property
    def record_id(self) -> int | None:
        """The record on show; None while it is new."""
        return self._id

    def show_argument(self, argument: object) -> None:
        self._visit += 1
        self._saving = self._takes_version = False
        self._id = argument if isinstance(argument, int) else None
        self.row = None
        self._saved_at = None
        self._version = 0
        self.form.setEnabled(self._id is None)
        self.form.fill(partial(self.fill, None))
        self._original = self.collect()
        self.set_title(self.words.new_title if self._id is None else "…")
        kept = self._kept.pop(None, None) if self._id is None else None
        if kept is not None:
            self.form.fill(partial(self.fill_values, kept.values))
        if self._id is not None:
            self.mark_stale()
        self.shown()
        self._show_state()

    def refresh(self) -> None:
        if self._id is not None:
            visit = self._visit
            self.desk.lanes.read(partial(self.read, self._id)).then(
                lambda row: self._loaded(visit, row), self._not_loaded, owner=self
            )

    def deactivated(self) -> None:
        super().deactivated()
        if self._is_dirty() and not self._saving:
            self._save(leaving=True)

    def topbar_status(self) -> QWidget | None:
        return self._status

    def topbar_actions(self) -> list[QWidget]:
        if self._can_restore():
            return [self._restore_button]
        if self._id is None:
            return [self._save_button]
        return [self._delete_button, self._discard_button, self._save_button]

    # What people do

    def save(self) -> None:
        """Save what the form says, or show what is wrong beside its field."""
        if self._can_save() and not self.form.entry_problem():
            self._save(leaving=False)

    def discard(self) -> None:
        """Show the record as it is stored."""
        if self.row is not None:
            self._version = self.row.version
            self.form.fill(partial(self.fill, self.row))
        else:
            self.form.fill(partial(self.fill, None))
        self._original = self.collect()
        self._show_state()

    # Inside

    def _save(self, *, leaving: bool) -> None:
        values, visit, record_id = self.collect(), self._visit, self._id
        kept = _Kept(self._version, values)
        self._saving = not leaving
        if record_id is None:
            reply = self.desk.lanes.write(partial(self.create_record, values))
        else:
            reply = self.desk.lanes.write(
                partial(self.update_record, record_id, self._version, values)
            )
        if leaving:
            # The next visit starts from what is stored, unless this fails.
            self._original = values
            reply.then(
                lambda _id: self._left_saved(values),
                lambda error: self._left_unsaved(record_id, kept, error),
                owner=self,
            )
        else:
            reply.then(
                lambda new_id: self._saved(visit, values, new_id),
                lambda error: self._failed(visit, record_id, kept, error),
                owner=self,
            )
        self._show_state()

    def _saved(self, visit: int, values: Any, new_id: int | None) -> None:
        if visit != self._visit:
            self._left_saved(values)
            return
        self._saving = False
        if self._id is None and new_id is not None:
            self._id = new_id
            self.topbarChanged.emit()
        self._original = values
        self._saved_at = datetime.now(UTC)
        self._takes_version = True
        self.form.show_problem("")
        self.refresh()
        self._show_state()

    def _failed(self, visit: int, record_id: int | None, kept: _Kept, error: object) -> None:
        if visit == self._visit:
            self._saving = False
        if visit != self._visit or not self.is_active:
            # Left while it was being saved.
            self._left_unsaved(record_id, kept, error)
            return
        if isinstance(error, StaleVersion):
            self._takes_version = True
            self.refresh()
            self.form.show_problem(
                tr(
                    "Somebody else changed this meanwhile. Your entries are still here: save "
                    "again to put them in place of theirs, or discard yours to see theirs."
                )
            )
        else:
            self.form.show_error(error, self.desk.report)
        self._show_state()

    def _left_saved(self, values: Any) -> None:
        self.desk.window.toasts.show(
            tr("{name} saved.").format(name=self.name_of(values)), icon="check"
        )

    def _left_unsaved(self, record_id: int | None, kept: _Kept, error: object) -> None:
        if not isinstance(error, BillDeskError):
            self.desk.report(error)
            return
        self._kept[record_id] = kept
        self.desk.window.toasts.show_error(
            tr("{name} is not saved yet: {reason}").format(
                name=self.name_of(kept.values) or self.words.new_title, reason=error
            ),
            action=tr("Show"),
            on_action=partial(self.navigationRequested.emit, self.words.prefix, record_id or NEW),
        )

    def _loaded(self, visit: int, row: Any) -> None:
        if visit != self._visit or self._saving:
            return
        first = self.row is None
        dirty = not first and self._is_dirty()
        self.row = row
        if first or self._takes_version or not dirty:
            self._version = row.version
        self._takes_version = False
        if not dirty:
            self.form.fill(partial(self.fill, row))
            self._original = self.collect()
        kept = self._kept.pop(self._id, None) if first else None
        if kept is not None:
            self._version = kept.version
            self.form.fill(partial(self.fill_values, kept.values))
        self.form.setEnabled(not row.deleted)
        self.set_title(row.name)
        self.shown()
        self.topbarChanged.emit()
        self._show_state()
        if first and self.is_active and (focus := self.first_focus()) is not None:
            focus.setFocus()

    def _not_loaded(self, error: object) -> None:
        self.desk.report(error)
        self.backRequested.emit()

    def _delete(self) -> None:
        if self.row is not None and self._id is not None:
            # Not to be saved on leaving: it is on its way out.
            self._original = self.collect()
            self.deletion.delete([Named(self._id, self.row.name)])

    def _restore(self) -> None:
        if self.row is not None and self._id is not None:
            self.deletion.restore([Named(self._id, self.row.name)])

    def _edited(self) -> None:
        self._show_state()

    def _is_dirty(self) -> bool:
        return self.form.isEnabled() and self.collect() != self._original

    def _can_save(self) -> bool:
        return self.form.isEnabled() and not self._saving and self._is_dirty()

    def _can_delete(self) -> bool:
        return self.row is not None and not self.row.deleted

    def _can_restore(self) -> bool:
        return self.row is not None and bool(self.row.deleted)

    def _show_state(self) -> None:
        if self._can_restore():
            text = tr("Deleted")
        elif self._saving:
            text = tr("Saving…")
        elif self._is_dirty():
            text = tr("Not saved yet")
        elif self._saved_at is not None:
            text = tr("Saved {time}").format(time=self.desk.formats.time(self._saved_at))
        else:
            text = ""
        self._status.setText(text)
        self.desk.window.commands.refresh()
