"""What becomes of periods, in the transaction that makes the document."""

from collections.abc import Sequence

from sqlalchemy import insert

from billdesk.core.db.tables import RecurringRun, RecurringTemplate
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.recurring import Period, RunState


def subject_of(row: RecurringTemplate) -> str:
    """The template as the audit log names it."""
    return f"recurring_template:{row.uid}"


def record_runs(
    tx: Transaction,
    row: RecurringTemplate,
    periods: Sequence[Period],
    state: RunState,
    document_id: int | None,
) -> None:
    """Note what became of ``periods``; the database takes each period of a template once."""
    if periods:
        tx.connection.execute(
            insert(RecurringRun),
            [
                {
                    "template_id": row.id,
                    "period": period.number,
                    "company_id": tx.company_id,
                    "due_on": period.due_on,
                    "state": state.value,
                    "document_id": document_id,
                    "created_at": tx.now,
                }
                for period in periods
            ],
        )
