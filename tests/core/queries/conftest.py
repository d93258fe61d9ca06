"""Books on disk with one company in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import Place
from query_samples import MovableTime, World
from sqlalchemy import Engine

from billdesk.core.db.migrate import open_books
from billdesk.core.db.postgres.migrate import open_books as open_on_server


@pytest.fixture
def clock() -> MovableTime:
    return MovableTime()


@pytest.fixture
def engine(place: Place, tmp_path: Path, clock: MovableTime) -> Iterator[Engine]:
    server = place.paths.server
    if server is None:
        engine = open_books(tmp_path / "books.db", backups=tmp_path / "backups", now=clock.now())
    else:
        engine = open_on_server(server, lambda: place.password)
    yield engine
    engine.dispose()


@pytest.fixture
def world(engine: Engine, tmp_path: Path, clock: MovableTime) -> World:
    return World(engine, tmp_path, clock)


@pytest.fixture
def other(engine: Engine, tmp_path: Path, clock: MovableTime, world: World) -> World:
    """Another company in the same books, after ``world``."""
    return World(engine, tmp_path, clock, name="Somebody else")
