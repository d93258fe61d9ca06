"""Reads a list page by page; the newest question wins, what is on screen stays in place."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.ui.tasks import Lanes, Latest
from billdesk.ui.widgets.rows_model import RowsModel

SEARCH_MS = 120
# As many rows as are read again at once after a change, so that the list keeps its place.
MOST_REREAD = 500

Ask = Callable[[Key | None, int], Page[Any]]
"""Reads one page: after which key, how many rows."""


class Listing(QObject):
    """Fills a ``RowsModel``; ``loaded`` after each fresh read."""

    loaded = Signal()
    loadingChanged = Signal(bool)
    failed = Signal(object)

    def __init__(self, lanes: Lanes, model: RowsModel[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._model = model
        self._ask: Ask | None = None
        self._next: Key | None = None
        self._generation = 0
        self._now = Latest(lanes.read, 0, self)
        self._soon = Latest(lanes.read, SEARCH_MS, self)
        for latest in (self._now, self._soon):
            latest.succeeded.connect(self._show)
            latest.failed.connect(self._fail)
        model.on_more(self._read_more)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._now.is_busy or self._soon.is_busy

    def start(self, ask: Ask, *, typing: bool = False) -> None:
        """Show something else from its beginning; while typing, after a pause."""
        self._ask = ask
        self._request(PAGE, typing=typing)

    def reload(self) -> None:
        """Read again as much as is on show."""
        self._request(max(PAGE, min(self._model.rowCount(), MOST_REREAD)), typing=False)

    def _request(self, limit: int, *, typing: bool) -> None:
        ask = self._ask
        if ask is None:
            return
        self._generation += 1
        latest, other = (self._soon, self._now) if typing else (self._now, self._soon)
        other.cancel()
        self.loadingChanged.emit(True)
        latest.request(partial(ask, None, limit))

    def _show(self, page: Page[Any]) -> None:
        self._next = page.next_key
        self.loadingChanged.emit(False)
        if list(page.rows) != self._model.rows() or not page.rows:
            self._model.set_rows(page.rows, has_more=page.next_key is not None)
        self.loaded.emit()

    def _read_more(self) -> None:
        if self._next is None or self._ask is None:
            return
        generation = self._generation
        self._lanes.read(partial(self._ask, self._next, PAGE)).then(
            lambda page: self._append(generation, page), self._more_failed, owner=self
        )

    def _append(self, generation: int, page: Page[Any]) -> None:
        # Asked anew meanwhile: this page belongs to rows that are no longer shown.
        if generation == self._generation:
            self._next = page.next_key
            self._model.append_rows(page.rows, has_more=page.next_key is not None)

    def _more_failed(self, error: object) -> None:
        self._model.paging_failed()
        self.failed.emit(error)

    def _fail(self, error: object) -> None:
        self.loadingChanged.emit(False)
        self.failed.emit(error)
