"""The two databases that books can be in, each with its floor, durable as in real use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.books import bench_company
from bench.floor import FloorBooks
from bench.floor_postgres import PostgresFloorBooks
from billdesk.bootstrap import Books, Paths, open_books
from billdesk.core.gateways.secrets import MemorySecretStore
from tests.postgres_server import OWNER, PostgresServer, find_programs


class Floor(Protocol):
    """What a program without rules, types and guards needs for the same rows."""

    def issue(self) -> int: ...
    def pay(self, invoice: int) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class EngineBooks:
    """Books with one company, and the floor beside them."""

    engine: str
    books: Books
    company_id: int
    floor: Floor


@contextmanager
def sqlite_books(folder: Path) -> Iterator[EngineBooks]:
    """A file: WAL, synchronous FULL."""
    books = open_books(Paths(folder / "books"), secrets=_secrets())
    floor = FloorBooks(folder / "floor.db")
    try:
        yield EngineBooks("SQLite", books, bench_company(books), floor)
    finally:
        floor.close()
        books.close()


@contextmanager
def postgres_books(folder: Path) -> Iterator[EngineBooks | None]:
    """A server of the bench's own, which waits for the disk; ``None`` where there is none."""
    programs = find_programs()
    if programs is None:
        yield None
        return
    durable = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB"}
    server = PostgresServer(programs, changes=durable)
    server.start()
    try:
        # As the owner: the bench fills the books past the guards.
        paths = Paths(folder / "desk", server.address(server.books(), OWNER))
        books = open_books(paths, secrets=_secrets(), password=server.secret)
        floor = PostgresFloorBooks(server.address(server.create(), OWNER), server.password)
        try:
            yield EngineBooks("PostgreSQL", books, bench_company(books), floor)
        finally:
            floor.close()
            books.close()
    finally:
        server.stop()


def _secrets() -> MemorySecretStore:
    return MemorySecretStore("The bench keeps no secrets.")
