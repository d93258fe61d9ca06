"""Files attached to documents: kept in the archive, sent along with mails where wanted."""

from dataclasses import dataclass

from sqlalchemy import func, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Attachment, Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.events import AttachmentsChanged
from billdesk.core.domain.file_names import media_type_of, safe_file_name
from billdesk.core.queries.sql.attachments import OF_DOCUMENT
from billdesk.core.services.steps.rows import load

# Bytes. What most mail servers take is 20 to 25 MB, and base64 makes files a third larger.
LARGEST_FILE = 10_000_000
LARGEST_MAILED = 15_000_000
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class AttachmentInput:
    """A file to attach; ``with_mail``: sent along with the document's mails."""

    name: str
    data: bytes
    with_mail: bool = False


class AttachmentService:
    """Use cases about files attached to documents."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def add(self, document_id: int, given: AttachmentInput) -> int:
        """Attach a file to a draft or issued document; returns its id.

        The document itself does not change. Raises ``UserError`` for an empty or too large file,
        a program or a name that is none, ``NotFound``.
        """
        name = safe_file_name(given.name)
        if not given.data:
            raise UserError(f"“{name}” is empty.", field="data")
        if len(given.data) > LARGEST_FILE:
            raise UserError(
                f"“{name}” is larger than {LARGEST_FILE // 1_000_000} MB.", field="data"
            )
        # Checked before the bytes are kept for ever, and again when they are referred to.
        with self._uow.read() as connection:
            found = connection.scalar(
                select(Document.id).where(
                    Document.company_id == self._uow.company_id, Document.id == document_id
                )
            )
        if found is None:
            raise NotFound("This document does not exist.")
        sha256 = self._archive.put(given.data)
        return self._attach(document_id, name, len(given.data), sha256, with_mail=given.with_mail)

    @use_case
    def _attach(
        self, document_id: int, name: str, size: int, sha256: str, *, with_mail: bool
    ) -> int:
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            if _count(tx, document.id) >= MOST_FILES:
                raise UserError(f"A document has at most {MOST_FILES} files.", field="data")
            if with_mail:
                _check_mailed(tx, document.id, size)
            row = Attachment(
                company_id=tx.company_id,
                owner_type=OF_DOCUMENT,
                owner_id=document.id,
                name=name,
                media_type=media_type_of(name),
                size=size,
                sha256=sha256,
                with_mail=with_mail,
                created_at=tx.now,
            )
            tx.session.add(row)
            tx.session.flush()
            tx.audit(
                "attachment.added",
                f"document:{document.uid}",
                after={"name": name, "size": size, "sha256": sha256, "with_mail": with_mail},
            )
            tx.tell(AttachmentsChanged(tx.company_id, document.id))
            return row.id

    @use_case
    def remove(self, attachment_id: int) -> None:
        """Show and send a file no more; it can be brought back. Raises ``NotFound``."""
        self._set_removed(attachment_id, removed=True)

    @use_case
    def restore(self, attachment_id: int) -> None:
        """Bring a removed file back. Raises ``NotFound``."""
        self._set_removed(attachment_id, removed=False)

    @use_case
    def set_with_mail(self, attachment_id: int, *, with_mail: bool) -> None:
        """Send a file along with the document's mails, or not. Raises ``UserError``."""
        with self._uow.write() as tx:
            row = _load(tx, attachment_id)
            if row.with_mail == with_mail:
                return
            if with_mail:
                _check_mailed(tx, row.owner_id, row.size)
            row.with_mail = with_mail
            _note(tx, row, "attachment.mailed" if with_mail else "attachment.not_mailed")

    def data(self, attachment_id: int) -> bytes:
        """The bytes of a file. Raises ``NotFound``, ``ArchiveError`` when they are lost."""
        with self._uow.read() as connection:
            sha256 = connection.scalar(
                select(Attachment.sha256).where(
                    Attachment.company_id == self._uow.company_id,
                    Attachment.id == attachment_id,
                    Attachment.owner_type == OF_DOCUMENT,
                )
            )
        if sha256 is None:
            raise NotFound("This file does not exist.")
        return self._archive.get(sha256)

    def _set_removed(self, attachment_id: int, *, removed: bool) -> None:
        with self._uow.write() as tx:
            row = _load(tx, attachment_id)
            if (row.deleted_at is not None) == removed:
                return
            if not removed and row.with_mail:
                _check_mailed(tx, row.owner_id, row.size)
            row.deleted_at = tx.now if removed else None
            _note(tx, row, "attachment.removed" if removed else "attachment.restored")


def _load(tx: Transaction, attachment_id: int) -> Attachment:
    row = load(tx, Attachment, attachment_id)
    if row.owner_type != OF_DOCUMENT:
        raise NotFound("This file does not exist.")
    return row


def _note(tx: Transaction, row: Attachment, action: str) -> None:
    document = load(tx, Document, row.owner_id)
    tx.audit(action, f"document:{document.uid}", after={"name": row.name, "sha256": row.sha256})
    tx.tell(AttachmentsChanged(tx.company_id, document.id))


def _count(tx: Transaction, document_id: int) -> int:
    return (
        tx.connection.scalar(
            select(func.count()).where(
                Attachment.company_id == tx.company_id,
                Attachment.owner_type == OF_DOCUMENT,
                Attachment.owner_id == document_id,
                Attachment.deleted_at.is_(None),
            )
        )
        or 0
    )


def _check_mailed(tx: Transaction, document_id: int, more: int) -> None:
    """What goes along with one mail stays within what mail servers take."""
    size = tx.connection.scalar(
        select(func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.company_id == tx.company_id,
            Attachment.owner_type == OF_DOCUMENT,
            Attachment.owner_id == document_id,
            Attachment.deleted_at.is_(None),
            Attachment.with_mail,
        )
    )
    if int(size or 0) + more > LARGEST_MAILED:
        raise UserError(
            f"The files sent with this document's mails are larger than "
            f"{LARGEST_MAILED // 1_000_000} MB together; most mail servers refuse that.",
            field="with_mail",
        )
