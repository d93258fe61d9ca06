"""The audit chain: each row's hash covers the row and the hash before it."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, select

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
from billdesk.core.services.verification.violation import Violation

# The actions that freeze a document and record the hash of its snapshot.
FROZEN_BY = ("invoice.issued", "invoice.imported")


def unbroken(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Recompute every hash from the first row to the head."""
    rows = connection.execute(
        select(AuditLog.__table__, AuditDetail.salt, AuditDetail.body)
        .outerjoin(
            AuditDetail,
            (AuditDetail.company_id == AuditLog.company_id) & (AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id)
        .order_by(AuditLog.seq)
    )
    first = first_link(_uid(connection, company_id))
    previous, seq = first, 0
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
        # An erased detail is allowed; a changed one is not.
        if row.body is not None and sha256_hex(row.salt + row.body) != row.detail_sha256:
            yield Violation("audit-chain", f"audit row {row.seq}", "its detail has been changed")
        previous = row.hash
    if (seq, previous) != (head(connection, company_id) if seq else (0, first)):
        yield Violation("audit-chain", "head", "the last rows of the chain are missing")


def snapshots(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A snapshot's bytes have the hash stored with it, and the one the audit log recorded."""
    recorded = dict(_recorded(connection, company_id, FROZEN_BY, "snapshot_sha256"))
    rows = connection.execute(
        select(Document.uid, Document.number, DocumentSnapshot.body, DocumentSnapshot.sha256)
        .join(Document, Document.id == DocumentSnapshot.document_id)
        .where(DocumentSnapshot.company_id == company_id)
    )
    for row in rows:
        if sha256_hex(row.body) != row.sha256:
            yield Violation("snapshot", row.number, "what was frozen at issue has been changed")
        elif recorded.get(f"document:{row.uid}", row.sha256) != row.sha256:
            yield Violation("snapshot", row.number, "it is not what the audit log recorded")


def documents_exist(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Every document that the audit log saw issued is still there, and still issued."""
    issued = set(
        connection.scalars(
            select(Document.uid).where(
                Document.company_id == company_id, Document.issued_at.is_not(None)
            )
        )
    )
    subjects = connection.execute(
        select(AuditLog.seq, AuditLog.subject)
        .where(AuditLog.company_id == company_id, AuditLog.action.in_(FROZEN_BY))
        .order_by(AuditLog.seq)
    )
    for row in subjects:
        if row.subject.removeprefix("document:") not in issued:
            yield Violation("document-missing", f"audit row {row.seq}", "its document is gone")


def stored_pdfs(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The stored PDFs are the ones that the audit log recorded for their documents."""
    recorded = set(_recorded(connection, company_id, ("rendition.stored",), "sha256"))
    known = {subject for subject, _ in recorded}
    rows = connection.execute(
        select(Document.uid, Document.number, Rendition.kind, Rendition.sha256)
        .join(Document, Document.id == Rendition.document_id)
        .where(Rendition.company_id == company_id)
    )
    stored = set()
    for row in rows:
        subject = f"document:{row.uid}"
        stored.add((subject, row.sha256))
        if subject in known and (subject, row.sha256) not in recorded:
            yield Violation("stored-pdf", row.number, f"{row.kind} is not what was recorded")
    for subject, sha256 in sorted(recorded - stored):
        yield Violation("stored-pdf", subject, f"the PDF {sha256[:12]}… that was recorded is gone")


def _recorded(
    connection: Connection, company_id: int, actions: tuple[str, ...], name: str
) -> Iterable[tuple[str, str]]:
    """Subject and hash from the details that were not erased."""
    rows = connection.execute(
        select(AuditLog.subject, AuditDetail.body)
        .join(
            AuditDetail,
            (AuditDetail.company_id == AuditLog.company_id) & (AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id, AuditLog.action.in_(actions))
    )
    for row in rows:
        after = json.loads(row.body).get("after") or {}
        if name in after:
            yield row.subject, after[name]


def head(connection: Connection, company_id: int) -> tuple[int, str]:
    """Number and hash of the chain's last row; an accountant keeps it."""
    row = connection.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.company_id == company_id)
    ).first()
    return (row.seq, row.hash) if row else (0, first_link(_uid(connection, company_id)))


def _uid(connection: Connection, company_id: int) -> str:
    return str(connection.scalars(select(Company.uid).where(Company.id == company_id)).one())
