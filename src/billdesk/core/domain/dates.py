"""The days a document or payment may carry, and when it falls due."""

from datetime import date

from billdesk.core.domain.errors import UserError

# Far enough for any books; what lies outside is a typing mistake in the year.
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)


def check_day(day: date | None, field: str) -> None:
    """Raises ``UserError`` about ``field`` for a day before ``FIRST_DAY`` or after ``LAST_DAY``."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise UserError(
            f"A date lies between {FIRST_DAY} and {LAST_DAY}; check the year.", field=field
        )


def due_after(issued_on: date, days: int) -> date:
    """When what is to be paid within ``days`` of ``issued_on`` falls due, at the latest on
    ``LAST_DAY``.
    """
    return date.fromordinal(min(issued_on.toordinal() + days, LAST_DAY.toordinal()))
