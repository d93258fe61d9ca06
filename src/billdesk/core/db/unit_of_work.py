"""One use case, one transaction: what it changes, whom it tells, what it leaves for the audit."""

import os
import platform
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from billdesk.core.bus import Bus
from billdesk.core.db.engine import WRITING
from billdesk.core.db.tables import AuditDetail, AuditHead, AuditLog
from billdesk.core.domain.canonical import canonical_json, sha256_hex
from billdesk.core.domain.errors import StaleVersion, TemporaryError
from billdesk.core.domain.events import Event

P = ParamSpec("P")
R = TypeVar("R")
FIRST_HASH = "0" * 64
TRIES = 3
# Built once: building a statement takes SQLAlchemy three times as long as running it.
_AUDIT_HEAD = (
    select(AuditHead.seq, AuditHead.hash)
    .where(AuditHead.company_id == bindparam("of"))
    .with_for_update()
)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.company_id == bindparam("of"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)
_ADD_AUDIT = insert(AuditLog)
_ADD_DETAIL = insert(AuditDetail)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a named user on a machine, or BillDesk itself ("stripe", "outbox")."""

    name: str
    machine: str = field(default_factory=platform.node)


@dataclass(frozen=True, slots=True)
class AuditFact:
    """What an audit row tells; ``before`` and ``after`` can be written as canonical JSON."""

    action: str
    subject: str
    before: Any = None
    after: Any = None


@dataclass(slots=True)
class Transaction:
    """An open write transaction of one company. ``now`` is the same instant throughout."""

    session: Session
    company_id: int
    actor: Actor
    now: datetime
    today: date
    correlation_id: str
    events: list[Event] = field(default_factory=list)
    # What was read once and holds for the whole transaction.
    memo: dict[str, Any] = field(default_factory=dict)

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

    def audit_all(self, facts: Sequence["AuditFact"]) -> None:
        """Add a link for each fact, in order."""
        head = self.connection.execute(_AUDIT_HEAD, {"of": self.company_id}).one_or_none()
        seq, previous = (head.seq, head.hash) if head else (0, FIRST_HASH)
        rows: list[dict[str, Any]] = []
        details: list[dict[str, Any]] = []
        for fact in facts:
            seq += 1
            body = canonical_json({"before": fact.before, "after": fact.after})
            salt = secrets.token_hex(16)
            row = {
                "company_id": self.company_id,
                "seq": seq,
                "at": self.now,
                "actor": self.actor.name,
                "machine": self.actor.machine,
                "action": fact.action,
                "subject": fact.subject,
                "correlation_id": self.correlation_id,
                "detail_sha256": sha256_hex(salt + body),
                "previous": previous,
            }
            row["hash"] = previous = audit_hash(row)
            rows.append(row)
            details.append({"company_id": self.company_id, "seq": seq, "salt": salt, "body": body})
        self.connection.execute(_ADD_AUDIT, rows)
        self.connection.execute(_ADD_DETAIL, details)
        head_row = {"seq": seq, "hash": previous}
        if head:
            self.connection.execute(_MOVE_HEAD, {"of": self.company_id, **head_row})
        else:
            self.connection.execute(
                insert(AuditHead).values(company_id=self.company_id, **head_row)
            )


def audit_hash(row: dict[str, Any]) -> str:
    """The hash of an audit row: SHA-256 over its canonical JSON without ``hash`` itself."""
    return sha256_hex(canonical_json({k: v for k, v in row.items() if k != "hash"}))


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
    def write(self, *, correlation_id: str | None = None) -> Iterator[Transaction]:
        """One transaction: commits at the end, rolls back on any error, then publishes.

        Raises ``StaleVersion`` when a row was changed by another desk meanwhile.
        """
        # One writer at a time per process: SQLite's own queue would starve some of ten.
        with self._write_lock, self.engine.connect() as connection:
            connection = connection.execution_options(**{WRITING: True})
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
                    correlation_id or str(uuid.uuid4()),
                )
                try:
                    yield tx
                    session.flush()
                except StaleDataError:
                    raise StaleVersion(
                        "This was changed elsewhere in the meantime. Look at the new state and "
                        "try again."
                    ) from None
        self.bus.publish(tx.events)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot for reading."""
        with self.engine.connect() as connection, connection.begin():
            yield connection


def use_case(method: Callable[P, R]) -> Callable[P, R]:
    """Repeat a use case that lost a race for the database; its transaction left nothing behind.

    Raises ``TemporaryError`` when the database stays busy.
    """

    @wraps(method)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES):
            try:
                return method(*args, **kwargs)
            except OperationalError as error:
                if "locked" not in str(error.orig) and "busy" not in str(error.orig):
                    raise
        raise TemporaryError("The books are busy; another program is writing. Try again.")

    return repeated


def system_user() -> str:
    """The name of the person logged in to this computer, or ``unknown``."""
    return os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
