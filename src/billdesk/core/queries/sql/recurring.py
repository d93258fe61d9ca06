"""Recurring templates, what waits of them, and what became of their periods."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import Company, Customer, Document, RecurringRun, RecurringTemplate
from billdesk.core.domain.canonical import from_json
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.freezing import totals_input
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import (
    PriceChange,
    RecurringAction,
    RunState,
    draft_for,
    made_by_itself,
    outstanding,
)
from billdesk.core.domain.totals import compute
from billdesk.core.queries.draft_taxes import with_taxes
from billdesk.core.queries.recurring import RecurringDetail, RecurringRow, RecurringRunRow

MOST_RUNS = 100
_TEMPLATES = (
    select(RecurringTemplate.__table__, Customer.name.label("customer_name"))
    .outerjoin(Customer, Customer.id == RecurringTemplate.customer_id)
    .where(RecurringTemplate.company_id == bindparam("of"))
    .order_by(RecurringTemplate.name, RecurringTemplate.id)
)
_LIVE = (
    select(RecurringTemplate.__table__)
    .where(
        RecurringTemplate.company_id == bindparam("of"),
        RecurringTemplate.paused_at.is_(None),
        RecurringTemplate.deleted_at.is_(None),
        RecurringTemplate.anchor_on <= bindparam("today"),
    )
    .order_by(RecurringTemplate.id)
)
_DONE = select(RecurringRun.template_id, RecurringRun.period).where(
    RecurringRun.company_id == bindparam("of")
)


def read_templates(
    connection: Connection, company_id: int, today: date, *, deleted: bool
) -> tuple[RecurringRow, ...]:
    """The templates by name; or the deleted ones."""
    kept = RecurringTemplate.deleted_at
    wanted = _TEMPLATES.where(kept.is_not(None) if deleted else kept.is_(None))
    found = connection.execute(wanted, {"of": company_id}).all()
    done = done_periods(connection, company_id)
    return tuple(_row(connection, company_id, row, done, today) for row in found)


def read_template(
    connection: Connection, company_id: int, today: date, template_id: int
) -> RecurringDetail:
    """One template, deleted or not. Raises ``NotFound``."""
    found = connection.execute(
        _TEMPLATES.where(RecurringTemplate.id == template_id), {"of": company_id}
    ).first()
    if found is None:
        raise NotFound("This recurring template does not exist.")
    done = done_periods(connection, company_id, template_id)
    return RecurringDetail(
        _row(connection, company_id, found, done, today),
        template_draft(found),
        price_changes_of(found),
        _runs(connection, company_id, template_id),
    )


def templates_waiting(
    connection: Connection, company_id: int, today: date
) -> tuple[tuple[str, int], ...]:
    """The templates with periods their owner has to decide on: name, and how many periods."""
    rows = connection.execute(_LIVE, {"of": company_id, "today": today}).all()
    done = done_periods(connection, company_id) if rows else {}
    found = []
    for row in rows:
        waiting = outstanding(schedule_of(row), done.get(row.id, ()), today)
        if waiting and made_by_itself(waiting, today) is None:
            found.append((row.name, len(waiting)))
    return tuple(found)


def templates_due(connection: Connection, company_id: int, today: date) -> tuple[int, ...]:
    """The templates of which a period is to be made without asking, oldest first."""
    rows = connection.execute(_LIVE, {"of": company_id, "today": today}).all()
    done = done_periods(connection, company_id) if rows else {}
    return tuple(
        row.id
        for row in rows
        if made_by_itself(outstanding(schedule_of(row), done.get(row.id, ()), today), today)
    )


def done_periods(
    connection: Connection, company_id: int, template_id: int | None = None
) -> dict[int, set[int]]:
    """The periods of which something has become, by template."""
    wanted = _DONE
    if template_id is not None:
        wanted = _DONE.where(RecurringRun.template_id == template_id)
    done: dict[int, set[int]] = {}
    for row in connection.execute(wanted, {"of": company_id}):
        done.setdefault(row.template_id, set()).add(row.period)
    return done


def schedule_of(row: Any) -> Schedule:
    """The schedule in the columns of a template, mapped or selected."""
    return Schedule(row.anchor_on, Unit(row.unit), row.every, row.ends_on, row.ends_after)


def price_changes_of(row: Any) -> tuple[PriceChange, ...]:
    """The price changes in the columns of a template."""
    return tuple(from_json(PriceChange, json.dumps(one)) for one in json.loads(row.price_changes))


def template_draft(row: Any) -> InvoiceDraft:
    """The draft in the columns of a template; its customer is the row's, who may be merged."""
    return replace(from_json(InvoiceDraft, row.body), customer_id=row.customer_id)


def _row(
    connection: Connection,
    company_id: int,
    row: Any,
    done: Mapping[int, set[int]],
    today: date,
) -> RecurringRow:
    schedule = schedule_of(row)
    rests = row.paused_at is not None or row.deleted_at is not None
    waiting = () if rests else outstanding(schedule, done.get(row.id, ()), today)
    upcoming = schedule.next_after(today)
    period = waiting[0].number if waiting else upcoming or schedule.periods_through(today)
    currency, total = _next_total(connection, company_id, row, schedule, max(1, period), today)
    return RecurringRow(
        id=row.id,
        version=row.version,
        name=row.name,
        customer_id=row.customer_id,
        customer_name=row.customer_name or "",
        schedule=schedule,
        action=RecurringAction(row.action),
        currency=currency,
        total_minor=total,
        waiting=waiting,
        next_on=None if upcoming is None else schedule.due_on(upcoming),
        paused=row.paused_at is not None,
        deleted=row.deleted_at is not None,
    )


def _next_total(
    connection: Connection,
    company_id: int,
    row: Any,
    schedule: Schedule,
    period: int,
    today: date,
) -> tuple[str, int | None]:
    draft = draft_for(template_draft(row), schedule, price_changes_of(row), period)
    if not draft.currency:
        base = connection.scalar(select(Company.currency).where(Company.id == company_id))
        draft = replace(draft, currency=base or "")
    due_on = max(today, schedule.due_on(period))
    try:
        taxed = with_taxes(connection, company_id, draft, due_on)
        totals = compute(totals_input(taxed.draft, taxed.taxes))
    except UserError:
        return draft.currency, None
    return draft.currency, totals.total_minor


def _runs(connection: Connection, company_id: int, template_id: int) -> tuple[RecurringRunRow, ...]:
    rows: Sequence[Any] = connection.execute(
        select(
            RecurringRun.period,
            RecurringRun.due_on,
            RecurringRun.state,
            RecurringRun.document_id,
            Document.number,
        )
        .outerjoin(Document, Document.id == RecurringRun.document_id)
        .where(RecurringRun.company_id == company_id, RecurringRun.template_id == template_id)
        .order_by(RecurringRun.period.desc())
        .limit(MOST_RUNS)
    ).all()
    return tuple(
        RecurringRunRow(row.period, row.due_on, RunState(row.state), row.document_id, row.number)
        for row in rows
    )
