"""Opening books: new, current, older, newer, and files that cannot be used."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from db_samples import NOW, Rows, add_company
from sqlalchemy import Engine

from billdesk.core.db.engine import WRITING
from billdesk.core.db.migrate import MigrationFailed, SchemaState, open_books, schema_state
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.sqlite_guards import SqliteGuards
from billdesk.core.db.triggers import altered_guards, guards_are_current
from billdesk.core.domain.errors import TemporaryError, UserError

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"


def upgrade() -> None:
    {body}
"""
# Rebuilds the table, which drops its triggers and, with foreign keys on, its children.
WIDEN = """with op.batch_alter_table("customer", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.String(50)))"""
FILL = """op.execute("UPDATE customer SET nickname = 'Countess' WHERE name = 'Ada'")"""


@pytest.fixture
def later(tmp_path: Path) -> Steps:
    """A later version of BillDesk with two more steps."""
    return _steps(tmp_path / "later", WIDEN, FILL)


def _steps(folder: Path, *bodies: str) -> Steps:
    folder.mkdir()
    revisions = list(SHIPPED.revisions)
    for body in bodies:
        revision = f"t{len(revisions):03}"
        script = STEP.format(revision=revision, previous=revisions[-1], body=body)
        (folder / f"{revision}.py").write_text(script)
        revisions.append(revision)
    return Steps(tuple(revisions), (*SHIPPED.folders, folder))


def test_a_new_file_becomes_books(file: Path, backups: Path) -> None:
    assert schema_state(file) is SchemaState.NEW
    assert not file.exists()
    open_books(file, backups=backups, now=NOW).dispose()
    assert schema_state(file) is SchemaState.CURRENT
    assert not backups.exists()


def test_opening_again_changes_nothing(file: Path, engine: Engine, rows: Rows) -> None:
    engine.dispose()
    before = _dump(file)
    open_books(file, backups=file.parent, now=NOW).dispose()
    assert _dump(file) == before


def test_opening_needs_no_alembic(file: Path) -> None:
    _in_process(file, "assert 'alembic' not in sys.modules, 'imported'")
    _in_process(file, "assert 'alembic' not in sys.modules, 'imported'")


def test_an_older_file_is_copied_and_upgraded(
    file: Path, engine: Engine, rows: Rows, backups: Path, later: Steps
) -> None:
    engine.dispose()
    before = _dump(file)
    assert schema_state(file, later) is SchemaState.OLDER

    with _opened(file, backups, later) as upgraded, upgraded.begin() as connection:
        assert guards_are_current(connection)
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        names = connection.exec_driver_sql("SELECT name, nickname FROM customer").all()
    assert names == [("Ada", "Countess")]
    assert _count(file, "document") == 2

    (copy,) = backups.iterdir()
    assert copy.name == f"books-20261124T093000Z-before-{later.newest}.db"
    assert _dump(copy) == before
    assert schema_state(file, later) is SchemaState.CURRENT


def test_an_upgraded_file_is_upgraded_once(
    file: Path, engine: Engine, backups: Path, later: Steps
) -> None:
    engine.dispose()
    for _ in range(2):
        with _opened(file, backups, later):
            pass
    assert len(list(backups.iterdir())) == 1


def test_a_newer_file_is_refused(file: Path, engine: Engine, backups: Path, later: Steps) -> None:
    engine.dispose()
    with _opened(file, backups, later):
        pass
    before = _dump(file)
    assert schema_state(file) is SchemaState.NEWER
    with pytest.raises(UserError, match="newer version of BillDesk"):
        open_books(file, backups=backups, now=NOW)
    assert _dump(file) == before


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("op.execute('UPDATE no_such_table SET x = 1')", "no_such_table"),
        ("raise RuntimeError('a mistake in a step')", "a mistake in a step"),
        ("op.execute('DELETE FROM customer')", "refers to a missing customer"),
    ],
)
def test_a_failing_step_leaves_the_file_as_it_was(
    file: Path, engine: Engine, rows: Rows, backups: Path, tmp_path: Path, body: str, sentence: str
) -> None:
    engine.dispose()
    before = _dump(file)
    broken = _steps(tmp_path / "broken", WIDEN, body)
    with pytest.raises(MigrationFailed, match=sentence) as caught:
        open_books(file, backups=backups, now=NOW, steps=broken)
    assert "unchanged" in str(caught.value)
    assert _dump(file) == before
    with _opened(file, backups, SHIPPED) as engine, engine.begin() as connection:
        assert guards_are_current(connection)


def test_nothing_is_upgraded_without_a_copy(
    file: Path, engine: Engine, rows: Rows, tmp_path: Path, later: Steps
) -> None:
    engine.dispose()
    before = _dump(file)
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="cannot be written"):
        open_books(file, backups=tmp_path / "backups", now=NOW, steps=later)
    assert _dump(file) == before


def test_a_damaged_older_file_is_not_upgraded(
    file: Path, engine: Engine, rows: Rows, backups: Path, later: Steps
) -> None:
    engine.dispose()
    _damage_index(file)
    before = file.read_bytes()
    with pytest.raises(UserError, match="damaged"):
        open_books(file, backups=backups, now=NOW, steps=later)
    assert list(backups.iterdir()) == []
    assert file.read_bytes() == before


def test_guards_of_another_version_are_replaced_without_a_word(
    file: Path, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_posting_delete")
        SqliteGuards(connection).seal()
        assert altered_guards(connection) == []
    engine.dispose()
    again = open_books(file, backups=file.parent, now=NOW, repairs=False)
    with again.begin() as connection:
        assert guards_are_current(connection)
    again.dispose()
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("sql", "name", "fault"),
    [
        ("DROP TRIGGER guard_posting_delete", "guard_posting_delete", "it is missing"),
        (
            "DROP TRIGGER guard_posting_delete; CREATE TRIGGER guard_posting_delete "
            "BEFORE DELETE ON posting BEGIN SELECT 1; END",
            "guard_posting_delete",
            "it has been changed",
        ),
        (
            "CREATE TRIGGER guard_of_mine BEFORE DELETE ON posting BEGIN SELECT 1; END",
            "guard_of_mine",
            "this trigger is not one of BillDesk's",
        ),
    ],
)
def test_guards_that_somebody_altered_are_told_or_put_back_with_a_warning(
    file: Path,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    sql: str,
    name: str,
    fault: str,
) -> None:
    engine.dispose()
    with closing(sqlite3.connect(file)) as other:
        other.executescript(sql)
    for _ in range(2):
        left = open_books(file, backups=file.parent, now=NOW, repairs=False)
        with left.begin() as connection:
            assert altered_guards(connection) == [(name, fault)]
        left.dispose()
    assert caplog.messages == []
    with _opened(file, file.parent, SHIPPED) as mended, mended.begin() as connection:
        assert altered_guards(connection) == []
        assert guards_are_current(connection)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"put back: {name}: {fault}" in caplog.text


def test_threads_that_open_one_new_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    together = Barrier(8)

    def open_and_close(file: Path) -> None:
        together.wait()
        open_books(file, backups=tmp_path, now=NOW).dispose()

    with ThreadPoolExecutor(8) as threads:
        for attempt in range(10):
            list(threads.map(open_and_close, [tmp_path / f"books{attempt}.db"] * 8))


def test_programs_that_start_at_once_share_one_new_file(file: Path, backups: Path) -> None:
    programs = [_start(file) for _ in range(6)]
    assert [program.communicate(timeout=60)[1] for program in programs] == [""] * 6
    assert schema_state(file) is SchemaState.CURRENT
    with _opened(file, backups, SHIPPED) as engine, engine.begin() as connection:
        add_company(connection)


# Files that cannot be used: one sentence each, and nothing written to them.


def _text(file: Path) -> None:
    file.write_text("Dear diary, today I wrote no invoice. " * 200)


def _short_text(file: Path) -> None:
    file.write_text("no database")


def _truncated(file: Path) -> None:
    open_books(file, backups=file.parent, now=NOW).dispose()
    file.write_bytes(file.read_bytes()[:9_000])


def _broken_page(file: Path) -> None:
    open_books(file, backups=file.parent, now=NOW).dispose()
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * 3_996 + content[4_096:])


def _torn_name(file: Path) -> None:
    open_books(file, backups=file.parent, now=NOW).dispose()
    content = file.read_bytes()
    assert b"ledger_entryledger_entry" in content
    file.write_bytes(
        content.replace(b"ledger_entryledger_entry", b"l\xa1dger_entryledger_entry", 1)
    )


def _other_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")


def _other_alembic_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")


def _read_only(file: Path) -> None:
    open_books(file, backups=file.parent, now=NOW).dispose()
    # A write version SQLite does not know: it reads such files and writes to none of them, even
    # for an administrator, whom permissions would not stop.
    with file.open("r+b") as content:
        content.seek(18)
        content.write(b"\x09")


def _folder(file: Path) -> None:
    file.mkdir()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_text, "is not a BillDesk database"),
        (_short_text, "is not a BillDesk database"),
        (_truncated, "is damaged"),
        (_broken_page, "is damaged"),
        (_torn_name, "is damaged"),
        (_other_program, "is not a BillDesk database"),
        (_other_alembic_program, "is not a BillDesk database"),
        (_read_only, "cannot be written"),
        (_folder, "is a folder"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained_and_left_alone(
    tmp_path: Path, make: object, sentence: str
) -> None:
    file = tmp_path / "unusable.db"
    assert callable(make)
    make(file)
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(UserError, match=sentence):
        open_books(file, backups=tmp_path / "backups", now=NOW)
    assert (file.read_bytes() if file.is_file() else None) == before
    assert not (tmp_path / "backups").exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere” does not exist"):
        open_books(tmp_path / "nowhere" / "books.db", backups=tmp_path, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_file_another_program_is_writing_can_be_opened(
    file: Path, engine: Engine, backups: Path
) -> None:
    with (
        engine.connect() as busy,
        busy.execution_options(**{WRITING: True}).begin(),
        _opened(file, backups, SHIPPED) as second,
        second.begin() as connection,
    ):
        assert connection.exec_driver_sql("SELECT count(*) FROM company").scalar() == 0


def test_a_file_another_program_keeps_to_itself_is_explained(file: Path, engine: Engine) -> None:
    engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TemporaryError, match="Another program is using"):
            schema_state(file)


@contextmanager
def _opened(file: Path, backups: Path, steps: Steps) -> Iterator[Engine]:
    engine = open_books(file, backups=backups, now=NOW, steps=steps)
    try:
        yield engine
    finally:
        engine.dispose()


def _dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def _count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _damage_index(file: Path) -> None:
    """Take an entry out of an index only: the file opens, its integrity check fails."""
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_customer_name'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as content:
        # Bytes 3 and 4 of a b-tree page count its cells.
        content.seek((page - 1) * size + 3)
        content.write(b"\x00\x00")


OPEN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from billdesk.core.db.migrate import open_books
file = Path(sys.argv[1])
open_books(file, backups=file.parent / "backups", now=datetime.now(UTC)).dispose()
"""


def _start(file: Path, then: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OPEN + then, str(file)], stderr=subprocess.PIPE, text=True
    )


def _in_process(file: Path, then: str) -> None:
    program = _start(file, then)
    assert program.communicate(timeout=60)[1] == ""
    assert program.returncode == 0
