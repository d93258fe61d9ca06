"""One use case, one transaction: what it changes, whom it tells, what it leaves for the audit."""

import platform
import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from billdesk.core.bus import Bus
from billdesk.core.db.audit_chain import AuditFact, AuditOrigin, RecordedFact, extend_chain
from billdesk.core.db.changes import note_change
from billdesk.core.db.engine import for_reading, for_writing, is_sqlite
from billdesk.core.db.failures import explaining, explanation, is_lost_race
from billdesk.core.db.tables import Company
from billdesk.core.domain.correlation import current_correlation
from billdesk.core.domain.errors import NotAllowed, StaleVersion
from billdesk.core.domain.events import Event

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
_FIRST_WAIT_S = 0.02
# Facts of a large import are written before the end, so that they need not stay in memory.
_MOST_FACTS_WAITING = 1000
# Built once: every transaction begins with it.
_COMPANY = select(Company.__table__).where(Company.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a named user on a machine, or BillDesk itself ("stripe", "outbox")."""

    name: str
    machine: str = field(default_factory=platform.node)


@dataclass(slots=True)
class Transaction:
    """An open write transaction of one company. ``now`` is the same instant throughout."""

    session: Session
    company_id: int
    actor: Actor
    now: datetime
    today: date
    correlation_id: str
    desk: str
    events: list[Event] = field(default_factory=list)
    # What was read once and holds for the whole transaction.
    memo: dict[str, Any] = field(default_factory=dict)
    _facts: list[RecordedFact] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        """The connection below the session, for Core statements."""
        return self.session.connection()

    def tell(self, event: Event) -> None:
        """Publish ``event`` once the transaction has committed."""
        self.events.append(event)

    def audit(self, action: str, subject: str, *, before: Any = None, after: Any = None) -> None:
        """Add a link to the company's audit chain; ``subject`` is like ``document:<uid>``."""
        self.audit_all([AuditFact(action, subject, before, after)])

    def audit_all(self, facts: Sequence[AuditFact]) -> None:
        """Add a link for each fact, in order.

        Written at the end of the transaction: the chain's head is what every desk waits for, so it
        is locked last and shortest.
        """
        self._facts += [fact.recorded() for fact in facts]
        if len(self._facts) >= _MOST_FACTS_WAITING:
            self._write_facts()

    def finish(self) -> None:
        """Write what comes last. Called once, by the unit of work."""
        self.session.flush()
        self._write_facts()
        if self.events:
            note_change(self.connection, self.company_id, self.desk, self.events, self.now)

    def _write_facts(self) -> None:
        if self._facts:
            origin = AuditOrigin(
                self.company_id, self.now, self.actor.name, self.actor.machine, self.correlation_id
            )
            extend_chain(self.connection, origin, self._facts)
            self._facts.clear()


class UnitOfWork:
    """Opens transactions on the books of one company for one actor.

    ``now`` gives the current instant (aware), ``today`` the business date.
    """

    def __init__(
        self,
        engine: Engine,
        company_id: int,
        actor: Actor,
        bus: Bus,
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        write_lock: "Lock",
    ) -> None:
        self.engine = engine
        self.company_id = company_id
        self.actor = actor
        self.bus = bus
        self.now = now
        self.today = today
        self._write_lock = write_lock

    def acting_as(self, name: str) -> "UnitOfWork":
        """The same books with another actor, for work BillDesk does by itself."""
        return UnitOfWork(
            self.engine,
            self.company_id,
            Actor(name, self.actor.machine),
            self.bus,
            now=self.now,
            today=self.today,
            write_lock=self._write_lock,
        )

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: commits at the end, rolls back on any error, then publishes.

        It belongs to what is going on (``domain.correlation``), else it stands for itself.

        Raises ``StaleVersion`` when a row was changed by another desk meanwhile, ``NotAllowed``
        when the company is closed.
        """
        with self._turn(), self.engine.connect() as connection:
            connection = for_writing(connection)
            with (
                connection.begin(),
                Session(connection, expire_on_commit=False, autoflush=False) as session,
            ):
                tx = Transaction(
                    session,
                    self.company_id,
                    self.actor,
                    self.now(),
                    self.today(),
                    current_correlation() or str(uuid.uuid4()),
                    self.bus.desk,
                )
                _refuse_closed(tx)
                try:
                    yield tx
                    tx.finish()
                except StaleDataError:
                    raise StaleVersion(
                        "This was changed elsewhere in the meantime. Look at the new state and "
                        "try again."
                    ) from None
        self.bus.publish(tx.events)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot for reading.

        Raises ``UserError`` for a file that is damaged or a right that is missing on a server,
        ``TemporaryError`` for a server that is busy or gone.
        """
        with explaining(self.engine), self.engine.connect() as connection:
            connection = for_reading(connection)
            with connection.begin():
                yield connection

    def _turn(self) -> AbstractContextManager[object]:
        # One writer at a time per process: SQLite's own queue would starve some of ten.
        return self._write_lock if is_sqlite(self.engine) else nullcontext()


def _refuse_closed(tx: Transaction) -> None:
    """A closed company's books are read, never changed. Keeps its row for the use case."""
    company = tx.connection.execute(_COMPANY, {"of": tx.company_id}).first()
    if company is None:
        return
    tx.memo["company"] = company
    if company.closed_at is not None:
        raise NotAllowed(
            f"{company.name} was closed on {company.closed_at.date()}; its books can be read and "
            "exported, but not changed any more."
        )


def use_case(method: Callable[P, R]) -> Callable[P, R]:
    """Repeat a use case that lost a race for the database; its transaction left nothing behind.

    Raises ``TemporaryError`` when the database stays busy or was lost, ``UserError`` when the
    database user lacks a right.
    """

    @wraps(method)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for tried in range(1, TRIES + 1):
            try:
                return method(*args, **kwargs)
            except DBAPIError as error:
                if tried < TRIES and is_lost_race(error):
                    # Jittered, so that those who met do not meet again.
                    time.sleep(random.uniform(0.5, 1.5) * _FIRST_WAIT_S * tried)  # noqa: S311
                    continue
                known = explanation(error)
                if known is None:
                    raise
                raise known from error
        raise AssertionError("the last try returns or raises")

    return repeated
