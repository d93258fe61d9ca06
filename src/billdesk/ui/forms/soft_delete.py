"""Delete at once, with Undo instead of a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from billdesk.ui.desk import Desk
from billdesk.ui.text import tr

UNDO_MS = 10_000


@dataclass(frozen=True)
class Named:
    """A record to delete, with what people call it."""

    id: int
    name: str


class SoftDelete(QObject):
    """Deletes records that can be restored; the notice offers to bring them back."""

    deleted = Signal()
    restored = Signal()

    def __init__(
        self,
        desk: Desk,
        delete: Callable[[int], object],
        restore: Callable[[int], object],
        summary: Callable[[int], str],
        parent: QObject,
    ) -> None:
        """``summary`` names several: ``lambda n: "3 customers"``."""
        super().__init__(parent)
        self._desk = desk
        self._delete = delete
        self._restore = restore
        self._summary = summary

    def delete(self, records: Sequence[Named]) -> None:
        """Delete them; Undo stands on the notice for ten seconds."""
        self._run(self._delete, records, lambda: self._tell_deleted(records))

    def restore(self, records: Sequence[Named]) -> None:
        """Bring deleted ones back."""
        self._run(self._restore, records, lambda: self._tell_restored(records))

    def _run(
        self,
        work: Callable[[int], object],
        records: Sequence[Named],
        done: Callable[[], object],
    ) -> None:
        def all_of_them() -> None:
            for record in records:
                work(record.id)

        if records:
            self._desk.lanes.write(all_of_them).then(
                lambda _none: done(), self._desk.report, owner=self
            )

    def _tell_deleted(self, records: Sequence[Named]) -> None:
        self._desk.window.toasts.show(
            tr("{what} deleted.").format(what=self._name(records)),
            action=tr("Undo"),
            on_action=lambda: self.restore(records),
            duration_ms=UNDO_MS,
        )
        self.deleted.emit()

    def _tell_restored(self, records: Sequence[Named]) -> None:
        self._desk.window.toasts.show(tr("{what} is back.").format(what=self._name(records)))
        self.restored.emit()

    def _name(self, records: Sequence[Named]) -> str:
        return records[0].name if len(records) == 1 else self._summary(len(records))
