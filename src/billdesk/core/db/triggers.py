"""Guards in the database itself: what must never happen, whichever program tries it.

The rules are money.md's in short: ledger, audit log, allocations, snapshots and renditions only
grow; an entry balances; an issued document stays as issued; no row refers to another company's.
"""

import logging
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, Table

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.guards import PREFIX, Check, Event, Guard, GuardKeeper
from billdesk.core.db.postgres.guards import PostgresGuards
from billdesk.core.db.sqlite_guards import SqliteGuards
from billdesk.core.db.tables import Base

log = logging.getLogger(__name__)

APPEND_ONLY = (
    "ledger_entry",
    "posting",
    "audit_log",
    "allocation",
    "document_snapshot",
    "payment_attempt",
    "recurring_run",
    "rendition",
)
DOCUMENT_PARTS = (
    "document_line",
    "document_line_tax",
    "document_adjustment",
    "document_reference",
)
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
# No LIKE: drivers take its sign for a parameter, and SQLite's ignores case.
_ANCHORS_DOCUMENT = (
    "EXISTS (SELECT 1 FROM audit_log AS l WHERE l.company_id = OLD.company_id AND l.seq = OLD.seq "
    "AND (substr(l.action, length(l.action) - 6) = '.issued' "
    "OR l.action IN ('invoice.imported', 'rendition.stored')))"
)


def install_guards(connection: Connection) -> None:
    """Drop all guards and create today's. Run after every migration, within its transaction.

    A batch rebuild drops a table's triggers without a word, and older books carry older guards.
    """
    remove_guards(connection)
    keeper = _keeper(connection)
    for guard in _guards(type(keeper)):
        keeper.create(guard)
    keeper.create_upkeep()
    keeper.seal()


def remove_guards(connection: Connection) -> None:
    """Drop all guards. Run before a migration, within its transaction.

    SQLite refuses to rename a rebuilt table into place while another table's trigger names it.
    """
    _keeper(connection).remove_all()


def guards_are_current(connection: Connection) -> bool:
    """Whether the guards in the database are exactly the ones of this version."""
    installed = _keeper(connection).installed()
    ours = {name: guard for name, guard in installed.items() if name.startswith(PREFIX)}
    return ours == _wanted(connection)


def guards_were_altered(connection: Connection) -> bool:
    """Whether guards were dropped, changed or added since BillDesk installed them.

    Another version's whole set, which opening the books brings up to date, is not altered; on a
    server nothing tells the two apart.
    """
    return not guards_are_current(connection) and not _keeper(connection).is_sealed()


def altered_guards(connection: Connection) -> list[tuple[str, str]]:
    """As ``unexpected_guards``, without the differences to another version's whole set."""
    faults = unexpected_guards(connection)
    if guards_were_altered(connection):
        return faults
    return [(name, fault) for name, fault in faults if not name.startswith(PREFIX)]


def warn_of_altered_guards(connection: Connection) -> None:
    """Write to the log which guards are about to be installed again, and why."""
    if guards_were_altered(connection):
        faults = "; ".join(f"{name}: {fault}" for name, fault in unexpected_guards(connection))
        log.warning("the guards of the books are not as installed, and are put back: %s", faults)


def unexpected_guards(connection: Connection) -> list[tuple[str, str]]:
    """Triggers that are missing, changed or not BillDesk's, each with what is wrong with it."""
    installed = _keeper(connection).installed()
    known = _wanted(connection)
    faults = dict.fromkeys(installed.keys() - known.keys(), "this trigger is not one of BillDesk's")
    for name, definition in known.items():
        if name not in installed:
            faults[name] = "it is missing"
        elif installed[name] != definition:
            faults[name] = "it has been changed"
    return sorted(faults.items())


def _keeper(connection: Connection) -> GuardKeeper:
    return SqliteGuards(connection) if is_sqlite(connection) else PostgresGuards(connection)


def _wanted(connection: Connection) -> dict[str, str]:
    keeper = _keeper(connection)
    wanted = {guard.name: keeper.wanted(guard) for guard in _guards(type(keeper))}
    known = {name: definition for name, definition in wanted.items() if definition is not None}
    return {**known, **keeper.upkeep}


@cache
def _guards(keeper: type[GuardKeeper]) -> tuple[Guard, ...]:
    """All guards in the words of one kind of database; the tables do not change while it runs."""
    return (
        *_append_only((*APPEND_ONLY, *keeper.more_that_grows)),
        *_balanced_ledger(),
        *_frozen_documents(keeper),
        *_own_company(),
    )


def _guard(
    name: str,
    event: Event,
    table: str,
    condition: str,
    sentence: str,
    columns: tuple[str, ...] = (),
) -> Guard:
    return Guard(PREFIX + name, table, event, (Check(condition, sentence),), columns)


def _append_only(tables: tuple[str, ...]) -> Iterator[Guard]:
    for table in (*tables, "audit_detail"):
        yield _guard(f"{table}_update", "UPDATE", table, "", f"{table} rows never change")
    for table in tables:
        yield from _never_deleted(table, "", f"{table} rows are never deleted")
    # Personal data is erased there and the chain of hashes stays whole; what proves a document's
    # snapshot or PDF names no person and stays.
    yield from _never_deleted(
        "audit_detail",
        _ANCHORS_DOCUMENT,
        "the audit detail that proves a document is never deleted",
    )


def _never_deleted(table: str, condition: str, sentence: str) -> Iterator[Guard]:
    yield _guard(f"{table}_delete", "DELETE", table, condition, sentence)
    # Emptying a table at once asks no row.
    yield _guard(f"{table}_truncate", "TRUNCATE", table, "", sentence)


def _balanced_ledger() -> Iterator[Guard]:
    # Postings come first (their foreign key is deferred), the entry proves that they balance.
    yield _guard(
        "posting_closed_entry",
        "INSERT",
        "posting",
        "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)",
        "a ledger entry is complete once it is written",
    )
    of_entry = "FROM posting WHERE entry_id = NEW.id"
    yield Guard(
        f"{PREFIX}ledger_entry_balances",
        "ledger_entry",
        "INSERT",
        (
            Check(
                f"(SELECT count(*) {of_entry}) < 2", "a ledger entry needs at least two postings"
            ),
            Check(
                f"(SELECT sum(base_minor) {of_entry}) <> 0",
                "the postings do not sum to zero in the base currency",
            ),
            Check(
                f"EXISTS (SELECT 1 {of_entry} AND company_id <> NEW.company_id)",
                "a posting belongs to another company than its entry",
            ),
            Check(
                f"EXISTS (SELECT 1 {of_entry} GROUP BY currency HAVING sum(minor) <> 0)",
                "the postings do not sum to zero in each currency",
            ),
        ),
        is_after=True,
    )


def _frozen_documents(keeper: type[GuardKeeper]) -> Iterator[Guard]:
    document = Base.metadata.tables["document"]
    frozen = [column.name for column in document.columns if column.name not in MOVING_COLUMNS]
    changed = " OR ".join(f"OLD.{name} {keeper.differs} NEW.{name}" for name in frozen)
    yield _guard(
        "document_frozen",
        "UPDATE",
        "document",
        f"OLD.issued_at IS NOT NULL AND ({changed})",
        "an issued document never changes",
        tuple(frozen),
    )
    yield _guard(
        "document_stays_void",
        "UPDATE",
        "document",
        f"OLD.voided_at IS NOT NULL AND OLD.voided_at {keeper.differs} NEW.voided_at",
        "a void document stays void",
        ("voided_at",),
    )
    yield from _never_deleted(
        "document", "OLD.issued_at IS NOT NULL", "an issued document is never deleted"
    )
    events: tuple[tuple[Event, str], ...] = (
        ("INSERT", "NEW"),
        ("UPDATE", "OLD NEW"),
        ("DELETE", "OLD"),
    )
    sentence = "the lines of an issued document never change"
    for table in DOCUMENT_PARTS:
        for event, rows in events:
            ids = ", ".join(f"{row}.document_id" for row in rows.split())
            # Another desk may be issuing it right now: wait for that before looking.
            document_rows = f"SELECT issued_at FROM document WHERE id IN ({ids}){keeper.held}"  # noqa: S608 - names of ours
            yield _guard(
                f"{table}_{event.lower()}",
                event,
                table,
                f"EXISTS (SELECT 1 FROM ({document_rows}) AS d WHERE issued_at IS NOT NULL)",  # noqa: S608
                sentence,
            )
        yield _guard(f"{table}_truncate", "TRUNCATE", table, "", sentence)


def _own_company() -> Iterator[Guard]:
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
        yield _guard(f"{table.name}_company", "INSERT", table.name, foreign, sentence)
        if table.name not in APPEND_ONLY:
            columns = ("company_id", *(column for column, _ in references))
            name = f"{table.name}_company_update"
            yield _guard(name, "UPDATE", table.name, foreign, sentence, columns)


def _references_within_company(table: Table) -> list[tuple[str, str]]:
    """Columns of ``table`` that refer to a row of a company, with the table they refer to."""
    if "company_id" not in table.columns:
        return []
    return sorted(
        (key.parent.name, key.column.table.name)
        for key in table.foreign_keys
        if "company_id" in key.column.table.columns and key.column.name == "id"
    )
