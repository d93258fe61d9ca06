"""Write down what recurs and when; pause it, go on, put it away."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from billdesk.core.db.tables import Customer, RecurringRun, RecurringTemplate
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import RecurringChanged
from billdesk.core.domain.recurrence import Schedule
from billdesk.core.domain.recurring import (
    PriceChange,
    RecurringAction,
    RunState,
    check_price_changes,
    outstanding,
)
from billdesk.core.domain.texts import clean_line
from billdesk.core.queries.sql.recurring import done_periods, schedule_of
from billdesk.core.services.recurring.steps import record_runs, subject_of
from billdesk.core.services.steps.drafts import clean_draft, refuse_erased, with_figures
from billdesk.core.services.steps.rows import load

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class RecurringInput:
    """What recurs: a draft, its schedule, and how far a due period is taken by itself.

    The draft's dates are of the first period: its service dates move along, the issue date is the
    day each document is made.
    """

    name: str
    draft: InvoiceDraft
    schedule: Schedule
    action: RecurringAction = RecurringAction.DRAFT
    price_changes: tuple[PriceChange, ...] = ()


class RecurringService:
    """Create, change, pause, resume, delete and restore templates."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, given: RecurringInput) -> int:
        """Add a template; returns its id. Nothing is made of it yet.

        Raises ``UserError`` with the field of the draft, the schedule or ``price_changes.N``.
        """
        with self._uow.write() as tx:
            given = _checked(tx, given)
            row = RecurringTemplate(
                uid=new_uid(), company_id=tx.company_id, created_at=tx.now, updated_at=tx.now
            )
            _fill(row, given)
            tx.session.add(row)
            tx.session.flush()
            tx.audit("recurring.created", subject_of(row), after=given)
            tx.tell(RecurringChanged(tx.company_id, row.id))
            return row.id

    @use_case
    def update(self, template_id: int, version: int, given: RecurringInput) -> int:
        """Change a template for the periods to come; returns its new version.

        Once something has become of a period the dates are fixed but for the end: raises
        ``NotAllowed`` for others, besides ``UserError``, ``NotFound``, ``StaleVersion``.
        """
        with self._uow.write() as tx:
            row = load(tx, RecurringTemplate, template_id, version=version)
            given = _checked(tx, given)
            _check_dates_stay(tx, row, given.schedule)
            before = _columns_of(row)
            _fill(row, given)
            row.updated_at = tx.now
            tx.session.flush()
            tx.audit("recurring.updated", subject_of(row), before=before, after=given)
            tx.tell(RecurringChanged(tx.company_id, row.id))
            return row.version

    @use_case
    def pause(self, template_id: int) -> None:
        """Let nothing be due until it is resumed. Raises ``NotFound``."""
        with self._uow.write() as tx:
            row = load(tx, RecurringTemplate, template_id)
            if row.paused_at is None:
                row.paused_at = tx.now
                tx.audit("recurring.paused", subject_of(row))
                tx.tell(RecurringChanged(tx.company_id, row.id))

    @use_case
    def resume(self, template_id: int) -> None:
        """Go on; what fell due during the pause counts as skipped. Raises ``NotFound``."""
        with self._uow.write() as tx:
            row = load(tx, RecurringTemplate, template_id)
            if row.paused_at is None:
                return
            schedule = schedule_of(row)
            done = done_periods(tx.connection, tx.company_id, row.id).get(row.id, ())
            paused_on = row.paused_at.date()
            passed = [
                period
                for period in outstanding(schedule, done, tx.today)
                if paused_on < period.due_on < tx.today
            ]
            record_runs(tx, row, passed, RunState.SKIPPED, None)
            row.paused_at = None
            numbers = [period.number for period in passed]
            tx.audit("recurring.resumed", subject_of(row), after={"skipped": numbers})
            tx.tell(RecurringChanged(tx.company_id, row.id))

    @use_case
    def delete(self, template_id: int) -> None:
        """Put a template away; its documents stay. Raises ``NotFound``."""
        self._set_deleted(template_id, deleted=True)

    @use_case
    def restore(self, template_id: int) -> None:
        """Bring a template back; what fell due meanwhile waits. Raises ``NotFound``."""
        self._set_deleted(template_id, deleted=False)

    def _set_deleted(self, template_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, RecurringTemplate, template_id)
            if (row.deleted_at is not None) == deleted:
                return
            row.deleted_at = tx.now if deleted else None
            tx.audit(f"recurring.{'deleted' if deleted else 'restored'}", subject_of(row))
            tx.tell(RecurringChanged(tx.company_id, row.id))


def _checked(tx: Transaction, given: RecurringInput) -> RecurringInput:
    name = clean_line(given.name, "name", LONGEST_NAME)
    if not name:
        raise UserError("Give the template a name.", field="name")
    # Documents are dated when they are made.
    dated = replace(given.draft, issued_on=None, due_on=None)
    draft = clean_draft(tx, dated)
    # The taxes stay as they were chosen: each document has those of its own day.
    with_figures(tx, draft)
    if draft.customer_id is None:
        raise UserError("Choose the customer this is for.", field="customer_id")
    refuse_erased(load(tx, Customer, draft.customer_id))
    if not draft.lines:
        raise UserError("Add at least one line.", field="lines")
    changes = check_price_changes(given.price_changes, draft.lines)
    return replace(given, name=name, draft=draft, price_changes=changes)


def _check_dates_stay(tx: Transaction, row: RecurringTemplate, schedule: Schedule) -> None:
    before = schedule_of(row)
    same = replace(schedule, ends_on=before.ends_on, ends_after=before.ends_after) == before
    if same:
        return
    ran = tx.connection.scalar(
        select(RecurringRun.period).where(
            RecurringRun.company_id == tx.company_id, RecurringRun.template_id == row.id
        )
    )
    if ran is not None:
        # Period 3 would be another day, and what was made for it would count for that.
        raise NotAllowed(
            "Documents were made by this schedule; end it and make another with the new dates."
        )


def _fill(row: RecurringTemplate, given: RecurringInput) -> None:
    row.name = given.name
    row.customer_id = given.draft.customer_id
    row.body = canonical_json(given.draft)
    row.anchor_on = given.schedule.anchor_on
    row.unit = given.schedule.unit.value
    row.every = given.schedule.every
    row.ends_on = given.schedule.ends_on
    row.ends_after = given.schedule.ends_after
    row.action = given.action.value
    row.price_changes = canonical_json(given.price_changes)


def _columns_of(row: RecurringTemplate) -> dict[str, Any]:
    names = ("name", "body", "anchor_on", "unit", "every", "ends_on", "ends_after", "action")
    return {name: getattr(row, name) for name in (*names, "price_changes")}
