"""The index that searches go through: made, kept, missed and used, on both databases."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from db_samples import Rows, add_company, add_document
from postgres_server import OWNER, PostgresServer
from sqlalchemy import Connection, Engine, delete, event, select, text, update

from billdesk.cli.checks import server as checks
from billdesk.cli.checks.finding import Finding, Level
from billdesk.core.db.postgres import search_index as of_server
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.migrate import bring_up_to_date
from billdesk.core.db.search_index import INDEX, fill_search_index
from billdesk.core.db.tables import Account, Document
from billdesk.core.domain.documents import DocumentGroup
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.queries.sql.as_of import read_balances
from billdesk.core.queries.sql.document_list import document_page

TODAY = date(2026, 11, 26)


@pytest.fixture
def server_engine(postgres: PostgresServer) -> Iterator[Engine]:
    """Empty books on the server, opened by their owner."""
    name = postgres.books()
    engine = open_engine(postgres.address(name, OWNER), postgres.secret)
    yield engine
    engine.dispose()
    postgres.drop(name)


def ids(engine: Engine, trigram: str) -> list[int]:
    """What the index of a file has under ``trigram``."""
    statement = text(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :wanted")
    with engine.begin() as connection:
        return list(connection.scalars(statement, {"wanted": f'"{trigram}"'}))


def test_rows_that_are_added_changed_and_deleted(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        add_document(connection, rows, 77)
        named = update(Document).values(search_text="zebra")
        connection.execute(named.where(Document.id.in_([77, rows.draft])))
    assert ids(engine, "zeb") == [77, rows.draft]
    with engine.begin() as connection:
        for part in ("line_tax", "line", "adjustment", "reference"):
            connection.execute(text(f"DELETE FROM document_{part} WHERE document_id = 77"))
        connection.execute(delete(Document).where(Document.id == 77))
        connection.execute(update(Document).values(search_text="").where(Document.id == rows.draft))
    assert ids(engine, "zeb") == []


def test_an_index_made_anew_is_the_one_that_was_kept(engine: Engine, rows: Rows) -> None:
    counts = text("SELECT term, doc FROM document_search_counts")
    with engine.begin() as connection:
        connection.execute(update(Document).values(search_text="zebra crossing, ß, 日本"))
        kept = connection.execute(counts).all()
        fill_search_index(connection)
        assert connection.execute(counts).all() == kept
    assert len(kept) > 15


def test_the_server_looks_texts_up_in_its_index(server_engine: Engine) -> None:
    with server_engine.begin() as connection:
        of_company = add_company(connection)
        for number in range(300):
            add_document(connection, of_company, 1000 + number)
        connection.execute(text("UPDATE document SET search_text = 'plain ' || id"))
        connection.execute(
            update(Document).values(search_text="zebra crossing").where(Document.id == 1007)
        )
        # So few rows are read faster one by one; at a million they are not.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("ANALYZE document"))
        plan = connection.scalars(
            text("EXPLAIN SELECT id FROM document WHERE search_text LIKE '%zebra%'")
        ).all()
        found = document_page(
            connection, of_company.company, TODAY, DocumentFilter(search="ZEBRA"), None, 50
        )
    assert any("Bitmap Index Scan on ix_document_search" in step for step in plan), plan
    assert [row.id for row in found.rows] == [1007]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (DocumentFilter(), "ix_document_list"),
        (DocumentFilter(group=DocumentGroup.QUOTES), "ix_document_other"),
    ],
)
def test_the_server_reads_a_list_in_order(
    server_engine: Engine, wanted: DocumentFilter, index: str
) -> None:
    with server_engine.begin() as connection:
        plan = plan_of(connection, lambda: document_page(connection, 1, TODAY, wanted, None, 50))
    assert any(f"Index Scan Backward using {index} on document" in step for step in plan), plan
    assert not any("Sort" in step for step in plan), plan


def test_the_server_finds_credit_by_the_accounts_it_is_on(server_engine: Engine) -> None:
    with server_engine.begin() as connection:
        of = add_company(connection)
        connection.execute(
            update(Account).values(role="customer_credit").where(Account.id == of.account)
        )
        plan = plan_of(connection, lambda: read_balances(connection, of.company, TODAY))
    # Both hold open documents only; without rows to tell them apart the server takes either.
    assert any(f"ix_document_{one} on" in step for step in plan for one in ("open", "due")), plan
    assert any("ix_posting_account" in step for step in plan), plan
    assert not any("ledger_entry" in step for step in plan), plan


def plan_of(connection: Connection, run: Callable[[], object]) -> list[str]:
    """What the server does for the largest statement of ``run``, as for many rows."""
    plans: list[list[str]] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN {statement}", values)
            plans.append([row[0] for row in cursor.fetchall()])

    for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_hashagg"):
        connection.execute(text(f"SET LOCAL {setting} = off"))
    event.listen(connection, "before_cursor_execute", explain)
    run()
    event.remove(connection, "before_cursor_execute", explain)
    return max(plans, key=len)


def test_without_contributed_modules_books_are_made_and_searched(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.create()
    engine = open_engine(postgres.address(name, OWNER), postgres.secret)
    with monkeypatch.context() as without:
        without.setattr(of_server, "EXTENSION", "pg_trgm_that_is_not_there")
        bring_up_to_date(engine)
    assert search_finding(postgres, name).level is Level.WARN
    with engine.begin() as connection:
        of_company = add_company(connection)
        connection.execute(
            update(Document).values(search_text="zebra").where(Document.id == of_company.draft)
        )
        wanted = DocumentFilter(search="zebra")
        found = document_page(connection, of_company.company, TODAY, wanted, None, 50)
    assert [row.id for row in found.rows] == [of_company.draft]

    bring_up_to_date(engine)
    assert search_finding(postgres, name).level is Level.OK
    engine.dispose()
    postgres.drop(name)


def test_an_extension_in_another_schema_is_used(postgres: PostgresServer) -> None:
    name = postgres.create()
    engine = open_engine(postgres.address(name, OWNER), postgres.secret)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA elsewhere"))
        connection.execute(text("CREATE EXTENSION pg_trgm SCHEMA elsewhere"))
    bring_up_to_date(engine)
    with engine.begin() as connection:
        assert of_server.has_search_index(connection)
        assert connection.execute(select(Document.id)).all() == []
    engine.dispose()
    postgres.drop(name)


def search_finding(postgres: PostgresServer, name: str) -> Finding:
    """What ``doctor`` says of searching."""
    address = postgres.address(name, OWNER)
    engine = open_engine(address, postgres.secret)
    with engine.connect() as connection:
        found = checks.check_search(connection)
    engine.dispose()
    return found
