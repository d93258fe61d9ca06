"""The settings of a connection and the way its transactions begin."""

import sqlite3
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from billdesk.core.db.engine import WRITING


@pytest.fixture
def other(file: Path, engine: Engine) -> Iterator[sqlite3.Connection]:
    """Another program on the same file that does not wait."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 30_000),
        ("recursive_triggers", 1),
        ("secure_delete", 2),
    ],
)
def test_every_connection_is_set_up(engine: Engine, pragma: str, value: object) -> None:
    # Two at once, so that the pool makes a second one.
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_writer_takes_the_lock_before_it_reads(engine: Engine, other: sqlite3.Connection) -> None:
    with engine.connect() as connection:
        transaction = connection.execution_options(**{WRITING: True}).begin()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        transaction.commit()
        other.execute("BEGIN IMMEDIATE")


def test_a_reader_leaves_the_lock_alone(engine: Engine, other: sqlite3.Connection) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM company")).scalar() == 0
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")


def test_a_transaction_reads_one_state(engine: Engine, other: sqlite3.Connection) -> None:
    count = text("SELECT count(*) FROM install")
    with engine.begin() as connection:
        assert connection.execute(count).scalar() == 0
        other.execute("INSERT INTO install VALUES (1, 'u', 'k', '2026-11-24')")
        assert connection.execute(count).scalar() == 0
    with engine.begin() as connection:
        assert connection.execute(count).scalar() == 1


def test_foreign_keys_are_checked(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), engine.begin() as connection:
        connection.execute(text("INSERT INTO audit_head VALUES (77, 1, 'x')"))


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(engine: Engine) -> None:
    bad = text("INSERT INTO audit_head VALUES (77, 1, :hash)")
    values = {"hash": "AT611904300234573201"}
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(bad, values)
    told = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO audit_head" in told
    assert "AT611904300234573201" not in told


def test_readers_that_turn_writers_lose_work_and_writers_do_not(engine: Engine) -> None:
    """Why writers begin IMMEDIATE: a snapshot that is no longer the newest cannot be written."""

    def raise_by_one(writing: bool) -> None:
        with engine.connect() as connection:
            connection = connection.execution_options(**{WRITING: writing})
            with connection.begin():
                seq = connection.execute(text("SELECT seq FROM audit_head")).scalar_one()
                connection.execute(text("UPDATE audit_head SET seq = :seq"), {"seq": seq + 1})

    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO company "
                "(id, uid, name, currency, is_practice, chart, created_at, version) "
                "VALUES (1, 'u', 'Acme', 'EUR', 0, 'generic', '2026-11-24', 1)"
            )
        )
        connection.execute(text("INSERT INTO audit_head VALUES (1, 0, 'x')"))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(raise_by_one, [True] * 40))
    with engine.connect() as stale, stale.begin():
        seen = stale.execute(text("SELECT seq FROM audit_head")).scalar_one()
        raise_by_one(True)
        with pytest.raises(OperationalError, match="locked"):
            stale.execute(text("UPDATE audit_head SET seq = :seq"), {"seq": seen + 1})
    assert seen == 40
