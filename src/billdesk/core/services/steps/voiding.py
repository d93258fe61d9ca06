"""Take an issued document back: its number stays, its entry is reversed."""

from datetime import date

from sqlalchemy import delete

from billdesk.core.db.tables import Document, Reminder
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import InvoiceVoided
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft, reversed_postings
from billdesk.core.domain.movements import with_exchange_difference
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.queries.sql.resting import against_void
from billdesk.core.services.steps.deposits import is_own
from billdesk.core.services.steps.documents import action_family, frozen_document, require
from billdesk.core.services.steps.mail import cancel_waiting_mail
from billdesk.core.services.steps.paid_out import ordered_minor
from billdesk.core.services.steps.posting import find_entry, post, postings_of
from billdesk.core.services.steps.quotes import recompute_billed_quotes
from billdesk.core.services.steps.references import referred
from billdesk.core.services.steps.refund_orders import UNDER_WAY
from billdesk.core.services.steps.renditions import do_without_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import recompute_document
from billdesk.core.services.steps.withholding import give_back_all, keep_back_again

_EXCHANGE = (Role.EXCHANGE_GAIN, Role.EXCHANGE_LOSS)


def void_document(tx: Transaction, document: Document, reason: str, day: date) -> None:
    """Declare ``document`` void as of ``day``, or of its own date if that is later.

    Raises ``NotAllowed`` when money has touched it or another document rests on it.
    """
    kind = DocumentKind(document.kind)
    # Before the general answer, because it names what to take back first.
    sentence = against_void(tx.connection, tx.company_id, document.id, kind)
    if sentence is not None:
        raise NotAllowed(sentence)
    require(tx, Action.VOID, document)
    if kind is DocumentKind.CREDIT_NOTE and ordered_minor(tx, document):
        raise NotAllowed(UNDER_WAY)
    day = max(day, document.issued_on or day)
    give_back_all(tx, document, day)
    entry = find_entry(tx, "document", document.uid, EntryKind.ISSUED)
    if entry is not None:
        post(
            tx,
            EntryDraft(
                EntryKind.VOIDED,
                "document",
                document.uid,
                day,
                _taken_back(document, postings_of(tx, entry)),
                memo=f"{document.number} void",
                reverses_id=entry,
            ),
        )
    document.voided_at = tx.now
    recompute_document(tx, document)
    do_without_link(tx, document)
    cancel_waiting_mail(tx, document)
    recompute_billed_quotes(tx, document)
    if kind is DocumentKind.CREDIT_NOTE:
        _revive_credited(tx, document, day)
    if document.kind == DocumentKind.REMINDER and document.sent_at is None:
        # It never left: the step can be taken again.
        tx.connection.execute(
            delete(Reminder).where(
                Reminder.company_id == tx.company_id,
                Reminder.document_id == document.id,
            )
        )
    tx.audit(
        f"{action_family(document.kind)}.voided",
        f"document:{document.uid}",
        after={"reason": reason},
    )
    tx.tell(InvoiceVoided(tx.company_id, document.id))


def _revive_credited(tx: Transaction, note: Document, day: date) -> None:
    """What a void credit note took back is billed again, and tax is kept back of it again."""
    for invoice_id in referred(tx, note.id, DocumentReferenceKind.CREDITS):
        invoice = load(tx, Document, invoice_id)
        keep_back_again(tx, invoice, frozen_document(tx, note.id).withheld_minor, day)
        recompute_billed_quotes(tx, invoice)


def _taken_back(document: Document, issued: tuple[PostingDraft, ...]) -> tuple[PostingDraft, ...]:
    """The issue entry turned round.

    A credit note that had settled an invoice at issue was taken off it since, which posted the debt
    again: what is left to take back of it is the customer's credit.
    """
    if document.kind != DocumentKind.CREDIT_NOTE:
        return reversed_postings(issued)
    credit = PostingDraft(
        Role.CUSTOMER_CREDIT,
        document.currency,
        document.open_minor,
        document.open_base_minor,
        customer_id=document.customer_id,
        document_id=document.id,
    )
    earned = [one for one in issued if not is_own(one) and one.role not in _EXCHANGE]
    return with_exchange_difference(
        [*reversed_postings(earned), credit], document.currency, taking_back=True
    )
