"""Large books are kept between runs, outside the repository: a million invoices take minutes.

In ``/var/tmp/billdesk-bench``, or where ``BILLDESK_BENCH_CACHE`` says; what is measured is a copy.
Books of another schema or another way of making them are other books.
"""

import hashlib
import inspect
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable

from bench import large_books, large_parts
from bench.books import Desk, bench_books, bench_company
from bench.large_books import fill
from billdesk.bootstrap import Paths, open_books
from billdesk.core.db.search_index import TABLES
from billdesk.core.db.tables import Base
from billdesk.core.gateways.secrets import MemorySecretStore
from tests.postgres_server import OWNER, PostgresServer, find_programs

# As on a server that is meant to last: it waits for the disk.
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB"}
_DURABLE |= {"full_page_writes": "on", "autovacuum": "on", "max_wal_size": "4GB"}


def keeping_place() -> Path:
    """The folder of all kept books; on a real disk, where durability costs what it costs."""
    lasting = Path("/var/tmp")
    default = lasting if lasting.is_dir() else Path(tempfile.gettempdir())
    place = Path(os.environ.get("BILLDESK_BENCH_CACHE") or default / "billdesk-bench")
    place.mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder beside the kept books that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="measured-", dir=keeping_place()) as folder:
        yield Path(folder)


def copy_file_books(size: int, target: Path) -> None:
    """Books of ``size`` invoices in a file, in the folder ``target``."""
    kept = keeping_place() / f"sqlite-{_kind()}-{size}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(prefix="making-", dir=keeping_place()) as folder:
            made = Path(folder) / "books"
            with bench_books(made) as (books, company_id):
                desk = Desk(books, company_id)
                fill(books, desk, size)
                desk.app.close()
            made.rename(kept)
    shutil.copytree(kept, target)


@contextmanager
def server() -> Iterator[PostgresServer | None]:
    """The server that keeps its books; ``None`` where PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        yield None
        return
    folder = keeping_place() / f"postgresql-{_kind()}"
    secret = folder / "password"
    if secret.exists():
        known = secret.read_text()
        kept = PostgresServer(programs, folder=folder, password=known, changes=_DURABLE)
        kept.launch()
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        kept = PostgresServer(programs, folder=folder, changes=_DURABLE)
        kept.start()
        secret.touch(mode=0o600)
        secret.write_text(kept.password)
    try:
        yield kept
    finally:
        kept.halt()


@contextmanager
def server_books(kept: PostgresServer, size: int, folder: Path) -> Iterator[str]:
    """The name of a database with a copy of books of ``size`` invoices; gone afterwards."""
    name = f"kept_{size}"
    if size and not kept.has(name):
        _make(kept, name, size, folder)
    kept.drop("measured", missing_is_fine=True)
    measured = kept.create("measured", template=name) if size else kept.books("measured")
    try:
        yield measured
    finally:
        kept.drop(measured)


def _make(kept: PostgresServer, name: str, size: int, folder: Path) -> None:
    kept.drop("making", missing_is_fine=True)
    making = kept.books("making")
    secrets = MemorySecretStore("The bench keeps no secrets.")
    # As the owner: the bench fills the books past the guards.
    paths = Paths(folder / "making", kept.address(making, OWNER))
    books = open_books(paths, secrets=secrets, password=kept.secret)
    desk = Desk(books, bench_company(books))
    fill(books, desk, size)
    desk.app.close()
    books.close()
    kept.execute("postgres", f"ALTER DATABASE {making} RENAME TO {name}")


def _kind() -> str:
    """Changes with the schema and with how large books are made."""
    made_of = [str(CreateTable(table)) for table in Base.metadata.sorted_tables]
    indexes = (one for table in Base.metadata.sorted_tables for one in table.indexes)
    made_of += sorted(str(CreateIndex(one)) for one in indexes)
    made_of += TABLES
    made_of += [inspect.getsource(one) for one in (large_books, large_parts)]
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
