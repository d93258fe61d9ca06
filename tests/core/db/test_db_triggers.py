"""The guards in the database, each met by the statement it forbids."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from db_samples import Rows, add_audit, add_company, add_document, add_entry, issue
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from billdesk.core.db.tables import Allocation, Base, Document
from billdesk.core.db.triggers import (
    APPEND_ONLY,
    MOVING_COLUMNS,
    guards_are_current,
    install_guards,
)

PARTS = ("document_line", "document_line_tax", "document_adjustment")


@pytest.mark.parametrize("table", [*APPEND_ONLY, "audit_detail"])
def test_rows_that_only_grow_cannot_be_changed(raw: sqlite3.Connection, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} rows never change"):
        raw.execute(f"UPDATE {table} SET company_id = company_id")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_that_only_grow_cannot_be_deleted(raw: sqlite3.Connection, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} rows are never deleted"):
        raw.execute(f"DELETE FROM {table}")


def test_personal_detail_of_the_audit_can_be_erased(raw: sqlite3.Connection) -> None:
    # The sample's first row issues a document, its second makes a customer.
    assert raw.execute("DELETE FROM audit_detail WHERE seq = 2").rowcount == 1


@pytest.mark.parametrize(
    "action", ["invoice.issued", "credit_note.issued", "invoice.imported", "rendition.stored"]
)
def test_the_audit_detail_that_proves_a_document_is_never_deleted(
    engine: Engine, rows: Rows, action: str
) -> None:
    with engine.begin() as connection:
        add_audit(connection, rows.company, 3, action, "document:1")
    with (
        pytest.raises(IntegrityError, match="proves a document is never deleted"),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM audit_detail WHERE seq = 3")


@pytest.mark.parametrize("action", ["mail.sent", "issued", "x.reissued", "customer.imported"])
def test_other_audit_details_can_be_erased(engine: Engine, rows: Rows, action: str) -> None:
    with engine.begin() as connection:
        add_audit(connection, rows.company, 3, action, "document:1")
        erased = connection.exec_driver_sql("DELETE FROM audit_detail WHERE seq = 3")
        assert erased.rowcount == 1


def test_replacing_is_deleting(engine: Engine, rows: Rows) -> None:
    replace = (
        insert(Allocation)
        .prefix_with("OR REPLACE")
        .from_select(list(Allocation.__table__.c.keys()), select(Allocation.__table__))
    )
    with (
        pytest.raises(IntegrityError, match="allocation rows are never deleted"),
        engine.begin() as c,
    ):
        c.execute(replace)


@pytest.mark.parametrize(
    ("amounts", "base", "currencies", "sentence"),
    [
        ([0], None, ("EUR",), "at least two postings"),
        ([], None, (), "at least two postings"),
        ([100, -99], [100, -100], ("EUR", "EUR"), "sum to zero in each currency"),
        ([100, -100], [100, -99], ("EUR", "EUR"), "sum to zero in the base currency"),
        ([100, -100], None, ("EUR", "USD"), "sum to zero in each currency"),
    ],
)
def test_an_entry_must_balance(
    engine: Engine,
    rows: Rows,
    amounts: list[int],
    base: list[int] | None,
    currencies: tuple[str, ...],
    sentence: str,
) -> None:
    with pytest.raises(IntegrityError, match=sentence), engine.begin() as connection:
        add_entry(connection, rows, 900, amounts, base=base, currencies=currencies)
    assert _count(engine, "ledger_entry") == 1


def test_an_entry_may_touch_two_currencies_when_each_balances(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        add_entry(
            connection,
            rows,
            900,
            [100, -100, 0],
            base=[90, -95, 5],
            currencies=("USD", "USD", "EUR"),
        )
    assert _count(engine, "ledger_entry") == 2


def test_an_entry_is_complete_once_written(raw: sqlite3.Connection, rows: Rows) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="complete once it is written"):
        raw.execute(
            "INSERT INTO posting (entry_id, position, company_id, account_id, currency, minor, "
            "base_minor) VALUES (?, 9, ?, ?, 'EUR', 0, 0)",
            (rows.entry, rows.company, rows.account),
        )


def test_postings_without_an_entry_do_not_commit(engine: Engine, rows: Rows) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO posting (entry_id, position, company_id, account_id, currency, minor, "
            "base_minor) VALUES (900, 1, ?, ?, 'EUR', 5, 5)",
            (rows.company, rows.account),
        )
    assert _count(engine, "posting") == 2


def test_postings_belong_to_the_company_of_their_entry(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        add_company(connection, 2)
    sentence = "another company than its entry"
    with pytest.raises(IntegrityError, match=sentence), engine.begin() as connection:
        add_entry(connection, rows, 900, [1, -1], company=2)


def _frozen_columns() -> list[str]:
    return [c.name for c in Document.__table__.columns if c.name not in MOVING_COLUMNS]


def _other_value(column: str) -> Any:
    return "Other" if column in {"number", "customer_name", "currency"} else 987_654


@pytest.mark.parametrize("column", _frozen_columns())
def test_an_issued_document_is_frozen(raw: sqlite3.Connection, rows: Rows, column: str) -> None:
    change = f"UPDATE document SET {column} = ? WHERE id = ?"
    refused = "an issued document never changes|row of another company"
    with pytest.raises(sqlite3.IntegrityError, match=refused):
        raw.execute(change, (_other_value(column), rows.issued))


def test_the_columns_a_law_asks_for_are_among_the_frozen() -> None:
    assert {
        "number",
        "customer_id",
        "customer_name",
        "currency",
        "exchange_rate",
        "issued_on",
        "due_on",
        "net_minor",
        "tax_minor",
        "total_minor",
        "base_total_minor",
        "issued_at",
        "deleted_at",
    } <= set(_frozen_columns())


def test_money_and_mail_of_an_issued_document_move(raw: sqlite3.Connection, rows: Rows) -> None:
    names = sorted(MOVING_COLUMNS - {"id"})
    values = ", ".join(f"{name} = '2026-11-25'" for name in names)
    assert raw.execute(f"UPDATE document SET {values} WHERE id = ?", (rows.issued,)).rowcount == 1


def test_an_issued_document_may_be_written_unchanged(raw: sqlite3.Connection, rows: Rows) -> None:
    same = ", ".join(f"{name} = {name}" for name in _frozen_columns())
    assert raw.execute(f"UPDATE document SET {same} WHERE id = ?", (rows.issued,)).rowcount == 1


def test_a_void_document_stays_void(raw: sqlite3.Connection, rows: Rows) -> None:
    change = "UPDATE document SET voided_at = ? WHERE id = ?"
    raw.execute(change, ("2026-11-25 10:00:00", rows.issued))
    with pytest.raises(sqlite3.IntegrityError, match="stays void"):
        raw.execute(change, (None, rows.issued))


def test_only_drafts_are_deleted(raw: sqlite3.Connection, rows: Rows) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        raw.execute("DELETE FROM document WHERE id = ?", (rows.issued,))
    assert raw.execute("DELETE FROM document WHERE id = ?", (rows.draft,)).rowcount == 1


@pytest.mark.parametrize("table", PARTS)
@pytest.mark.parametrize("change", ["DELETE FROM {} WHERE", "UPDATE {} SET document_id = -1 WHERE"])
def test_lines_of_an_issued_document_are_frozen(
    raw: sqlite3.Connection, rows: Rows, table: str, change: str
) -> None:
    statement = f"{change.format(table)} document_id = ?"
    with pytest.raises(sqlite3.IntegrityError, match="lines of an issued document"):
        raw.execute(statement, (rows.issued,))
    assert raw.execute(statement, (rows.draft,)).rowcount == 1


@pytest.mark.parametrize("table", PARTS)
def test_no_line_is_added_or_moved_to_an_issued_document(
    raw: sqlite3.Connection, rows: Rows, table: str
) -> None:
    names = [c.name for c in Base.metadata.tables[table].columns if c.name != "document_id"]
    copy = ", ".join(names).replace("position", "position + 1").replace("ordinal", "ordinal + 1")
    with pytest.raises(sqlite3.IntegrityError, match="lines of an issued document"):
        raw.execute(
            f"INSERT INTO {table} (document_id, {', '.join(names)}) SELECT ?, {copy} FROM {table} "
            "WHERE document_id = ?",
            (rows.issued, rows.draft),
        )
    with pytest.raises(sqlite3.IntegrityError, match="lines of an issued document"):
        raw.execute(
            f"UPDATE {table} SET document_id = ? WHERE document_id = ?", (rows.issued, rows.draft)
        )


def test_a_draft_is_written_edited_and_issued(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        add_document(connection, rows, 900)
        connection.execute(text("UPDATE document SET currency = 'USD' WHERE id = 900"))
        connection.execute(text("UPDATE document_line SET name = 'More' WHERE document_id = 900"))
        issue(connection, rows, 900)
    assert _count(engine, "document") == 3


def _foreign_references() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            if "company_id" in table.c and "company_id" in key.column.table.c:
                yield table.name, key.parent.name


# The rows of the sample company by their table.
OWN = {
    "account": "account",
    "customer": "customer",
    "document": "draft",
    "ledger_entry": "entry",
    "number_series": "series",
    "payment": "payment",
    "tax_rate": "tax_rate",
}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        one
        for one in _foreign_references()
        # Checked by the entry that closes them, and proved above.
        if one != ("posting", "entry_id")
    ],
)
def test_no_row_refers_to_another_company(
    engine: Engine, raw: sqlite3.Connection, rows: Rows, table: str, column: str
) -> None:
    with engine.begin() as connection:
        others = add_company(connection, 2)
    (key,) = Base.metadata.tables[table].c[column].foreign_keys
    parent = key.column.table.name
    target = getattr(others, OWN[parent]) if parent in OWN else _add_target(raw, parent, others)
    with pytest.raises(sqlite3.IntegrityError, match="row of another company"):
        raw.execute(
            f"INSERT INTO {table} (company_id, {column}) VALUES (?, ?)", (rows.company, target)
        )


def test_a_row_cannot_move_to_another_company_either(
    engine: Engine, raw: sqlite3.Connection, rows: Rows
) -> None:
    with engine.begin() as connection:
        others = add_company(connection, 2)
    for change in (("customer_id", others.customer), ("company_id", others.company)):
        with pytest.raises(sqlite3.IntegrityError, match="row of another company"):
            raw.execute(
                f"UPDATE document SET {change[0]} = ? WHERE id = ?", (change[1], rows.draft)
            )


def _add_target(raw: sqlite3.Connection, table: str, owner: Rows) -> int:
    """A row of ``owner`` in a table that the sample does not fill."""
    columns = Base.metadata.tables[table].columns
    values: dict[str, Any] = {c.name: None if c.nullable else "x" for c in columns}
    values |= {"id": 77, "company_id": owner.company}
    if "document_id" in values:
        values["document_id"] = owner.issued
    raw.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )
    return 77


def test_guards_are_installed_again_and_again(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_posting_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER guard_of_an_older_version BEFORE DELETE ON mail BEGIN SELECT 1; END"
        )
        assert not guards_are_current(connection)
        install_guards(connection)
        install_guards(connection)
        assert guards_are_current(connection)


def _count(engine: Engine, table: str) -> int:
    with engine.begin() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
