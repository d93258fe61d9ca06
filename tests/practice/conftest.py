"""The practice company, made once for the tests that only look at it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from billdesk.bootstrap import Books, Paths, open_books
from billdesk.core.gateways.secrets import MemorySecretStore

Opened = Callable[[date], Books]


@pytest.fixture
def books_on(tmp_path: Path) -> Iterator[Opened]:
    """Opens new books whose clock stands at five in the afternoon of a day."""
    opened: list[Books] = []

    def open_on(day: date) -> Books:
        books = open_books(
            Paths(tmp_path / str(len(opened))),
            secrets=MemorySecretStore("A test."),
            now=lambda: datetime.combine(day, time(17, tzinfo=UTC)),
            today=lambda: day,
        )
        opened.append(books)
        return books

    yield open_on
    for books in opened:
        books.close()
