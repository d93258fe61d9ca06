"""The audit log's chain of hashes: rows are added at its end, under the lock of its head."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from billdesk.core.db.tables import AuditDetail, AuditHead, AuditLog, Company
from billdesk.core.domain.canonical import canonical_json, sha256_hex

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_HEAD = (
    select(AuditHead.seq, AuditHead.hash)
    .where(AuditHead.company_id == bindparam("of"))
    .with_for_update(key_share=True)
)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.company_id == bindparam("of"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)
_COMPANY_UID = select(Company.uid).where(Company.id == bindparam("of"))
_ADD_HEAD = insert(AuditHead)
_ADD_ROW = insert(AuditLog)
_ADD_DETAIL = insert(AuditDetail)


@dataclass(frozen=True, slots=True)
class AuditFact:
    """What an audit row tells; ``before`` and ``after`` can be written as canonical JSON."""

    action: str
    subject: str
    before: Any = None
    after: Any = None

    def recorded(self) -> "RecordedFact":
        """The fact as it is now, whatever becomes of the rows it was taken from."""
        body = canonical_json({"before": self.before, "after": self.after})
        return RecordedFact(self.action, self.subject, body)


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact with before and after in one canonical text."""

    action: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class AuditOrigin:
    """What all rows of one transaction share."""

    company_id: int
    at: datetime
    actor: str
    machine: str
    correlation_id: str


def extend_chain(
    connection: Connection, origin: AuditOrigin, facts: Sequence[RecordedFact]
) -> None:
    """Add a link for each fact, in order.

    The head stays locked until the transaction ends: it is the last lock a transaction takes.
    """
    of = {"of": origin.company_id}
    head = connection.execute(_HEAD, of).one_or_none()
    seq, previous = (
        (head.seq, head.hash)
        if head
        else (0, first_link(connection.execute(_COMPANY_UID, of).scalar_one()))
    )
    rows: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    for fact in facts:
        seq += 1
        salt = secrets.token_hex(16)
        row = {
            "company_id": origin.company_id,
            "seq": seq,
            "at": origin.at,
            "actor": origin.actor,
            "machine": origin.machine,
            "action": fact.action,
            "subject": fact.subject,
            "correlation_id": origin.correlation_id,
            "detail_sha256": sha256_hex(salt + fact.body),
            "previous": previous,
        }
        row["hash"] = previous = audit_hash(row)
        rows.append(row)
        detail = {"company_id": origin.company_id, "seq": seq, "salt": salt, "body": fact.body}
        details.append(detail)
    connection.execute(_ADD_ROW, rows)
    connection.execute(_ADD_DETAIL, details)
    if head:
        connection.execute(_MOVE_HEAD, {**of, "seq": seq, "hash": previous})
    else:
        new = {"company_id": origin.company_id, "seq": seq, "hash": previous}
        connection.execute(_ADD_HEAD, new)


def first_link(company_uid: str) -> str:
    """What the first row of a company's chain follows: it binds the chain to the company."""
    return sha256_hex(company_uid)


# The number of a company may change when it moves to another database; the chain stays.
_NOT_HASHED = frozenset({"company_id", "hash"})


def audit_hash(row: dict[str, Any]) -> str:
    """The hash of an audit row: SHA-256 over the canonical JSON of what it says."""
    return sha256_hex(canonical_json({k: v for k, v in row.items() if k not in _NOT_HASHED}))
