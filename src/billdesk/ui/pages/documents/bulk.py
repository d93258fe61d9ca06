"""One action on many documents: one transaction each, with what did not work told by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.queries.documents import DocumentRow
from billdesk.ui.desk import Desk
from billdesk.ui.tasks import Reply
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.dialog import Dialog

Submit = Callable[[Callable[[], object]], Reply]


@dataclass
class BulkResult:
    """What came of each document; results of the action, and sentences where it failed."""

    done: list[tuple[DocumentRow, Any]] = field(default_factory=list)
    failed: list[tuple[DocumentRow, str]] = field(default_factory=list)


class BulkRun(QObject):
    """Runs an action on rows, one after the other, so that other work gets its turn between.

    ``progressed(done, of)`` after each, ``finished(BulkResult)`` at the end.
    """

    progressed = Signal(int, int)
    finished = Signal(object)

    def __init__(
        self,
        desk: Desk,
        submit: Submit,
        action: Callable[[DocumentRow], object],
        rows: Sequence[DocumentRow],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._submit = submit
        self._action = action
        self._waiting = list(rows)
        self._count = len(rows)
        self._result = BulkResult()

    def start(self) -> None:
        """Begin with the first row."""
        self._next()

    def _next(self) -> None:
        self.progressed.emit(self._count - len(self._waiting), self._count)
        if not self._waiting:
            self.finished.emit(self._result)
            self.deleteLater()
            return
        current = self._waiting.pop(0)
        self._submit(partial(self._action, current)).then(
            lambda result: self._succeeded(current, result),
            lambda error: self._failed(current, error),
            owner=self,
        )

    def _succeeded(self, current: DocumentRow, result: object) -> None:
        self._result.done.append((current, result))
        self._next()

    def _failed(self, current: DocumentRow, error: object) -> None:
        if not isinstance(error, BillDeskError | OSError):
            self._desk.report(error)
        self._result.failed.append((current, str(error)))
        self._next()


class BulkFailures(Dialog):
    """Which documents were left as they are, and why."""

    def __init__(self, title: str, failed: Sequence[tuple[DocumentRow, str]], parent: QWidget):
        super().__init__(title, tr("Close"), parent=parent)
        self.cancel_button.hide()
        rows = QWidget()
        rows.setObjectName("scrolled")
        lines = column(rows, spacing=8)
        for document, reason in failed:
            line = row(spacing=12)
            name = label(document.number or document.customer_name or tr("Draft"), "strong")
            name.setMinimumWidth(112)
            words = label(reason, "text2")
            words.setWordWrap(True)
            line.addWidget(name)
            line.addWidget(words, 1)
            lines.addLayout(line)
        lines.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(rows)
        area.setMinimumHeight(min(280, 36 * len(failed) + 16))
        self.body.addWidget(area)
