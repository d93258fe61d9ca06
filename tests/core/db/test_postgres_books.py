"""Books on a PostgreSQL server: made, upgraded, refused, and who may do what."""

import socket
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Lock

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_server import DESK, OWNER, PostgresServer
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from billdesk.core.bus import Bus
from billdesk.core.db.archive import ArchiveError
from billdesk.core.db.migrate import SchemaState
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.migrations.alembic_config import alembic_config
from billdesk.core.db.migrations.compared import is_mapped
from billdesk.core.db.postgres.archive import TableArchive
from billdesk.core.db.postgres.engine import connect_arguments, open_engine
from billdesk.core.db.postgres.guards import ARCHIVE_TABLE
from billdesk.core.db.postgres.migrate import bring_up_to_date, open_books, schema_state
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import unexpected_guards
from billdesk.core.db.unit_of_work import Actor, UnitOfWork, use_case
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    """A database without anything in it."""
    made = postgres.create()
    yield made
    postgres.drop(made)


@pytest.fixture
def books(postgres: PostgresServer) -> Iterator[str]:
    """A database with empty books."""
    made = postgres.books()
    yield made
    postgres.drop(made)


@pytest.fixture
def connect(postgres: PostgresServer) -> Iterator[Callable[..., Engine]]:
    """Engines that are closed at the end."""
    made: list[Engine] = []

    def make(name: str, user: str = DESK) -> Engine:
        made.append(open_engine(postgres.address(name, user), postgres.secret))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


Connect = Callable[..., Engine]


def differences(connection: Connection) -> list[object]:
    """What the mapped tables and the database do not agree on, but for archive and search."""

    def is_ours(_item: object, name: str | None, kind: str, *_more: object) -> bool:
        return not (kind == "table" and name == ARCHIVE_TABLE)

    context = MigrationContext.configure(
        connection, opts={"include_object": is_ours, "include_name": is_mapped}
    )
    return list(compare_metadata(context, Base.metadata))


def test_an_empty_database_becomes_books_however_many_begin_at_once(
    postgres: PostgresServer, empty: str
) -> None:
    address = postgres.address(empty, OWNER)
    begin = Barrier(3)

    def start(_: int) -> None:
        begin.wait()
        open_books(address, postgres.secret).dispose()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(start, range(3)))
    engine = open_books(address, postgres.secret)
    assert schema_state(engine) is SchemaState.CURRENT
    with engine.connect() as connection:
        assert unexpected_guards(connection) == []
        assert differences(connection) == []
    engine.dispose()


def test_the_steps_lead_to_the_same_schema(connect: Connect, empty: str) -> None:
    engine = connect(empty, OWNER)
    first = Steps(SHIPPED.revisions[:1], SHIPPED.folders)
    with engine.begin() as connection:
        command.upgrade(alembic_config(SHIPPED, connection), first.newest)
    assert schema_state(engine) is SchemaState.OLDER
    bring_up_to_date(engine)
    assert schema_state(engine) is SchemaState.CURRENT
    with engine.connect() as connection:
        assert differences(connection) == []
        assert unexpected_guards(connection) == []


def test_older_and_newer_books_are_refused_and_left_alone(
    postgres: PostgresServer, connect: Connect, books: str
) -> None:
    for revision, sentence in (("0001", "older version"), ("9999", "newer version")):
        with connect(books, OWNER).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        with pytest.raises(UserError, match=sentence):
            open_books(postgres.address(books), postgres.secret)


def test_a_database_of_something_else_is_refused(
    postgres: PostgresServer, connect: Connect, empty: str
) -> None:
    with connect(empty, OWNER).begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id int)"))
    with pytest.raises(UserError, match="not BillDesk's"):
        open_books(postgres.address(empty, OWNER), postgres.secret)


def test_a_database_of_another_encoding_is_refused(
    postgres: PostgresServer, connect: Connect
) -> None:
    postgres.execute(
        "postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    )
    with pytest.raises(UserError, match="ENCODING 'UTF8'"):
        schema_state(connect("latin", OWNER))
    postgres.drop("latin")


def test_only_who_may_makes_books(postgres: PostgresServer, empty: str) -> None:
    with pytest.raises(UserError, match=r"no books in this database yet.*migrate"):
        open_books(postgres.address(empty), postgres.secret)


def test_changed_guards_keep_a_desk_out_and_the_owner_mends_them(
    postgres: PostgresServer, connect: Connect, books: str, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(books, OWNER).begin() as connection:
        connection.execute(text("DROP TRIGGER guard_posting_update ON posting"))
    with pytest.raises(UserError, match="only their owner may make"):
        open_books(postgres.address(books), postgres.secret)
    left = open_books(postgres.address(books, OWNER), postgres.secret, repairs=False)
    with left.connect() as connection:
        assert unexpected_guards(connection) == [("guard_posting_update", "it is missing")]
    left.dispose()
    assert caplog.messages == []
    open_books(postgres.address(books, OWNER), postgres.secret).dispose()
    assert "put back: guard_posting_update: it is missing" in caplog.text
    open_books(postgres.address(books), postgres.secret).dispose()


@pytest.mark.parametrize(("role", "sentence"), [("nobody_here", "no role"), (OWNER, "owns the")])
def test_rights_go_to_roles_they_can_hold(
    connect: Connect, books: str, role: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        bring_up_to_date(connect(books, OWNER), grant_to=(role,))


@pytest.mark.parametrize(
    "power",
    [
        "GRANT pg_write_all_data TO strong",
        "ALTER DATABASE {books} OWNER TO strong",
        "ALTER SCHEMA public OWNER TO strong",
        "ALTER ROLE strong CREATEROLE",
    ],
)
def test_rights_go_to_no_role_that_nothing_holds_back(
    postgres: PostgresServer, connect: Connect, books: str, power: str
) -> None:
    postgres.execute(books, "CREATE ROLE strong")
    try:
        bring_up_to_date(connect(books, OWNER), grant_to=("strong",))
        postgres.execute(books, power.format(books=books))
        with pytest.raises(UserError, match="may do everything"):
            bring_up_to_date(connect(books, OWNER), grant_to=("strong",))
    finally:
        postgres.execute(books, f"REASSIGN OWNED BY strong TO {OWNER}")
        postgres.execute(books, "DROP OWNED BY strong")
        postgres.execute(books, "DROP ROLE strong")


# -- connecting ----------------------------------------------------------------------------


def test_the_password_is_asked_for_only_when_libpq_has_none(
    postgres: PostgresServer, books: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("asked")
        return postgres.password

    engine = open_engine(postgres.address(books), ask)
    for _ in range(2):
        with engine.connect(), engine.connect():
            pass
    engine.dispose()
    assert asked == ["asked"]

    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{postgres.port}:*:{DESK}:{postgres.password}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    engine = open_engine(postgres.address(books), ask)
    with engine.connect():
        pass
    engine.dispose()
    assert asked == ["asked"]


@pytest.mark.parametrize(
    ("changes", "password", "kind", "sentence"),
    [
        ({}, None, UserError, "asks for the password"),
        ({}, "wrong", UserError, "refuses this password"),
        ({"database": "nowhere"}, "right", UserError, "no database “nowhere”"),
        ({"port": 9}, "right", TemporaryError, "No database server answers at 127.0.0.1:9"),
        ({"host": "nowhere.invalid"}, "right", UserError, "no computer named “nowhere.invalid”"),
        ({"tls_mode": "require"}, "right", UserError, "no encrypted connection"),
    ],
)
def test_why_it_does_not_connect_is_said_in_plain_words(
    postgres: PostgresServer,
    books: str,
    changes: dict[str, object],
    password: str | None,
    kind: type[BillDeskError],
    sentence: str,
) -> None:
    fields = {"host": "127.0.0.1", "database": books, "user": DESK, "port": postgres.port}
    address = DatabaseAddress(**{**fields, **changes})
    given = postgres.password if password == "right" else password
    engine = open_engine(address, lambda: given)
    with pytest.raises(kind, match=sentence):
        engine.connect()
    engine.dispose()


@pytest.mark.parametrize(
    ("host", "asked", "mode"),
    [
        ("server", "", "require"),
        ("server", "disable", "disable"),
        ("server", "verify-full", "verify-full"),
        ("127.0.0.1", "", None),
        ("/run/postgresql", "", None),
    ],
)
def test_another_computer_is_talked_to_in_secret(host: str, asked: str, mode: str | None) -> None:
    arguments = connect_arguments(DatabaseAddress(host, "books", "anna", tls_mode=asked))
    assert arguments.get("sslmode") == mode


def test_a_password_is_not_told_in_the_clear() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def impostor() -> bytes:
            talk, _ = listener.accept()
            with talk:
                first = talk.recv(10_000)
                # SSLRequest and GSSENCRequest are 8 bytes: no to both.
                while len(first) == 8:
                    talk.sendall(b"N")
                    first = talk.recv(10_000)
                talk.sendall(b"R" + struct.pack(">II", 8, 3))  # AuthenticationCleartextPassword
                return talk.recv(10_000)

        heard = pool.submit(impostor)
        address = DatabaseAddress("127.0.0.1", "books", "anna", listener.getsockname()[1])
        engine = open_engine(address, lambda: "sesame")
        with pytest.raises(UserError, match="unprotected"):
            engine.connect()
        engine.dispose()
        assert b"sesame" not in heard.result(10)


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UserError, match=r"pip install 'billdesk\[postgres\]'"):
        open_engine(DatabaseAddress("server", "books", "anna"), lambda: None)


def test_an_error_does_not_tell_what_was_to_be_written(connect: Connect, books: str) -> None:
    bad = text("INSERT INTO audit_head VALUES (1, NULL, :hash)")
    values = {"hash": "AT611904300234573201"}
    with pytest.raises(IntegrityError) as caught, connect(books, OWNER).begin() as connection:
        connection.execute(bad, values)
    told = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO audit_head" in told
    assert "violates not-null constraint" in told
    assert "AT611904300234573201" not in told


# -- races ---------------------------------------------------------------------------------


class Crossing:
    """A use case that locks two rows; two of them cross each other's way the first time."""

    def __init__(self, engine: Engine, meet: Barrier) -> None:
        now = datetime(2026, 11, 24, tzinfo=UTC)
        self._uow = UnitOfWork(
            engine,
            1,
            Actor("Ada"),
            Bus(),
            now=lambda: now,
            today=lambda: date(2026, 11, 24),
            write_lock=Lock(),
        )
        self._meet = meet
        self.tries = 0

    @use_case
    def lock(self, first: int, second: int) -> None:
        """Lock ``first``, let the other lock ``second``, then want ``second``."""
        self.tries += 1
        with self._uow.write() as tx:
            for number in (first, second):
                tx.connection.execute(
                    text("SELECT pg_advisory_xact_lock(77, :number)"), {"number": number}
                )
                if self.tries == 1 and number == first:
                    self._meet.wait(20)


def test_who_loses_a_deadlock_is_run_again(connect: Connect, books: str) -> None:
    meet = Barrier(2)
    engine = connect(books)
    crossing = [Crossing(engine, meet), Crossing(engine, meet)]
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(crossing[0].lock, 1, 2), pool.submit(crossing[1].lock, 2, 1)]
        for job in jobs:
            job.result()
    assert sorted(one.tries for one in crossing) == [1, 2]


# -- the archive ---------------------------------------------------------------------------


def test_stored_bytes_come_back_and_damage_is_noticed(connect: Connect, books: str) -> None:
    archive = TableArchive(connect(books))
    sha256 = archive.put(b"%PDF-1.7")
    assert archive.put(b"%PDF-1.7") == sha256
    assert archive.get(sha256) == b"%PDF-1.7"
    assert archive.has(sha256)
    assert not archive.has("0" * 64)
    assert list(archive.verify_all()) == []
    with pytest.raises(ArchiveError, match="has no file"):
        archive.get("0" * 64)
    with pytest.raises(UserError, match="empty"):
        archive.put(b"")
    with connect(books, OWNER).begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE archived_file SET data = '%PDF-1.8'"))
    assert [problem.sha256 for problem in archive.verify_all()] == [sha256]
    for touch in (lambda: archive.get(sha256), lambda: archive.put(b"%PDF-1.7")):
        with pytest.raises(ArchiveError, match="damaged"):
            touch()
