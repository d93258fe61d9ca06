"""The home page: figures, what needs attention, what happened lately."""

from datetime import date, datetime

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Company, Document
from billdesk.core.domain.banking import BankTab
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import DocumentState
from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind, Home
from billdesk.core.queries.sql.attention import key_tasks, problem_tasks, stuck_events
from billdesk.core.queries.sql.bank_lines import line_counts
from billdesk.core.queries.sql.history import read_recent
from billdesk.core.queries.sql.home_figures import read_days_to_pay, read_owed, read_received
from billdesk.core.queries.sql.recurring import templates_waiting
from billdesk.core.queries.sql.state import STILL_OPEN, state_case
from billdesk.core.queries.tone import Tone

MOST_OVERDUE = 8
MOST_PROBLEMS = 10
MOST_RECENT = 12
MOST_NAMES = 3


def read_home(connection: Connection, company_id: int, today: date, now: datetime) -> Home:
    """Everything the home page shows, of one moment."""
    currency = connection.scalar(select(Company.currency).where(Company.id == company_id)) or ""
    owed = read_owed(connection, company_id, today, currency)
    received = read_received(connection, company_id, today, currency)
    return Home(
        currency=currency,
        scale=exponent(currency),
        owed_minor=owed.owed_minor,
        overdue_minor=owed.overdue_minor,
        overdue_count=owed.overdue_count,
        oldest_overdue_days=owed.oldest_overdue_days,
        due_30_minor=owed.due_30_minor,
        due_30_count=owed.due_30_count,
        paid_month_minor=received.months[-1][1],
        paid_previous_month_minor=received.months[-2][1],
        days_to_pay=read_days_to_pay(connection, company_id, today),
        other_currencies=owed.other,
        overdue_other=owed.overdue_other,
        due_30_other=owed.due_30_other,
        paid_month_other=received.this_month_other,
        cash_in=received.months,
        attention=(
            *key_tasks(connection, company_id, now),
            *problem_tasks(connection, company_id, MOST_PROBLEMS),
            *stuck_events(connection, company_id),
            *_bank_lines(connection, company_id),
            *_recurring(connection, company_id, today),
            *_overdue(connection, company_id, today),
        ),
        recent=read_recent(connection, company_id, MOST_RECENT),
        has_documents=_any_document(connection, company_id),
    )


def _bank_lines(connection: Connection, company_id: int) -> tuple[AttentionItem, ...]:
    waiting = line_counts(connection, company_id)[BankTab.OPEN]
    if not waiting:
        return ()
    lines = "line waits" if waiting == 1 else "lines wait"
    return (
        AttentionItem(
            kind=AttentionKind.BANK,
            document_id=None,
            title="Bank",
            detail=f"{waiting:,} {lines} to be matched",
            action=AttentionAction.MATCH_BANK,
            tone=Tone.WARN,
        ),
    )


def _recurring(connection: Connection, company_id: int, today: date) -> tuple[AttentionItem, ...]:
    """Templates whose periods wait for a decision, as one task."""
    waiting = templates_waiting(connection, company_id, today)
    if not waiting:
        return ()
    periods = sum(count for _, count in waiting)
    names = ", ".join(name for name, _ in waiting[:MOST_NAMES])
    more = len(waiting) - MOST_NAMES
    title = f"{names} and {more} more" if more > 0 else names
    return (
        AttentionItem(
            kind=AttentionKind.RECURRING,
            document_id=None,
            title=title,
            detail=(
                "A recurring document was missed: create or skip it"
                if periods == 1
                else f"{periods} recurring documents were missed: create, merge or skip them"
            ),
            action=AttentionAction.OPEN_RECURRING,
            tone=Tone.WARN,
        ),
    )


def _overdue(connection: Connection, company_id: int, today: date) -> tuple[AttentionItem, ...]:
    rows = connection.execute(
        select(
            Document.id,
            Document.number,
            Document.customer_name,
            Document.due_on,
            Document.open_minor,
            Document.currency,
        )
        .where(
            Document.company_id == company_id,
            STILL_OPEN,
            Document.due_on < today,
            state_case(today) == DocumentState.OVERDUE.value,
        )
        .order_by(Document.due_on, Document.id)
        .limit(MOST_OVERDUE)
    )
    return tuple(
        AttentionItem(
            kind=AttentionKind.OVERDUE,
            document_id=row.id,
            title=" · ".join(part for part in (row.number or "", row.customer_name) if part),
            detail=_late((today - row.due_on).days),
            action=AttentionAction.REMIND,
            tone=Tone.BAD,
            amount_minor=row.open_minor,
            currency=row.currency,
            days_overdue=(today - row.due_on).days,
        )
        for row in rows
    )


def _late(days: int) -> str:
    return "Overdue since yesterday" if days == 1 else f"Overdue for {days} days"


def _any_document(connection: Connection, company_id: int) -> bool:
    found = connection.scalar(
        select(Document.id)
        .where(Document.company_id == company_id, Document.deleted_at.is_(None))
        .limit(1)
    )
    return found is not None
