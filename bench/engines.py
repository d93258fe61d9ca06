"""The two databases that books can be in, each with its floor, durable as in real use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from bench.books import bench_company
from bench.floor import FloorBooks
from bench.floor_postgres import PostgresFloorBooks
from bench.kept import copy_file_books, server_books
from billdesk.bootstrap import Books, Paths, open_books
from billdesk.core.gateways.secrets import MemorySecretStore
from tests.postgres_server import OWNER, PostgresServer


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
def sqlite_books(folder: Path, size: int) -> Iterator[EngineBooks]:
    """A file with ``size`` invoices: WAL, synchronous FULL."""
    if size:
        copy_file_books(size, folder / "books")
    books = open_books(Paths(folder / "books"), secrets=_secrets())
    floor = FloorBooks(folder / "floor.db")
    try:
        yield EngineBooks("SQLite", books, _company(books), floor)
    finally:
        floor.close()
        books.close()


@contextmanager
def postgres_books(folder: Path, size: int, server: PostgresServer) -> Iterator[EngineBooks]:
    """A database with ``size`` invoices; its server waits for the disk."""
    with server_books(server, size, folder) as name:
        paths = Paths(folder / "desk", server.address(name, OWNER))
        books = open_books(paths, secrets=_secrets(), password=server.secret)
        server.drop("floor", missing_is_fine=True)
        bare = server.create("floor")
        floor = PostgresFloorBooks(server.address(bare, OWNER), server.password)
        try:
            yield EngineBooks("PostgreSQL", books, _company(books), floor)
        finally:
            floor.close()
            books.close()
            server.drop(bare)


def _company(books: Books) -> int:
    """The company of kept books, or a new one."""
    with books.engine.connect() as connection:
        found = connection.scalar(text("SELECT max(id) FROM company"))
    return int(found) if found is not None else bench_company(books)


def _secrets() -> MemorySecretStore:
    return MemorySecretStore("The bench keeps no secrets.")
