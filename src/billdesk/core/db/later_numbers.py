"""Numbers that were given after a backup was made: in the present books and in stored PDFs."""

import logging
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from billdesk.core.db.archive import FileArchive
from billdesk.core.db.backup_summary import known_files
from billdesk.core.db.file_errors import explained
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.domain.numbering import SeenCounter, SeenNumber

log = logging.getLogger(__name__)
_PRESENT = "FROM present.document d JOIN present.company c ON c.id = d.company_id"
_LATER = """
    d.number IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM main.document m WHERE m.uid = d.uid AND m.number = d.number)
"""
_NUMBERS = f"""
    SELECT c.uid, s.kind, d.number, coalesce(d.issued_on, d.listed_on),
        coalesce(cu.number, ''), d.issued_at IS NOT NULL,
        d.sent_at IS NOT NULL
            OR EXISTS (SELECT 1 FROM present.mail e WHERE e.document_id = d.id
                       AND e.state IN ('sending', 'accepted', 'unknown', 'saved'))
            OR EXISTS (SELECT 1 FROM present.payment_link l WHERE l.document_id = d.id
                       AND l.url IS NOT NULL)
    {_PRESENT} JOIN present.number_series s ON s.id = d.series_id
    LEFT JOIN present.customer cu ON cu.id = d.customer_id
    WHERE {_LATER} ORDER BY d.id
"""  # noqa: S608 - both parts stand above
_CUSTOMERS = """
    SELECT c.uid, 'customer', cu.number, substr(cu.created_at, 1, 10), '', 0, 0
    FROM present.customer cu JOIN present.company c ON c.id = cu.company_id
    WHERE cu.number <> '' AND NOT EXISTS (
        SELECT 1 FROM main.customer m WHERE m.uid = cu.uid AND m.number = cu.number)
    ORDER BY cu.id
"""
_COUNTERS = """
    SELECT c.uid, s.kind, s.pattern, s.reset, n.period, n.last_value
    FROM present.number_counter n JOIN present.number_series s ON s.id = n.series_id
    JOIN present.company c ON c.id = s.company_id
"""
_AUTHORS = "SELECT name, uid FROM company"
_TITLE = re.compile(rb"/Title \(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_AUTHOR = re.compile(rb"/Author \(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_DAY = re.compile(rb"/CreationDate \(D:(\d{8})")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class LaterNumbers:
    """What the present books gave out that the backup does not know."""

    numbers: tuple[SeenNumber, ...]
    counters: tuple[SeenCounter, ...]


def in_present_books(backup: Path, present: Path) -> LaterNumbers:
    """Compare ``present`` with ``backup``; neither is changed.

    Raises ``UserError`` when the present books cannot be read.
    """
    with explained(present), closing(sqlite3.connect(backup)) as connection:
        connection.execute("ATTACH ? AS present", (str(present),))
        connection.execute("PRAGMA query_only=ON")
        try:
            numbers = [*connection.execute(_NUMBERS), *connection.execute(_CUSTOMERS)]
            counters = connection.execute(_COUNTERS).fetchall()
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise UserError(f"“{present}” is not a BillDesk database.") from error
            raise
    return LaterNumbers(
        tuple(
            SeenNumber(
                company_uid=uid,
                kind=kind,
                number=number,
                on=date.fromisoformat(on),
                source="books",
                customer_number=customer,
                issued=bool(issued),
                sent=bool(sent),
            )
            for uid, kind, number, on, customer, issued, sent in numbers
        ),
        tuple(SeenCounter(*row) for row in counters),
    )


def in_archive(
    books: Path, archive: FileArchive, attached: Collection[str] = ()
) -> tuple[SeenNumber, ...]:
    """The titles of stored PDFs that ``books`` do not know: documents drawn after the backup.

    The archive outlives the books (it only grows), so this works where the books are lost.
    ``attached`` are hashes of attachments: anybody writes what stands in those.
    """
    try:
        # A file these books know is of a document whose number they know, too.
        known = known_files(books).union(attached)
        keys = archive.hashes()
        with explained(books), closing(sqlite3.connect(books)) as connection:
            companies = dict(connection.execute(_AUTHORS).fetchall())
        return tuple(_titles(archive, (key for key in keys if key not in known), companies))
    except BillDeskError as error:
        log.warning("the archive tells no numbers: %s", error)
        return ()


def _titles(
    archive: FileArchive, keys: Iterable[str], companies: dict[str, str]
) -> Iterator[SeenNumber]:
    for key in keys:
        try:
            data = archive.get(key)
        except BillDeskError:
            continue
        title, author, day = _TITLE.search(data), _AUTHOR.search(data), _DAY.search(data)
        if not (data.startswith(b"%PDF-") and title and author and day):
            continue
        uid = companies.get(_text(author[1]))
        if uid is not None:
            yield SeenNumber(
                company_uid=uid,
                kind="",
                number=_text(title[1]),
                on=datetime.strptime(day[1].decode(), "%Y%m%d").date(),  # noqa: DTZ007 - a date
                source="archive",
                issued=True,
            )


def _text(raw: bytes) -> str:
    """A string of a PDF (ISO 32000-1, 7.3.4.2 and 7.9.2.2)."""

    def plain(found: re.Match[bytes]) -> bytes:
        what = found[1]
        return bytes([int(what, 8) & 0xFF]) if what.isdigit() else _LETTERS.get(what, what)

    data = _ESCAPED.sub(plain, raw)
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", errors="replace")
    return data.decode("latin-1")
