"""Reads the list page by page; the newest question wins, what is on screen stays in place."""

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from billdesk.core.domain.documents import FilterTab
from billdesk.core.queries.documents import DocumentFilter, DocumentRow
from billdesk.core.queries.paging import Key, Page
from billdesk.ui.desk import Desk
from billdesk.ui.tasks import Latest
from billdesk.ui.widgets.rows_model import RowsModel

PAGE = 100
# As many rows as are read again at once after a change, so that the list keeps its place.
MOST_REREAD = 500
SEARCH_DELAY_MS = 120


@dataclass(frozen=True)
class _Answer:
    asked: DocumentFilter
    page: Page[DocumentRow]
    counts: dict[FilterTab | None, int]


class Listing(QObject):
    """Fills a ``RowsModel`` for a filter; ``loaded`` after each fresh read."""

    loaded = Signal()
    loadingChanged = Signal(bool)
    failed = Signal(object)

    def __init__(self, desk: Desk, model: RowsModel[DocumentRow], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model
        self._filter = DocumentFilter()
        self._next: Key | None = None
        self._generation = 0
        self.counts: dict[FilterTab | None, int] = {}
        self._latest = Latest(desk.lanes.read, 0, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(self._fail)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_DELAY_MS)
        self._typing.timeout.connect(self._start_over)
        model.on_more(self._read_more)

    @property
    def filter(self) -> DocumentFilter:
        """What the list shows."""
        return self._filter

    def set_filter(self, wanted: DocumentFilter) -> None:
        """Show something else, from its beginning; a search waits for a pause in typing."""
        if wanted == self._filter:
            return
        searching = replace(self._filter, search=wanted.search) == wanted
        self._filter = wanted
        if searching:
            self._typing.start()
        else:
            self._start_over()

    def reload(self) -> None:
        """Read again as much as is on show."""
        self._ask(max(PAGE, min(self._model.rowCount(), MOST_REREAD)))

    def _start_over(self) -> None:
        self._typing.stop()
        self._ask(PAGE)

    def _ask(self, limit: int) -> None:
        queries, wanted = self._desk.app.queries, self._filter

        def read() -> _Answer:
            return _Answer(
                wanted,
                queries.documents(wanted, limit=limit),
                queries.document_counts(search=wanted.search, customer_id=wanted.customer_id),
            )

        self.loadingChanged.emit(True)
        self._latest.request(read)

    def _show(self, answer: _Answer) -> None:
        if answer.asked != self._filter:
            return
        self._generation += 1
        self.counts = answer.counts
        self._next = answer.page.next_key
        self.loadingChanged.emit(False)
        fresh, shown = list(answer.page.rows), self._model.rows()
        same_rows = [row.id for row in fresh] == [row.id for row in shown]
        if same_rows and fresh:
            for before, now in zip(shown, fresh, strict=True):
                if before != now:
                    self._model.update_row(now)
        else:
            self._model.set_rows(fresh, has_more=self._next is not None)
        self.loaded.emit()

    def _read_more(self) -> None:
        if self._next is None:
            return
        read = partial(self._desk.app.queries.documents, self._filter, self._next, PAGE)
        generation = self._generation
        self._desk.lanes.read(read).then(
            lambda page: self._append(generation, page),
            self._more_failed,
            owner=self,
        )

    def _append(self, generation: int, page: Page[DocumentRow]) -> None:
        # Read again meanwhile: this page belongs to rows that are no longer shown.
        if generation != self._generation:
            self._model.paging_failed()
            return
        self._next = page.next_key
        self._model.append_rows(page.rows, has_more=page.next_key is not None)

    def _more_failed(self, error: object) -> None:
        self._model.paging_failed()
        self.failed.emit(error)

    def _fail(self, error: object) -> None:
        self.loadingChanged.emit(False)
        self.failed.emit(error)
