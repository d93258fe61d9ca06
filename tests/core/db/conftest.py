"""What the database tests share."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from db_samples import NOW, Rows, add_company
from sqlalchemy import Engine

from billdesk.core.db.migrate import open_books


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the books of this test are."""
    return tmp_path / "books.db"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Where copies made before a migration go."""
    return tmp_path / "backups"


@pytest.fixture
def engine(file: Path, backups: Path) -> Iterator[Engine]:
    """Newly made books."""
    engine = open_books(file, backups=backups, now=NOW)
    yield engine
    engine.dispose()


@pytest.fixture
def rows(engine: Engine) -> Rows:
    """A company in the books."""
    with engine.begin() as connection:
        return add_company(connection)


@pytest.fixture
def raw(file: Path, rows: Rows) -> Iterator[sqlite3.Connection]:
    """The books as any other program opens them: without BillDesk's settings."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection
