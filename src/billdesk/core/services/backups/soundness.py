"""Whether the books in a backup hold, told before they take the place of the present ones.

A restore is never refused for it: the backup may be the only copy there is.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from billdesk.core.db.file_errors import result_code
from billdesk.core.db.migrate import SchemaState, open_books, schema_state
from billdesk.core.db.tables import Company
from billdesk.core.domain.backups import BackupSummary
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.services.verification import audit_chain, guards
from billdesk.core.services.verification.checks import (
    OF_THE_COMPANY,
    OF_THE_DATABASE,
    violations,
)
from billdesk.core.services.verification.violation import Violation

log = logging.getLogger(__name__)
# Somebody is waiting for the answer, and every rule takes many minutes for a million documents.
PATIENCE_S = 60.0
# Bringing more than this up to date, only to look at it, takes about as long as restoring it.
MOST_TO_BRING_UP_TO_DATE = 50_000
STEPS_BETWEEN_LOOKS = 10_000
_RULES = tuple(rule for rule in OF_THE_DATABASE + OF_THE_COMPANY if rule[1] is not guards.intact)
# What shows a forger at once.
_FIRST = (audit_chain.documents_exist, audit_chain.unbroken)
# Rows as no BillDesk writes them can make a rule fail in any of these ways.
_UNREADABLE = (BillDeskError, SQLAlchemyError, ValueError, LookupError, TypeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Soundness:
    """How many violations there are, the first in words, and whether every rule was tried."""

    broken: int
    first: str
    is_complete: bool


def check_backup(books: Path, summary: BackupSummary, now: datetime) -> Soundness:
    """Verify the books in ``books``, a copy of the backup that is changed on the way.

    Rule after rule, until all are tried or a minute is over. Large books of an older version are
    not tried. Stored PDFs are not looked at: they are not in a file of books, and what is missing
    comes back from its packs.
    """
    is_large = sum(one.documents for one in summary.companies) > MOST_TO_BRING_UP_TO_DATE
    if is_large and schema_state(books) is not SchemaState.CURRENT:
        return Soundness(0, "", is_complete=False)
    broken, first = 0, ""
    try:
        # Brings this version's guards along: what is found beside them would survive a restore.
        engine = open_books(books, backups=books.parent / "checked", now=now)
        try:
            with engine.connect() as connection, connection.begin():
                for one in _found(connection):
                    broken += 1
                    first = first or f"{one.subject}: {one.detail}"
        finally:
            engine.dispose()
    except _UNREADABLE as error:
        if _is_interrupt(error):
            return Soundness(broken, first, is_complete=False)
        log.warning("the backup cannot be checked", exc_info=error)
        return Soundness(broken + 1, first or "its rows cannot be read", is_complete=False)
    return Soundness(broken, first, is_complete=True)


def _found(connection: Connection) -> Iterator[Violation]:
    ids = connection.scalars(select(Company.id).order_by(Company.id)).all()
    # In no time, and always: a trigger that came along would go on changing the books.
    yield from guards.intact(connection, 0)
    _interrupt_after(connection, PATIENCE_S)
    for rule in sorted(_RULES, key=lambda rule: rule[1] not in _FIRST):
        # What the database keeps is one for all companies, and there may be none yet.
        for company_id in (0,) if rule in OF_THE_DATABASE else ids:
            yield from violations(connection, company_id, (rule,))


def _interrupt_after(connection: Connection, seconds: float) -> None:
    """Let SQLite stop whatever it is doing for ``connection`` then."""
    deadline = time.monotonic() + seconds
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("only files are restored")
    driver.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS)


def _is_interrupt(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.Error) and result_code(cause) == sqlite3.SQLITE_INTERRUPT
