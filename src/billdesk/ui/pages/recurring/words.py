"""Schedules, actions and outcomes in plain words."""

from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import PriceChange, RecurringAction, RunState
from billdesk.core.queries.recurring import RecurringRow
from billdesk.ui.format import Formats
from billdesk.ui.text import tr, trn


def unit_name(unit: Unit) -> str:
    """What stands after "every N"."""
    return {
        Unit.WEEK: tr("Weeks"),
        Unit.MONTH: tr("Months"),
        Unit.QUARTER: tr("Quarters"),
        Unit.YEAR: tr("Years"),
    }[unit]


def action_name(action: RecurringAction) -> str:
    """How far a due period is taken by itself."""
    return {
        RecurringAction.DRAFT: tr("Make a draft"),
        RecurringAction.ISSUE: tr("Issue"),
        RecurringAction.SEND: tr("Issue and send"),
    }[action]


def outcome_name(state: RunState) -> str:
    """What became of a period."""
    return {
        RunState.CREATED: tr("Created"),
        RunState.SKIPPED: tr("Skipped"),
        RunState.MERGED: tr("In one with others"),
    }[state]


def schedule_words(schedule: Schedule) -> str:
    """ "Every month", "Every 2 weeks"."""
    every = schedule.every
    return {
        Unit.WEEK: trn("Every week", "Every {count} weeks", every),
        Unit.MONTH: trn("Every month", "Every {count} months", every),
        Unit.QUARTER: trn("Every quarter", "Every {count} quarters", every),
        Unit.YEAR: trn("Every year", "Every {count} years", every),
    }[schedule.unit]


def state_words(formats: Formats, row: RecurringRow) -> str:
    """When it is due next, or why it is not."""
    if row.paused:
        return tr("Paused")
    if row.waiting:
        return trn("{count} waits for you", "{count} wait for you", len(row.waiting))
    if row.next_on is None:
        return tr("Ended")
    return formats.date(row.next_on)


def price_change_words(formats: Formats, change: PriceChange) -> tuple[str, str]:
    """ "+2.5 %", and from when and for which line."""
    if change.percent is not None:
        sign = "+" if change.percent > 0 else ""
        first = f"{sign}{formats.percent(change.percent)}"
    else:
        first = formats.number(change.unit_price or 0)
    day = tr("from {day} on").format(day=formats.date(change.from_on))
    where = tr("all lines")
    if change.line is not None:
        where = tr("line {number}").format(number=change.line + 1)
    return first, f"{day} · {where}"
