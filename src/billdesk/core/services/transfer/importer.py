"""Take an exported company into these books, and prove that nothing was lost on the way."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError

from billdesk.core.db.archive import Archive
from billdesk.core.db.dialects import plan_for_new_rows, raise_sequences, wait_outside
from billdesk.core.db.failures import explanation, is_lost_race, refused_by_guard, taken_twice
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.db.tables import Company, Document, Install, PaymentLink
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import Imported
from billdesk.core.domain.outside import LIVE_LINKS
from billdesk.core.services.steps.moved_numbers import MOVED_IN
from billdesk.core.services.steps.owner import own_on_server
from billdesk.core.services.transfer.company_tables import company_tables
from billdesk.core.services.transfer.export_file import blob_member, table_member
from billdesk.core.services.transfer.export_reading import ExportReader, read_export
from billdesk.core.services.transfer.figures import figures_of
from billdesk.core.services.transfer.rows import BATCH, Moved
from billdesk.core.services.transfer.whole import check_whole
from billdesk.core.services.verification.checks import violations

# References within a table that may point at a later row; written when all rows are there.
_LATER = {
    "customer": ("merged_into_id",),
    "outbox": ("waits_for_id",),
    "tax_rate": ("follows_id",),
}
# What two desks can want at once, by the name of its constraint.
_RACED_FOR = frozenset(
    {
        "uq_company_uid",
        "pk_install",
        *(
            f"pk_{table.name}"
            for table in company_tables()
            if [column.name for column in table.primary_key] == ["id"]
        ),
    }
)


@dataclass(frozen=True, slots=True)
class MovedIn:
    """The company as it is here now; ``figures`` are equal to those it was exported with."""

    company_id: int
    name: str
    figures: dict[str, Any]


class TransferService:
    """Use cases about a company that comes from other books; needs no company yet."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    @use_case
    def take_in(self, file: Path) -> MovedIn:
        """Write the company of the export ``file`` into these books: all of it, or nothing.

        Counts, sums and trial balance are compared, and the books verified with their audit
        chain, before anything is committed. Raises ``UserError`` for a file that is damaged, of
        another version, of a company that is here already or whose books are not in order,
        ``NotAllowed`` when its payment links could not be recognised here.
        """
        with read_export(file) as export:
            _check_schema(file, export)
            check_whole(file, export)
            with self._uow.write() as tx:
                offsets = _offsets(tx.connection)
                with _refused_if_unsound(file):
                    company_id = _write_company(tx, export, offsets)
                    figures = figures_of(tx.connection, company_id)
                    if figures != export.manifest["figures"]:
                        raise UserError(f"The sums that “{file}” tells are not those of its rows.")
                    _check_books(file, tx.connection, company_id)
                raise_sequences(tx.connection)
                # From here on the company's own transaction: its chain tells that it moved.
                tx.company_id = company_id
                raised = {name: by for name, by in offsets.items() if by}
                tx.audit(
                    MOVED_IN, "company", after={"audit": figures["audit"], "numbers_raised": raised}
                )
                own_on_server(tx)
                tx.tell(Imported(company_id))
                tx.session.flush()
                _store_files(tx.connection, self._archive, export)
                return MovedIn(company_id, export.manifest["company"]["name"], figures)


def _check_schema(file: Path, export: ExportReader) -> None:
    schema = export.manifest.get("schema")
    if schema != SHIPPED.newest:
        raise UserError(
            f"“{file}” was written by another version of BillDesk (schema {schema}). Export the "
            "company again with this version."
        )


def _store_files(connection: Connection, archive: Archive, export: ExportReader) -> None:
    """All files or none, when nothing can be refused any more: an archive gives nothing back.

    And before the commit: what refers to them is only kept when they are on the disk.
    """
    if blobs := export.blobs():
        wait_outside(connection)
        archive.put_all(export.data(blob_member(sha256)) for sha256 in blobs)


def _check_books(file: Path, connection: Connection, company_id: int) -> None:
    """Every invariant of the books holds for the rows as they are now."""
    plan_for_new_rows(connection)
    for found in violations(connection, company_id):
        raise UserError(
            f"The books in “{file}” are not in order, so they were not taken in: {found.subject}: "
            f"{found.detail} ({found.rule}). {_where_to_look(file)}"
        )


def _write_company(tx: Transaction, export: ExportReader, offsets: dict[str, int]) -> int:
    connection = tx.connection
    known = export.manifest["company"]
    told = [{name: row[name] for name in known} for row in export.rows(table_member("company"))]
    if told != [known]:
        raise UserError("This file holds another company than it says.")
    if connection.scalar(select(Company.id).where(Company.uid == known["uid"])) is not None:
        raise UserError(f"{known['name']} is in these books already.")
    moved = Moved(offsets)
    _take_identity(tx, export)
    for table in company_tables():
        rows = export.rows(table_member(table.name))
        _write_rows(connection, table, (moved.first(table, row) for row in rows))
    moved.check()
    _finish_rows(connection, export, moved)
    return int(connection.scalars(select(Company.id).where(Company.uid == known["uid"])).one())


def _offsets(connection: Connection) -> dict[str, int]:
    """By how much the numbers of each table must rise to stand behind the ones here."""
    return {
        table.name: int(connection.scalar(select(func.max(table.c.id))) or 0)
        for table in company_tables()
        if [column.name for column in table.primary_key] == ["id"]
    }


def _take_identity(tx: Transaction, export: ExportReader) -> None:
    """The books' identity travels with their first company: Stripe's metadata names it."""
    theirs = export.manifest["install"]
    ours = tx.session.get(Install, 1)
    if ours is None:
        tx.session.add(
            Install(
                id=1,
                created_at=tx.now,
                uid=theirs["uid"],
                reference_key=theirs["reference_key"],
            )
        )
        tx.session.flush()
    elif (ours.uid, ours.reference_key) != (theirs["uid"], theirs["reference_key"]):
        if tx.connection.scalar(select(func.count()).select_from(Company)) == 0:
            ours.uid, ours.reference_key = theirs["uid"], theirs["reference_key"]
            tx.session.flush()
        elif _has_live_links(export):
            raise NotAllowed(
                "Customers could still pay this company's links, and these books would not know "
                "the payments. Switch its open payment links off first, then export it again."
            )


def _has_live_links(export: ExportReader) -> bool:
    live = {state.value for state in LIVE_LINKS}
    rows = export.rows(table_member(PaymentLink.__tablename__))
    return any(row["state"] in live for row in rows)


@contextmanager
def _refused_if_unsound(file: Path) -> Iterator[None]:
    """What a database or a type refuses is the file's fault, or that of the books it came from."""
    sentence = f"“{file}” has rows that do not belong together{{}}. {_where_to_look(file)}"
    try:
        yield
    except StatementError as error:
        if isinstance(error, DBAPIError) and not _is_refusal(error):
            raise
        refused = refused_by_guard(error) if isinstance(error, DBAPIError) else None
        raise UserError(sentence.format(f": {refused}" if refused else "")) from error
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UserError(sentence.format("")) from error


def _where_to_look(file: Path) -> str:
    return (
        f"Nothing was taken in. “python3 check.py {file.name}”, with the check.py inside the file, "
        "and “billdesk verify” on the books it came from tell more."
    )


def _is_refusal(error: DBAPIError) -> bool:
    """Whether a row was refused; what is left is a lost race, a full disk, a missing right."""
    if explanation(error) is not None:
        return False
    taken = taken_twice(error)
    if taken is None:
        return not is_lost_race(error)
    # The file has no number twice: another desk has taken it, or the company, at the same time.
    return taken not in _RACED_FOR


def _write_rows(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    for batch in _batches(rows):
        for row in batch:
            for column in _LATER.get(table.name, ()):
                row[column] = None
            if table is Document.__table__:
                # Its lines come after it, and the guards let nobody add lines to an issued one.
                row["issued_at"] = None
        connection.execute(insert(table), batch)


def _finish_rows(connection: Connection, export: ExportReader, moved: Moved) -> None:
    later = {**_LATER, "document": ("issued_at",)}
    for table in company_tables():
        for name in later.get(table.name, ()):
            statement = (
                update(table)
                .where(table.c.id == bindparam("of"))
                .values({name: bindparam("value")})
            )
            rows = (moved.row(table, row) for row in export.rows(table_member(table.name)))
            wanted = ({"of": r["id"], "value": r[name]} for r in rows if r[name] is not None)
            for batch in _batches(wanted):
                connection.execute(statement, batch)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
