"""Files attached to documents and customers: kept in the archive, sent along where wanted."""

from dataclasses import dataclass

from sqlalchemy import func, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Attachment, Customer, Document
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.events import AttachmentsChanged, CustomerChanged
from billdesk.core.domain.file_names import media_type_of, safe_file_name
from billdesk.core.queries.sql.attachments import OF_CUSTOMER, OF_DOCUMENT
from billdesk.core.services.steps.rows import load

# Bytes. What most mail servers take is 20 to 25 MB, and base64 makes files a third larger.
LARGEST_FILE = 10_000_000
LARGEST_MAILED = 15_000_000
MOST_FILES = 50
_KINDS: dict[str, type[Document] | type[Customer]] = {
    OF_DOCUMENT: Document,
    OF_CUSTOMER: Customer,
}


@dataclass(frozen=True, slots=True)
class _Owner:
    """What a file belongs to."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class AttachmentInput:
    """A file to attach; ``with_mail``: sent along with the document's mails."""

    name: str
    data: bytes
    with_mail: bool = False


class AttachmentService:
    """Use cases about attached files."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def add(self, document_id: int, given: AttachmentInput) -> int:
        """Attach a file to a draft or issued document; returns its id.

        The document itself does not change. Raises ``UserError`` for an empty or too large file,
        a program or a name that is none, ``NotFound``.
        """
        return self._add(_Owner(OF_DOCUMENT, document_id), given)

    def add_to_customer(self, customer_id: int, given: AttachmentInput) -> int:
        """Keep a file at a customer, such as a contract; never sent. Raises as above."""
        if given.with_mail:
            raise UserError("A file goes along with a document's mails only.", field="with_mail")
        return self._add(_Owner(OF_CUSTOMER, customer_id), given)

    def _add(self, owner: _Owner, given: AttachmentInput) -> int:
        name = safe_file_name(given.name)
        if not given.data:
            raise UserError(f"“{name}” is empty.", field="data")
        if len(given.data) > LARGEST_FILE:
            raise UserError(
                f"“{name}” is larger than {LARGEST_FILE // 1_000_000} MB.", field="data"
            )
        # Checked before the bytes are kept for ever, and again when they are referred to.
        kind = _KINDS[owner.type]
        with self._uow.read() as connection:
            found = connection.scalar(
                select(kind.id).where(kind.company_id == self._uow.company_id, kind.id == owner.id)
            )
        if found is None:
            raise NotFound(f"This {owner.type} does not exist.")
        sha256 = self._archive.put(given.data)
        return self._attach(owner, name, len(given.data), sha256, with_mail=given.with_mail)

    @use_case
    def _attach(self, owner: _Owner, name: str, size: int, sha256: str, *, with_mail: bool) -> int:
        with self._uow.write() as tx:
            load(tx, _KINDS[owner.type], owner.id)
            if _count(tx, owner) >= MOST_FILES:
                raise UserError(f"A {owner.type} has at most {MOST_FILES} files.", field="data")
            if with_mail:
                _check_mailed(tx, owner.id, size)
            row = Attachment(
                company_id=tx.company_id,
                owner_type=owner.type,
                owner_id=owner.id,
                name=name,
                media_type=media_type_of(name),
                size=size,
                sha256=sha256,
                with_mail=with_mail,
                created_at=tx.now,
            )
            tx.session.add(row)
            tx.session.flush()
            kept = {"name": name, "size": size, "sha256": sha256, "with_mail": with_mail}
            _note(tx, row, "attachment.added", kept)
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
                if row.owner_type != OF_DOCUMENT:
                    raise UserError(
                        "A file goes along with a document's mails only.", field="with_mail"
                    )
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
                    Attachment.owner_type.in_(_KINDS),
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
    if row.owner_type not in _KINDS:
        raise NotFound("This file does not exist.")
    return row


def _note(tx: Transaction, row: Attachment, action: str, after: object = None) -> None:
    owner = load(tx, _KINDS[row.owner_type], row.owner_id)
    subject = f"{row.owner_type}:{owner.uid}"
    tx.audit(action, subject, after=after or {"name": row.name, "sha256": row.sha256})
    if row.owner_type == OF_CUSTOMER:
        tx.tell(CustomerChanged(tx.company_id, owner.id))
    else:
        tx.tell(AttachmentsChanged(tx.company_id, owner.id))


def _count(tx: Transaction, owner: _Owner) -> int:
    return (
        tx.connection.scalar(
            select(func.count()).where(
                Attachment.company_id == tx.company_id,
                Attachment.owner_type == owner.type,
                Attachment.owner_id == owner.id,
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
