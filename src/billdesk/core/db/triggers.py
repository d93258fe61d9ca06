"""Guards in the database itself: what must never happen, whichever program tries it.

The rules are money.md's in short: ledger, audit log, allocations, snapshots and renditions only
grow; an entry balances; an issued document stays as issued; no row refers to another company's.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from billdesk.core.db.tables import Base

PREFIX = "guard_"
APPEND_ONLY = (
    "ledger_entry",
    "posting",
    "audit_log",
    "allocation",
    "document_snapshot",
    "document_reference",
    "recurring_run",
    "rendition",
)
DOCUMENT_PARTS = ("document_line", "document_line_tax", "document_adjustment")
# What follows money and mail after issue; everything else of an issued document is frozen.
MOVING_COLUMNS = frozenset(
    {
        "id",
        "version",
        "search_text",
        "online_payment",
        "open_minor",
        "open_base_minor",
        "paid_minor",
        "credited_minor",
        "written_off_minor",
        "invoiced_minor",
        "pending_minor",
        "disputed_minor",
        "unexplained_refund_minor",
        "surplus_minor",
        "settled_on",
        "sent_at",
        "voided_at",
        "accepted_at",
        "declined_at",
        "updated_at",
    }
)


def install_guards(connection: Connection) -> None:
    """Drop all guards and create today's. Run after every migration, within its transaction.

    A batch rebuild drops a table's triggers without a word, and older books carry older guards.
    """
    remove_guards(connection)
    for statement in _guards().values():
        connection.exec_driver_sql(statement)


def remove_guards(connection: Connection) -> None:
    """Drop all guards. Run before a migration, within its transaction.

    SQLite refuses to rename a rebuilt table into place while another table's trigger names it.
    """
    for name in _installed(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def guards_are_current(connection: Connection) -> bool:
    """Whether the guards in the database are exactly the ones of this version."""
    return _installed(connection) == _guards()


def unexpected_guards(connection: Connection) -> list[tuple[str, str]]:
    """Triggers that are missing, changed or not BillDesk's, each with what is wrong with it."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    installed = {str(row.name): str(row.sql) for row in rows}
    known = _guards()
    faults = dict.fromkeys(installed.keys() - known.keys(), "it is not one of BillDesk's")
    for name, statement in known.items():
        if name not in installed:
            faults[name] = "it is missing"
        elif installed[name] != statement:
            faults[name] = "it has been changed"
    return sorted(faults.items())


def _installed(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: sql for name, sql in rows if name.startswith(PREFIX)}


def _guards() -> dict[str, str]:
    return dict(
        [
            *_append_only(),
            *_balanced_ledger(),
            *_frozen_documents(),
            *_own_company(),
        ]
    )


def _guard(name: str, event: str, condition: str, sentence: str) -> tuple[str, str]:
    when = f" WHEN {condition}" if condition else ""
    name = PREFIX + name
    body = f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    return name, f"CREATE TRIGGER {name} BEFORE {event}{when} {body}"


def _append_only() -> Iterator[tuple[str, str]]:
    for table in (*APPEND_ONLY, "audit_detail"):
        yield _guard(f"{table}_update", f"UPDATE ON {table}", "", f"{table} rows never change")
    # audit_detail may lose rows: personal data is erased there, the chain of hashes stays whole.
    for table in APPEND_ONLY:
        yield _guard(f"{table}_delete", f"DELETE ON {table}", "", f"{table} rows are never deleted")


def _balanced_ledger() -> Iterator[tuple[str, str]]:
    # Postings come first (their foreign key is deferred), the entry proves that they balance.
    yield _guard(
        "posting_closed_entry",
        "INSERT ON posting",
        "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)",
        "a ledger entry is complete once it is written",
    )
    name = f"{PREFIX}ledger_entry_balances"
    yield (
        name,
        f"CREATE TRIGGER {name} AFTER INSERT ON ledger_entry BEGIN "  # noqa: S608 - names of ours
        "SELECT CASE "
        "WHEN count(*) < 2 THEN RAISE(ABORT, 'a ledger entry needs at least two postings') "
        "WHEN sum(base_minor) <> 0 "
        "THEN RAISE(ABORT, 'the postings do not sum to zero in the base currency') "
        "WHEN max(company_id <> NEW.company_id) "
        "THEN RAISE(ABORT, 'a posting belongs to another company than its entry') "
        "END FROM posting WHERE entry_id = NEW.id; "
        "SELECT RAISE(ABORT, 'the postings do not sum to zero in each currency') "
        "FROM posting WHERE entry_id = NEW.id GROUP BY currency HAVING sum(minor) <> 0; "
        "END",
    )


def _frozen_documents() -> Iterator[tuple[str, str]]:
    document = Base.metadata.tables["document"]
    frozen = [column.name for column in document.columns if column.name not in MOVING_COLUMNS]
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in frozen)
    yield _guard(
        "document_frozen",
        f"UPDATE OF {', '.join(frozen)} ON document",
        f"OLD.issued_at IS NOT NULL AND ({changed})",
        "an issued document never changes",
    )
    yield _guard(
        "document_stays_void",
        "UPDATE OF voided_at ON document",
        "OLD.voided_at IS NOT NULL AND OLD.voided_at IS NOT NEW.voided_at",
        "a void document stays void",
    )
    yield _guard(
        "document_delete",
        "DELETE ON document",
        "OLD.issued_at IS NOT NULL",
        "an issued document is never deleted",
    )
    for table in DOCUMENT_PARTS:
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "OLD NEW"), ("DELETE", "OLD")):
            ids = ", ".join(f"{row}.document_id" for row in rows.split())
            issued = f"id IN ({ids}) AND issued_at IS NOT NULL"
            yield _guard(
                f"{table}_{event.lower()}",
                f"{event} ON {table}",
                f"EXISTS (SELECT 1 FROM document WHERE {issued})",  # noqa: S608 - names of ours
                "the lines of an issued document never change",
            )


def _own_company() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        references = _references_within_company(table)
        if not references:
            continue
        foreign = " OR ".join(
            f"(SELECT company_id FROM {parent} WHERE id = NEW.{column})"  # noqa: S608 - names of ours
            " <> NEW.company_id"
            for column, parent in references
        )
        sentence = f"a {table.name} row refers to a row of another company"
        yield _guard(f"{table.name}_company", f"INSERT ON {table.name}", foreign, sentence)
        if table.name not in APPEND_ONLY:
            columns = ", ".join(["company_id", *(column for column, _ in references)])
            event = f"UPDATE OF {columns} ON {table.name}"
            yield _guard(f"{table.name}_company_update", event, foreign, sentence)


def _references_within_company(table: Table) -> list[tuple[str, str]]:
    """Columns of ``table`` that refer to a row of a company, with the table they refer to."""
    if "company_id" not in table.columns:
        return []
    return sorted(
        (key.parent.name, key.column.table.name)
        for key in table.foreign_keys
        if "company_id" in key.column.table.columns and key.column.name == "id"
    )
