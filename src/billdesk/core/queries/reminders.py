"""Invoices that are due for a reminder, for a person to approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Company, Document, Reminder
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentState
from billdesk.core.domain.reminding import next_reminder
from billdesk.core.domain.settings import ReminderSettings
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.state import STILL_OPEN, state_case


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """An invoice and the step it is due for; amounts in minor units of ``currency``."""

    invoice_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    open_minor: int
    due_on: date
    days_late: int
    step: int
    fee_minor: int


def due_reminders(
    connection: Connection, company_id: int, today: date, invoice_ids: Sequence[int] = ()
) -> tuple[ReminderRow, ...]:
    """The reminders due today, longest overdue first; of ``invoice_ids`` only, if given.

    None for imported history, for what is in dispute, went back unexplained or is being paid.
    """
    settings = stored_setting(connection, company_id, ReminderSettings)
    base = connection.scalar(select(Company.currency).where(Company.id == company_id))
    wanted = select(Document.__table__).where(
        Document.company_id == company_id,
        STILL_OPEN,
        Document.due_on < today,
        Document.kind.in_(sorted(INVOICE_KINDS)),
        Document.is_history.is_(False),
        Document.pending_minor == 0,
        state_case(today) == DocumentState.OVERDUE.value,
    )
    if invoice_ids:
        wanted = wanted.where(Document.id.in_(sorted(invoice_ids)))
    found = connection.execute(wanted.order_by(Document.due_on, Document.id)).all()
    made: dict[int, dict[int, date]] = {}
    for row in connection.execute(
        select(Reminder.invoice_id, Reminder.step, Document.issued_on)
        .join(Document, Document.id == Reminder.document_id)
        .where(
            Reminder.company_id == company_id,
            Reminder.invoice_id.in_([row.id for row in found]),
        )
    ):
        made.setdefault(row.invoice_id, {})[row.step] = row.issued_on
    rows = []
    for row in found:
        due = next_reminder(settings, row.due_on, made.get(row.id, {}), today)
        if due is not None:
            rows.append(
                ReminderRow(
                    row.id,
                    row.number,
                    row.customer_id,
                    row.customer_name,
                    row.currency,
                    row.open_minor,
                    row.due_on,
                    (today - row.due_on).days,
                    due.step,
                    due.fee_minor if row.currency == base else 0,
                )
            )
    return tuple(rows)
