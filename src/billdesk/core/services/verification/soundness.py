"""Whether books hold, for somebody who is waiting: rule after rule, until a minute is over.

Every rule takes many minutes for a million documents; ``VerificationService.run`` takes them.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.failures import sqlstate
from billdesk.core.db.file_errors import result_code
from billdesk.core.db.tables import Company
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.services.verification import audit_chain, guards
from billdesk.core.services.verification.checks import OF_THE_COMPANY, OF_THE_DATABASE, violations
from billdesk.core.services.verification.reading import DEADLINE, OutOfTime, check_time
from billdesk.core.services.verification.violation import Violation

log = logging.getLogger(__name__)
PATIENCE_S = 60.0
STEPS_BETWEEN_LOOKS = 10_000
_RULES = tuple(rule for rule in OF_THE_DATABASE + OF_THE_COMPANY if rule[1] is not guards.intact)
# What shows a forger at once.
_FIRST = (audit_chain.documents_exist, audit_chain.unbroken)
# Rows as no BillDesk writes them can make a rule fail in any of these ways.
UNREADABLE = (BillDeskError, SQLAlchemyError, ValueError, LookupError, TypeError, ArithmeticError)
_CANCELED = "57014"


@dataclass(frozen=True, slots=True)
class Soundness:
    """How many violations there are, the first in words, and whether every rule was tried."""

    broken: int
    first: str
    is_complete: bool


def look(connection: Connection, company_id: int | None = None) -> Soundness:
    """Verify one company, or every one, in the transaction of ``connection``.

    Stored PDFs are not looked at. A transaction on a server may be over afterwards.
    """
    broken, first = 0, ""
    try:
        for one in _found(connection, company_id):
            broken += 1
            first = first or f"{one.subject}: {one.detail}"
    except OutOfTime:
        return Soundness(broken, first, is_complete=False)
    except UNREADABLE as error:
        if _is_interrupt(error):
            return Soundness(broken, first, is_complete=False)
        log.warning("the books cannot be checked", exc_info=error)
        return Soundness(broken + 1, first or "its rows cannot be read", is_complete=False)
    return Soundness(broken, first, is_complete=True)


def _found(connection: Connection, company_id: int | None) -> Iterator[Violation]:
    ids = [company_id] if company_id is not None else list(connection.scalars(_COMPANIES))
    # In no time, and always: a trigger of somebody else's would go on changing the books.
    yield from guards.intact(connection, 0)
    with _ending_after(connection, PATIENCE_S):
        for rule in sorted(_RULES, key=lambda rule: rule[1] not in _FIRST):
            # What the database keeps is one for all companies, and there may be none yet.
            for of_company in (0,) if rule in OF_THE_DATABASE else ids:
                _limit_statements(connection)
                yield from violations(connection, of_company, (rule,))


_COMPANIES = select(Company.id).order_by(Company.id)


@contextmanager
def _ending_after(connection: Connection, seconds: float) -> Iterator[None]:
    """Let the database stop whatever it is doing for ``connection`` then."""
    deadline = time.monotonic() + seconds
    connection.info[DEADLINE] = deadline
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        # The connection goes back to others.
        connection.info.pop(DEADLINE, None)
        if isinstance(driver, sqlite3.Connection):
            driver.set_progress_handler(None, 0)


def _limit_statements(connection: Connection) -> None:
    if is_sqlite(connection):
        return
    check_time(connection)
    left_ms = int((connection.info[DEADLINE] - time.monotonic()) * 1000)
    connection.execute(text(f"SET LOCAL statement_timeout = {max(left_ms, 1)}"))


def _is_interrupt(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and sqlstate(error) == _CANCELED:
        return True
    return isinstance(cause, sqlite3.Error) and result_code(cause) == sqlite3.SQLITE_INTERRUPT
