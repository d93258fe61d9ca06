"""What rests on an issued document, so that it cannot be taken back before that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import Document, DocumentReference
from billdesk.core.domain.actions import NOUNS
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.sql.credited import is_credited

_ISSUED, _STANDS = Document.issued_at.is_not(None), Document.voided_at.is_(None)
_COLUMNS = (
    Document.id,
    Document.kind,
    Document.number,
    Document.total_minor,
    DocumentReference.minor.label("part_minor"),
)


def _referring(*conditions: Any) -> Any:
    return (
        select(*_COLUMNS)
        .join(DocumentReference, DocumentReference.document_id == Document.id)
        .where(
            DocumentReference.company_id == bindparam("company"),
            DocumentReference.refers_to_id == bindparam("of"),
            DocumentReference.kind == bindparam("kind"),
            Document.deleted_at.is_(None),
            _STANDS,
            *conditions,
        )
        .order_by(Document.id)
    )


# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ALL_REFERRING = _referring()
_ISSUED_REFERRING = _referring(_ISSUED)
_REFERRED = (
    select(*_COLUMNS, Document.voided_at)
    .join(DocumentReference, DocumentReference.refers_to_id == Document.id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.document_id == bindparam("of"),
        DocumentReference.kind == bindparam("kind"),
    )
    .order_by(Document.id)
)


@dataclass(frozen=True, slots=True)
class _Books:
    """The references of one company's documents."""

    connection: Connection
    company_id: int

    def referring(
        self, document_id: int, kind: DocumentReferenceKind, *, drafts: bool = False
    ) -> list[Any]:
        statement = _ALL_REFERRING if drafts else _ISSUED_REFERRING
        return list(self.connection.execute(statement, self._given(document_id, kind)))

    def referred(self, document_id: int, kind: DocumentReferenceKind) -> list[Any]:
        return list(self.connection.execute(_REFERRED, self._given(document_id, kind)))

    def counting(self, rows: Iterable[Any]) -> list[Any]:
        """Those of ``rows`` that were not credited as a whole."""
        return [row for row in rows if not self.is_credited(row)]

    def is_credited(self, row: Any) -> bool:
        return is_credited(self.connection, self.company_id, row.id, row.total_minor)

    def _given(self, document_id: int, kind: DocumentReferenceKind) -> dict[str, object]:
        return {"company": self.company_id, "of": document_id, "kind": kind.value}


def against_void(
    connection: Connection, company_id: int, document_id: int, kind: DocumentKind
) -> str | None:
    """Why other documents keep an issued one from being void: a sentence with the way out."""
    books = _Books(connection, company_id)
    if kind in INVOICE_KINDS:
        return _against_void_of_invoice(books, document_id, kind)
    if kind is DocumentKind.QUOTE:
        return _against_void_of_quote(books, document_id)
    if kind is DocumentKind.CREDIT_NOTE:
        return _against_void_of_note(books, document_id)
    return None


def against_credit(connection: Connection, company_id: int, document_id: int) -> str | None:
    """Why a deposit cannot be credited: a valid final invoice deducts it."""
    books = _Books(connection, company_id)
    final = _deducting(books, document_id)
    if final is None:
        return None
    return f"This deposit is deducted in {final.number}; credit that one first."


def against_deduct(connection: Connection, company_id: int, document_id: int) -> str | None:
    """Why a deposit cannot be deducted: one does already, or a credit note took it back."""
    books = _Books(connection, company_id)
    notes = books.referring(document_id, DocumentReferenceKind.CREDITS)
    if notes:
        return (
            f"It was credited by {notes[-1].number}; credit the rest of it and leave it out, or "
            "void that credit note first."
        )
    final = _deducting(books, document_id)
    return None if final is None else f"It is deducted in {final.number} already."


def _deducting(books: _Books, deposit_id: int) -> Any:
    """The valid final invoice that deducts a deposit."""
    finals = books.referring(deposit_id, DocumentReferenceKind.DEDUCTS_DEPOSIT)
    return next(iter(books.counting(finals)), None)


def _against_void_of_invoice(books: _Books, invoice_id: int, kind: DocumentKind) -> str | None:
    notes = books.referring(invoice_id, DocumentReferenceKind.CREDITS)
    if notes:
        return (
            f"{notes[-1].number} takes back a part or all of this {NOUNS[kind]}; "
            "void that credit note first."
        )
    final = _deducting(books, invoice_id)
    if final is not None:
        return f"This deposit is deducted in {final.number}; void or credit that one first."
    return None


def _against_void_of_quote(books: _Books, quote_id: int) -> str | None:
    for row in _billing(books, quote_id):
        if _is_deducted(books, row):
            continue
        name = row.number or f"the draft of the {NOUNS[DocumentKind(row.kind)]}"
        return f"This quote was billed; void, credit or delete {name} first."
    return None


def _billing(books: _Books, quote_id: int) -> list[Any]:
    """The drafts and issued documents that bill a quote, its deposits too, and still count."""
    return books.counting(books.referring(quote_id, DocumentReferenceKind.BILLS_QUOTE, drafts=True))


def _is_deducted(books: _Books, row: Any) -> bool:
    """Whether it is a deposit that a final invoice deducts, or will once it is issued."""
    if row.kind != DocumentKind.DEPOSIT_INVOICE:
        return False
    finals = books.referring(row.id, DocumentReferenceKind.DEDUCTS_DEPOSIT, drafts=True)
    return bool(books.counting(finals))


def _against_void_of_note(books: _Books, note_id: int) -> str | None:
    """A credit note is taken back before those that build on it, and before what replaced the
    invoice that it took back."""
    for invoice in books.referred(note_id, DocumentReferenceKind.CREDITS):
        notes = books.referring(invoice.id, DocumentReferenceKind.CREDITS)
        if notes and notes[-1].id != note_id:
            return (
                f"{notes[-1].number} takes back more of {invoice.number}; "
                "void that credit note first."
            )
        if books.is_credited(invoice):
            sentence = _against_revival(books, invoice)
            if sentence is not None:
                return sentence
    return None


def _against_revival(books: _Books, invoice: Any) -> str | None:
    """Why an invoice that was credited as a whole cannot stand again."""
    deposits = books.referred(invoice.id, DocumentReferenceKind.DEDUCTS_DEPOSIT)
    for deposit in deposits:
        final = _deducting(books, deposit.id)
        if final is not None:
            return (
                f"{invoice.number} would deduct {deposit.number} again, which {final.number} "
                "deducts by now; void or credit that one first."
            )
        if deposit.voided_at is not None:
            return f"{invoice.number} would deduct {deposit.number} again, which is void by now."
        notes = books.referring(deposit.id, DocumentReferenceKind.CREDITS)
        if notes:
            return (
                f"{invoice.number} would deduct {deposit.number} again, which was credited; "
                f"void {notes[-1].number} first."
            )
    own = {deposit.id for deposit in deposits}
    for quote in books.referred(invoice.id, DocumentReferenceKind.BILLS_QUOTE):
        billing = [row for row in _billing(books, quote.id) if row.id not in own]
        parts = [row.part_minor or _asked(books, row) for row in billing]
        own_part = quote.part_minor or _asked(books, invoice)
        if own_part + sum(parts) > quote.total_minor:
            name = billing[-1].number or "the draft"
            return (
                f"More than all of {quote.number} would be invoiced then; void, credit or "
                f"delete {name} first."
            )
    corrections = books.referring(invoice.id, DocumentReferenceKind.CORRECTS, drafts=True)
    for row in books.counting(corrections):
        name = row.number or "the draft"
        return f"{name} corrects {invoice.number}; void, credit or delete that one first."
    return None


def _asked(books: _Books, row: Any) -> int:
    """What a deposit invoice asks for that no final invoice deducts."""
    return 0 if _is_deducted(books, row) else int(row.total_minor)
