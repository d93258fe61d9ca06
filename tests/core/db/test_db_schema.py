"""The migrations and the mapped tables describe one schema."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from billdesk.core.db.engine import WRITING, open_engine, sqlite_url
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.migrations.alembic_config import alembic_config
from billdesk.core.db.migrations.compared import is_mapped
from billdesk.core.db.migrations.new import write_step
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import install_guards


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Engine]:
    """Books that went through every step from the first."""
    engine = open_engine(sqlite_url(tmp_path / "upgraded.db"))
    with engine.connect() as connection:
        writing = connection.execution_options(**{WRITING: True})
        with writing.begin():
            command.upgrade(alembic_config(SHIPPED, writing), "head")
            install_guards(writing)
    yield engine
    engine.dispose()


def test_the_written_down_revisions_are_the_scripts() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(SHIPPED))
    assert scripts.get_heads() == [SHIPPED.newest]
    oldest_first = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(oldest_first) == SHIPPED.revisions


def test_an_upgraded_schema_equals_a_fresh_one(
    engine: Engine, file: Path, upgraded: Engine, tmp_path: Path
) -> None:
    fresh = _schema(file)
    assert len(fresh) > 100
    assert _schema(tmp_path / "upgraded.db") == fresh


def test_the_steps_leave_nothing_to_generate(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        opts = {"compare_server_default": True, "include_name": is_mapped}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_every_constraint_has_a_name(engine: Engine) -> None:
    """A later step finds a constraint by its name only."""
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)


def test_a_step_is_written_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_step("Nothing new", Steps(SHIPPED.revisions, (*SHIPPED.folders, tmp_path)))
    (script,) = tmp_path.glob("*.py")
    assert script.name == f"{len(SHIPPED.revisions) + 1:04}_nothing_new.py"
    text = script.read_text()
    assert f"down_revision: str | None = '{SHIPPED.newest}'" in text
    # No table differs from the steps so far, so there is nothing to do.
    assert text.rstrip().endswith("# ### end Alembic commands ###")
    assert "op.create_table" not in text
    assert "Generating" in capsys.readouterr().out


def _schema(file: Path) -> dict[tuple[str, str], list[str]]:
    """Every object's definition as sorted parts: columns and constraints in any order."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(kind, name): _parts(sql) for kind, name, sql in rows}


def _parts(sql: str) -> list[str]:
    plain = re.sub(r"\s+", " ", sql).replace('"', "").replace("( ", "(")
    parts, depth, start = [], 0, 0
    for index, character in enumerate(plain):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 1:
            parts.append(plain[start:index].strip())
            start = index + 1
    return sorted([*parts, plain[start:].removesuffix(")").strip()])
