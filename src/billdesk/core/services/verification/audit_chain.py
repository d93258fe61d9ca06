"""The audit chain: each row's hash covers the row and the hash before it."""

import json
from collections.abc import Iterable
from functools import cache
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, func, literal, select

from billdesk.core.db.audit_chain import audit_hash, first_link
from billdesk.core.db.tables import (
    AuditDetail,
    AuditHead,
    AuditLog,
    Company,
    Document,
    DocumentSnapshot,
    Rendition,
)
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation

# What freezes a document, of whatever kind, and records the hash of its snapshot.
_FREEZES = AuditLog.action.endswith(".issued") | (AuditLog.action == "invoice.imported")
_STORES = AuditLog.action == "rendition.stored"
SUBJECT = "document:"
# The document an audit row is about, and its detail; to be joined to it.
_UID = func.substr(AuditLog.subject, len(SUBJECT) + 1)
_DETAIL = (AuditDetail.company_id == AuditLog.company_id) & (AuditDetail.seq == AuditLog.seq)


def unbroken(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Recompute every hash from the first row to the head."""
    rows = streamed(connection, _chain(company_id))
    previous, seq = first_link(_uid(connection, company_id)), 0
    columns = [column.name for column in AuditLog.__table__.columns]
    for row in rows:
        seq += 1
        facts = {name: getattr(row, name) for name in columns}
        if row.seq != seq:
            yield Violation("audit-chain", f"audit row {seq}", "it is missing")
            seq = row.seq
        if row.previous != previous:
            yield Violation("audit-chain", f"audit row {row.seq}", "it does not follow the last")
        if audit_hash(facts) != row.hash:
            yield Violation("audit-chain", f"audit row {row.seq}", "it has been changed")
        # An erased detail is allowed, but not of what anchors a document; a changed one never is.
        if row.body is None and _anchors_document(row.action):
            yield Violation("audit-chain", f"audit row {row.seq}", "its detail is missing")
        if row.body is not None and sha256_hex(row.salt + row.body) != row.detail_sha256:
            yield Violation("audit-chain", f"audit row {row.seq}", "its detail has been changed")
        previous = row.hash
    if seq == 0:
        yield Violation("audit-chain", "head", "the audit log is empty")
    elif (seq, previous) != head(connection, company_id):
        yield Violation("audit-chain", "head", "the last rows of the chain are missing")


@cache
def _chain(company_id: int) -> AnySelect:
    return (
        select(AuditLog.__table__, AuditDetail.salt, AuditDetail.body)
        .outerjoin(
            AuditDetail,
            (AuditDetail.company_id == AuditLog.company_id) & (AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id)
        .order_by(AuditLog.seq)
    )


def _anchors_document(action: str) -> bool:
    """Whether the detail of ``action`` holds the hash of a snapshot or PDF, and no person."""
    return action.endswith(".issued") or action in {"invoice.imported", "rendition.stored"}


def snapshots(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A snapshot's bytes have the hash stored with it, and the one the audit log recorded."""
    rows = streamed(connection, _frozen(company_id))
    for row in rows:
        if sha256_hex(row.body) != row.sha256:
            yield Violation("snapshot", row.number, "what was frozen at issue has been changed")
        elif row.seq is None:
            yield Violation("snapshot", row.number, "the audit log does not know it")
        elif _recorded(row.detail, "snapshot_sha256") not in (row.sha256, None):
            yield Violation("snapshot", row.number, "it is not what the audit log recorded")


@cache
def _frozen(company_id: int) -> AnySelect:
    return (
        select(
            Document.number,
            DocumentSnapshot.body,
            DocumentSnapshot.sha256,
            AuditLog.seq,
            AuditDetail.body.label("detail"),
        )
        .select_from(DocumentSnapshot)
        .join(Document, Document.id == DocumentSnapshot.document_id)
        .outerjoin(AuditLog, _about_document(_FREEZES))
        .outerjoin(AuditDetail, _DETAIL)
        .where(DocumentSnapshot.company_id == company_id)
    )


def documents_exist(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Every document that the audit log saw issued is still there, and still issued."""
    gone = streamed(connection, _gone(company_id))
    for row in gone:
        yield Violation("document-missing", f"audit row {row.seq}", "its document is gone")


@cache
def _gone(company_id: int) -> AnySelect:
    return (
        select(AuditLog.seq)
        .outerjoin(
            Document,
            (Document.uid == _UID)
            & (Document.company_id == AuditLog.company_id)
            & Document.issued_at.is_not(None),
        )
        .where(
            AuditLog.company_id == company_id,
            _FREEZES,
            AuditLog.subject.startswith(SUBJECT),
            Document.id.is_(None),
        )
        .order_by(AuditLog.seq)
    )


def stored_pdfs(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The stored PDFs are the ones that the audit log recorded for their documents."""
    stored = streamed(connection, _stored(company_id))
    for _, of_rendition in groupby(stored, key=lambda row: row.id):
        rows = list(of_rendition)
        known = {_recorded(row.detail, "sha256") for row in rows}
        if rows[0].sha256 not in known:
            number, kind = rows[0].number, rows[0].kind
            yield Violation("stored-pdf", number, f"{kind} is not what was recorded")
    recorded = streamed(connection, _recorded_pdfs(company_id))
    for _, of_seq in groupby(recorded, key=lambda row: row.seq):
        rows = list(of_seq)
        sha256 = _recorded(rows[0].detail, "sha256")
        if sha256 is not None and sha256 not in {row.sha256 for row in rows}:
            lost = f"the PDF {sha256[:12]}… that was recorded is gone"
            yield Violation("stored-pdf", rows[0].subject, lost)


@cache
def _stored(company_id: int) -> AnySelect:
    return (
        select(
            Rendition.id,
            Document.number,
            Rendition.kind,
            Rendition.sha256,
            AuditDetail.body.label("detail"),
        )
        .select_from(Rendition)
        .join(Document, Document.id == Rendition.document_id)
        .outerjoin(AuditLog, _about_document(_STORES))
        .outerjoin(AuditDetail, _DETAIL)
        .where(Rendition.company_id == company_id)
        .order_by(Rendition.id)
    )


@cache
def _recorded_pdfs(company_id: int) -> AnySelect:
    return (
        select(
            AuditLog.seq,
            AuditLog.subject,
            AuditDetail.body.label("detail"),
            Rendition.sha256,
        )
        .select_from(AuditLog)
        .join(AuditDetail, _DETAIL)
        .outerjoin(Document, (Document.uid == _UID) & (Document.company_id == AuditLog.company_id))
        .outerjoin(Rendition, Rendition.document_id == Document.id)
        .where(AuditLog.company_id == company_id, _STORES)
        .order_by(AuditLog.seq)
    )


def _about_document(actions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The audit rows about a document, to be joined to it."""
    subject = literal(SUBJECT).concat(Document.uid)
    return (AuditLog.company_id == Document.company_id) & (AuditLog.subject == subject) & actions


def _recorded(detail: str | None, name: str) -> str | None:
    """What a detail says of ``name``; nothing where it was erased."""
    after = json.loads(detail).get("after") if detail is not None else None
    return (after or {}).get(name)


def head(connection: Connection, company_id: int) -> tuple[int, str]:
    """Number and hash of the chain's last row; an accountant keeps it."""
    row = connection.execute(_head(company_id)).first()
    return (row.seq, row.hash) if row else (0, first_link(_uid(connection, company_id)))


@cache
def _head(company_id: int) -> AnySelect:
    return select(AuditHead.seq, AuditHead.hash).where(AuditHead.company_id == company_id)


def _uid(connection: Connection, company_id: int) -> str:
    return str(connection.scalars(_company_uid(company_id)).one())


@cache
def _company_uid(company_id: int) -> AnySelect:
    return select(Company.uid).where(Company.id == company_id)
