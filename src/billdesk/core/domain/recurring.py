"""A template of a recurring document: which draft each period makes, and what waits for its owner.

A template is a draft and a schedule. Prices may change from a date on; service dates given for the
first period move along.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.recurrence import Schedule
from billdesk.core.domain.rounding import EXACT, round_half_away
from billdesk.core.domain.totals import LARGEST_DECIMALS, LARGEST_ENTRY, decimals

# A period this many days late is not made without asking: somebody was away, or a clock was wrong.
LATE_DAYS = 7
MOST_PRICE_CHANGES = 100
LARGEST_PERCENT = Decimal(1000)
_HUNDRED = Decimal(100)


class RecurringAction(StrEnum):
    """How far a due period is taken by itself."""

    DRAFT = "draft"
    ISSUE = "issue"
    SEND = "send"


class RunState(StrEnum):
    """What became of a period."""

    CREATED = "created"
    SKIPPED = "skipped"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """Prices from ``from_on`` on: ``percent`` more (or less) or a new ``unit_price``.

    ``line`` is the template's line, counted from 0; without one a percentage is for every line.
    """

    from_on: date
    percent: Decimal | None = None
    unit_price: Decimal | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a template and the day it is due."""

    number: int
    due_on: date


def check_price_changes(
    changes: Iterable[PriceChange], lines: Sequence[LineDraft]
) -> tuple[PriceChange, ...]:
    """The changes in the order of their dates. Raises ``UserError`` about ``price_changes.N``."""
    given = tuple(changes)
    if len(given) > MOST_PRICE_CHANGES:
        raise UserError(
            f"There can be {MOST_PRICE_CHANGES} price changes at most.", field="price_changes"
        )
    for index, change in enumerate(given):
        sentence = _fault(change, len(lines))
        if sentence:
            raise UserError(sentence, field=f"price_changes.{index}")
        check_day(change.from_on, f"price_changes.{index}")
    return tuple(sorted(given, key=lambda change: change.from_on))


def _fault(change: PriceChange, lines: int) -> str:
    if change.line is not None and not 0 <= change.line < lines:
        return "This price change is for a line that does not exist."
    if (change.percent is None) == (change.unit_price is None):
        return "A price changes by a percentage or to a new price."
    if change.unit_price is not None:
        if change.line is None:
            return "Say which line has the new price."
        if not change.unit_price.is_finite() or decimals(change.unit_price) > LARGEST_DECIMALS:
            return "A price has at most six decimals."
        if abs(change.unit_price) > LARGEST_ENTRY:
            return "This price is larger than BillDesk can hold."
        return ""
    percent = change.percent
    if percent is None or not percent.is_finite() or decimals(percent) > LARGEST_DECIMALS:
        return "A percentage has at most six decimals."
    if not -_HUNDRED < percent <= LARGEST_PERCENT:
        return "A price falls by less than 100 % and rises by at most 1000 %."
    return ""


def draft_for(
    draft: InvoiceDraft, schedule: Schedule, changes: Sequence[PriceChange], period: int
) -> InvoiceDraft:
    """What ``period`` makes of the template: its prices and service dates, dated when issued."""
    due_on = schedule.due_on(period)
    return replace(
        draft,
        issued_on=None,
        due_on=None,
        service_from=_moved(schedule, draft.service_from, period),
        service_to=_moved(schedule, draft.service_to, period, keep_month_end=True),
        lines=tuple(
            replace(line, unit_price=_price(line, index, changes, due_on, draft.currency))
            for index, line in enumerate(draft.lines)
        ),
    )


def merged(drafts: Sequence[InvoiceDraft], notes: Sequence[str]) -> InvoiceDraft:
    """Several periods in one document: each period's lines with its note, amounts for all.

    ``notes`` say of each period which it is. A percentage on the document stays; an amount is
    taken once for each period. Raises ``ValueError`` without drafts.
    """
    if not drafts:
        raise ValueError("nothing to merge")
    first = drafts[0]
    starts = [day for draft in drafts if (day := draft.service_from or draft.service_to)]
    ends = [day for draft in drafts if (day := draft.service_to or draft.service_from)]
    return replace(
        first,
        service_from=min(starts, default=None),
        service_to=max(ends, default=None),
        lines=tuple(
            replace(line, description="\n".join(filter(None, (line.description, note))))
            for draft, note in zip(drafts, notes, strict=True)
            for line in draft.lines
        ),
        adjustments=tuple(
            one
            if one.amount_minor is None
            else replace(one, amount_minor=one.amount_minor * len(drafts))
            for one in first.adjustments
        ),
    )


def outstanding(schedule: Schedule, done: Iterable[int], today: date) -> tuple[Period, ...]:
    """The periods due by ``today`` of which nothing has become yet."""
    known = set(done)
    return tuple(
        Period(number, schedule.due_on(number))
        for number in range(1, schedule.periods_through(today) + 1)
        if number not in known
    )


def made_by_itself(waiting: Sequence[Period], today: date) -> Period | None:
    """The period that is made without asking: the only one that waits, and due lately."""
    if len(waiting) != 1:
        return None
    (period,) = waiting
    return period if today - period.due_on <= timedelta(days=LATE_DAYS) else None


def _moved(
    schedule: Schedule, day: date | None, period: int, *, keep_month_end: bool = False
) -> date | None:
    if day is None:
        return None
    return schedule.shifted(day, period, keep_month_end=keep_month_end)


def _price(
    line: LineDraft, index: int, changes: Sequence[PriceChange], on: date, currency: str
) -> Decimal:
    price = line.unit_price
    # As fine as the price is written, but at least to the currency's smallest unit.
    places = max(decimals(price), exponent(currency) if currency else 2)
    for change in changes:
        if change.from_on > on or change.line not in (None, index):
            continue
        if change.unit_price is not None:
            price = change.unit_price
            places = max(places, decimals(price))
        elif change.percent is not None:
            factor = EXACT.divide(EXACT.add(_HUNDRED, change.percent), _HUNDRED)
            price = round_half_away(EXACT.multiply(price, factor), places)
    return price
