"""Remind customers of overdue invoices, step by step, each step once."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert

from billdesk.core.db.tables import Customer, Document, Reminder
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.documents.formatting import formatter
from billdesk.core.domain.actions import Action
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.dates import due_after
from billdesk.core.domain.document_postings import late_fee_postings
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.ledger import EntryDraft, EntryKind
from billdesk.core.domain.settings import CompanyProfile, ReminderSettings
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot, SnapshotReminder
from billdesk.core.domain.texts import clean_line, clean_paragraphs
from billdesk.core.queries.reminders import ReminderRow, due_reminders
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.issue import announce
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.papers import Paper, amount_line, make_paper
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting, write_setting


class ReminderService:
    """Make the reminders a person approved. A reminder that was not sent is undone by voiding."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def due(self) -> tuple[ReminderRow, ...]:
        """The invoices to remind of today, for approval; nothing is written."""
        with self._uow.read() as connection:
            return due_reminders(connection, self._uow.company_id, self._uow.today())

    @use_case
    def remind(self, invoice_ids: Sequence[int]) -> tuple[Issued, ...]:
        """Issue the next reminder of each invoice: all of them or none.

        Raises ``NotAllowed`` naming an invoice that is not due for one.
        """
        with self._uow.write() as tx:
            lock_series(tx, DocumentKind.REMINDER)
            return tuple(self._remind(tx, one) for one in sorted(set(invoice_ids)))

    @use_case
    def save_settings(self, settings: ReminderSettings) -> None:
        """Store steps, texts and fees. Raises ``UserError`` with the field."""
        steps = tuple(
            replace(
                step,
                title=clean_line(step.title, "title", 100),
                text=clean_paragraphs(step.text, "text"),
            )
            for step in settings.steps
        )
        with self._uow.write() as tx:
            write_setting(tx, replace(settings, steps=steps))
            tx.tell(CompanyChanged(tx.company_id))

    @staticmethod
    def _remind(tx: Transaction, invoice_id: int) -> Issued:
        invoice = load(tx, Document, invoice_id)
        require(tx, Action.REMIND, invoice)
        due = due_reminders(tx.connection, tx.company_id, tx.today, [invoice_id])
        if not due:
            raise NotAllowed(f"{invoice.number} is not due for a reminder.")
        (row,) = due
        customer = load(tx, Customer, row.customer_id)
        document, sha256 = make_paper(tx, customer, _paper(tx, invoice, row))
        tx.connection.execute(
            insert(Reminder).values(
                invoice_id=invoice.id,
                step=row.step,
                company_id=tx.company_id,
                document_id=document.id,
                created_at=tx.now,
            )
        )
        _post_fee(tx, document)
        announce(tx, document, sha256)
        tx.audit(
            "invoice.reminded",
            f"document:{invoice.uid}",
            after={"number": document.number, "step": row.step, "total_minor": row.fee_minor},
        )
        return Issued.of(document)


def _paper(tx: Transaction, invoice: Document, row: ReminderRow) -> Paper:
    settings = read_setting(tx, ReminderSettings)
    step = settings.steps[row.step - 1]
    words = formatter(invoice.language, read_setting(tx, CompanyProfile).address.country)
    kinds = words.labels.kinds
    lines: tuple[LineDraft, ...] = ()
    if row.fee_minor:
        lines = (amount_line(kinds.late_fee, row.fee_minor, exponent(row.currency)),)
    facts = SnapshotReminder(
        row.step,
        row.number,
        invoice.issued_on or tx.today,
        row.due_on,
        invoice.total_minor - invoice.prepaid_minor,
        row.open_minor,
        row.fee_minor,
    )

    def finish(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, reminder=facts)

    text = kinds.reminder_text.format(number=row.number, due=words.day(row.due_on))
    return Paper(
        DocumentKind.REMINDER,
        InvoiceDraft(
            currency=row.currency,
            exchange_rate=invoice.exchange_rate,
            language=invoice.language,
            subject=step.title or kinds.reminder_title.format(step=row.step),
            introduction=step.text or text,
            lines=lines,
        ),
        DocumentReferenceKind.REMINDS_OF,
        (invoice.id,),
        finish,
        due_on=due_after(tx.today, settings.days_to_pay),
    )


def _post_fee(tx: Transaction, document: Document) -> None:
    post(
        tx,
        EntryDraft(
            EntryKind.ISSUED,
            "document",
            document.uid,
            document.issued_on or tx.today,
            late_fee_postings(
                currency=document.currency,
                minor=document.total_minor,
                base_minor=document.base_total_minor,
                customer_id=document.customer_id or 0,
                document_id=document.id,
            ),
            memo=document.number or "",
        ),
    )
