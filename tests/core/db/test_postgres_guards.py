"""The guards on a PostgreSQL server: they hold whoever tries, the owner and superuser included."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from db_samples import Rows, add_audit, add_company, add_document, add_entry, issue
from postgres_server import OWNER, PostgresServer, wait_until_blocked
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from billdesk.core.db.postgres.archive import TableArchive
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.guards import ARCHIVE_TABLE
from billdesk.core.db.triggers import (
    APPEND_ONLY,
    guards_are_current,
    install_guards,
    unexpected_guards,
)


@pytest.fixture
def books(postgres: PostgresServer) -> Iterator[str]:
    made = postgres.books()
    yield made
    postgres.drop(made)


@pytest.fixture
def owner(postgres: PostgresServer, books: str) -> Iterator[Engine]:
    engine = open_engine(postgres.address(books, OWNER), postgres.secret)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(postgres: PostgresServer, books: str) -> Iterator[Engine]:
    engine = open_engine(postgres.address(books), postgres.secret)
    yield engine
    engine.dispose()


@pytest.fixture
def rows(owner: Engine) -> Rows:
    with owner.begin() as connection:
        return add_company(connection)


def refuses(connection: Connection, statement: str, sentence: str) -> None:
    with pytest.raises(IntegrityError, match=sentence), connection.begin_nested():
        connection.execute(text(statement))


def test_what_only_grows_is_neither_changed_nor_deleted_nor_emptied(
    owner: Engine, rows: Rows
) -> None:
    TableArchive(owner).put(b"%PDF")
    with owner.begin() as connection:
        for table in (*APPEND_ONLY, ARCHIVE_TABLE):
            if connection.scalar(text(f"SELECT count(*) FROM {table}")):
                column = connection.scalar(
                    text(
                        "SELECT column_name FROM information_schema.columns "
                        "WHERE table_name = :t LIMIT 1"
                    ),
                    {"t": table},
                )
                refuses(connection, f"UPDATE {table} SET {column} = {column}", "never change")
                refuses(connection, f"DELETE FROM {table}", "never deleted")
            refuses(connection, f"TRUNCATE {table} CASCADE", "never")
        refuses(connection, "UPDATE audit_detail SET body = ''", "never change")
        proof = "proves a document is never deleted"
        refuses(connection, "TRUNCATE audit_detail", proof)
        for seq, action in enumerate(("quote.issued", "invoice.imported", "rendition.stored"), 3):
            add_audit(connection, rows.company, seq, action, "document:1")
            refuses(connection, f"DELETE FROM audit_detail WHERE seq = {seq}", proof)
        refuses(connection, "DELETE FROM audit_detail", proof)
        personal = text("DELETE FROM audit_detail WHERE seq = 2")
        assert connection.execute(personal).rowcount == 1


def test_an_issued_document_stays_as_it_was(owner: Engine, rows: Rows) -> None:
    with owner.begin() as connection:
        of = f"WHERE id = {rows.issued}"
        refuses(connection, f"UPDATE document SET total_minor = 1 {of}", "never changes")
        refuses(connection, f"UPDATE document SET number = NULL {of}", "never changes")
        refuses(connection, f"DELETE FROM document {of}", "never deleted")
        for table in ("document_line", "document_line_tax", "document_adjustment"):
            line = f"WHERE document_id = {rows.issued}"
            refuses(connection, f"DELETE FROM {table} {line}", "lines of an issued")
            move = f"UPDATE {table} SET document_id = {rows.issued} "
            move += f"WHERE document_id = {rows.draft}"
            refuses(connection, move, "lines of an issued")
        connection.execute(text(f"UPDATE document SET voided_at = now() {of}"))
        refuses(connection, f"UPDATE document SET voided_at = NULL {of}", "stays void")


@pytest.mark.parametrize(
    ("amounts", "base", "sentence"),
    [
        ([0], None, "at least two postings"),
        ([100, -99], [100, -100], "in each currency"),
        ([100, -100], [100, -99], "base currency"),
    ],
)
def test_an_entry_must_balance(
    owner: Engine, rows: Rows, amounts: list[int], base: list[int] | None, sentence: str
) -> None:
    with pytest.raises(IntegrityError, match=sentence), owner.begin() as connection:
        add_entry(connection, rows, 900, amounts, base=base)


def test_no_row_refers_to_another_company(owner: Engine, rows: Rows) -> None:
    with owner.begin() as connection:
        others = add_company(connection, 2)
        change = f"UPDATE document SET customer_id = {others.customer} WHERE id = {rows.draft}"
        refuses(connection, change, "another company")
        move = f"UPDATE document SET company_id = {others.company} WHERE id = {rows.draft}"
        refuses(connection, move, "another company")


def test_a_line_written_while_another_desk_issues_is_refused(owner: Engine, rows: Rows) -> None:
    """Neither sees the other's work yet; the guard waits for the issue to commit."""
    with owner.begin() as connection:
        add_document(connection, rows, 900)
    outcome: list[str] = []
    begun = Event()

    def write_line() -> None:
        with owner.connect() as late, late.begin():
            begun.set()
            try:
                late.execute(text("UPDATE document_line SET name = 'More' WHERE document_id = 900"))
            except IntegrityError as error:
                outcome.append(str(error.orig))

    writer = Thread(target=write_line)
    with owner.begin() as connection:
        issue(connection, rows, 900)
        writer.start()
        assert begun.wait(20)
        wait_until_blocked(owner)
    writer.join(20)
    assert len(outcome) == 1
    assert "lines of an issued document never change" in outcome[0]


def test_no_temporary_table_stands_in_for_a_real_one(desk: Engine, rows: Rows) -> None:
    with desk.begin() as connection:
        connection.execute(text("CREATE TEMP TABLE document (id bigint, issued_at timestamptz)"))
        line = f"DELETE FROM public.document_line WHERE document_id = {rows.issued}"
        refuses(connection, line, "lines of an issued")


@pytest.mark.parametrize(
    ("statement", "name", "fault"),
    [
        ("DROP TRIGGER guard_posting_update ON posting", "guard_posting_update", "missing"),
        (
            "ALTER TABLE posting DISABLE TRIGGER guard_posting_update",
            "guard_posting_update",
            "changed",
        ),
        (
            "CREATE OR REPLACE FUNCTION guard_posting_update() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'",
            "guard_posting_update",
            "changed",
        ),
        (
            "CREATE TRIGGER helper AFTER INSERT ON payment FOR EACH ROW "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "helper",
            "not one of",
        ),
        (
            "CREATE RULE quiet AS ON DELETE TO posting DO INSTEAD NOTHING",
            "quiet on posting",
            "not one of",
        ),
    ],
)
def test_tampering_with_the_guards_is_named(
    owner: Engine, statement: str, name: str, fault: str
) -> None:
    with owner.begin() as connection:
        assert unexpected_guards(connection) == []
        connection.execute(text(statement))
        ((found, why),) = unexpected_guards(connection)
        assert found == name
        assert fault in why
        if name.startswith("guard_"):
            assert not guards_are_current(connection)
            install_guards(connection)
            assert unexpected_guards(connection) == []


def test_a_desk_has_no_right_to_what_only_grows_nor_to_the_guards(desk: Engine) -> None:
    statements = [
        "DROP TRIGGER guard_posting_update ON posting",
        "ALTER TABLE posting DISABLE TRIGGER ALL",
        "DROP TABLE posting",
        "CREATE TABLE public.mine (id int)",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM document",
        "DELETE FROM payment",
        *(f"UPDATE {table} SET company_id = 1" for table in APPEND_ONLY),
        *(f"DELETE FROM {table}" for table in (*APPEND_ONLY, ARCHIVE_TABLE)),
        *(f"TRUNCATE {table}" for table in APPEND_ONLY),
    ]
    refused = "permission denied|must be owner"
    for statement in statements:
        with pytest.raises(ProgrammingError, match=refused), desk.begin() as connection:
            connection.execute(text(statement))
