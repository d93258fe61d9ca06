"""When what waits is due, whatever the desktop's clock has been through."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute

# Nothing waits longer than a day, except for something else to happen.
LONGEST_WAIT = timedelta(days=2)


def is_due(at: InstrumentedAttribute[Any], now: datetime) -> ColumnElement[bool]:
    """Whether the instant in ``at`` has come, or was set under a clock that ran far ahead.

    Without the second half a job queued in a wrong year would wait for that year.
    """
    return or_(at <= now, at > now + LONGEST_WAIT)


def due_at(at: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The same for a statement that is built once; it is run with ``due_by(now)``."""
    return or_(at <= bindparam("now"), at > bindparam("longest_wait"))


def due_by(now: datetime) -> dict[str, datetime]:
    """What ``due_at`` compares with."""
    return {"now": now, "longest_wait": now + LONGEST_WAIT}
