"""Copies of databases that are in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from db_samples import NOW, Rows
from sqlalchemy import Engine

from billdesk.core.db.backup import PART, back_up
from billdesk.core.db.engine import WRITING
from billdesk.core.db.integrity import reference_problems, structure_problems
from billdesk.core.db.migrate import open_books
from billdesk.core.domain.errors import UserError


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "books.db"


def test_a_copy_has_what_is_committed_and_no_more(
    engine: Engine, file: Path, rows: Rows, target: Path
) -> None:
    with engine.connect() as busy, busy.execution_options(**{WRITING: True}).begin():
        busy.exec_driver_sql("DELETE FROM audit_detail WHERE seq = 2")
        back_up(file, target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT count(*) FROM audit_detail").fetchone() == (2,)
        assert copy.execute("SELECT count(*) FROM document").fetchone() == (2,)


def test_a_copy_is_one_file(engine: Engine, file: Path, rows: Rows, target: Path) -> None:
    # Committed work is still in the log beside the file, where a file copy would miss it.
    assert file.with_name("books.db-wal").stat().st_size > 0
    back_up(file, target)
    assert list(target.parent.iterdir()) == [target]
    with open_books(target, backups=target.parent, now=NOW).connect() as copy:
        assert copy.exec_driver_sql("SELECT count(*) FROM ledger_entry").scalar() == 1
        copy.engine.dispose()


def test_a_copy_never_replaces_a_file(engine: Engine, file: Path, target: Path) -> None:
    target.parent.mkdir()
    target.write_text("yesterday's copy")
    with pytest.raises(UserError, match="exists already"):
        back_up(file, target)
    assert target.read_text() == "yesterday's copy"


def test_what_a_crash_left_of_an_earlier_copy_is_no_hindrance(
    engine: Engine, file: Path, target: Path
) -> None:
    target.parent.mkdir()
    target.with_name(target.name + PART).write_bytes(b"half a page")
    back_up(file, target)
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("damage", ["structure", "not a database"])
def test_a_damaged_file_makes_no_copy(
    engine: Engine, file: Path, rows: Rows, target: Path, damage: str
) -> None:
    engine.dispose()
    if damage == "structure":
        with file.open("r+b") as content:
            content.seek(file.stat().st_size // 2)
            content.write(b"\xff" * 40_000)
    else:
        file.write_text("Dear diary, " * 1_000)
    before = file.read_bytes()
    with pytest.raises(UserError, match=r"is damaged|is not a BillDesk database"):
        back_up(file, target)
    assert list(target.parent.iterdir()) == []
    assert file.read_bytes() == before


def test_a_missing_file_is_named(tmp_path: Path, target: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        back_up(tmp_path / "nothing.db", target)
    assert not target.parent.exists()


def test_a_folder_that_cannot_be_made_is_explained(
    engine: Engine, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "copies").write_text("not a folder")
    with pytest.raises(UserError, match="cannot be written"):
        back_up(file, tmp_path / "copies" / "books.db")


def test_whole_books_have_no_problems(raw: sqlite3.Connection) -> None:
    assert structure_problems(raw) == []
    assert reference_problems(raw) == []


def test_a_lost_row_is_found_by_those_that_refer_to_it(raw: sqlite3.Connection, rows: Rows) -> None:
    raw.execute("DELETE FROM customer")
    found = reference_problems(raw)
    assert f"document row {rows.draft} refers to a missing customer" in found
    assert structure_problems(raw) == []
