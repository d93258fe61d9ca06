"""Due dates come from the anchor alone."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.dates import LAST_DAY
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.recurrence import Schedule, Unit

MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
SCHEDULES = st.builds(
    Schedule, anchor_on=DAYS, unit=st.sampled_from(Unit), every=st.integers(1, 100)
)


def test_the_31st_clamps_to_the_month_s_end_and_returns() -> None:
    monthly = Schedule(date(2026, 1, 31), Unit.MONTH)
    assert [monthly.due_on(n).isoformat() for n in range(1, 9)] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
        "2026-07-31",
        "2026-08-31",
    ]


def test_the_leap_day_returns_in_leap_years() -> None:
    yearly = Schedule(date(2024, 2, 29), Unit.YEAR)
    assert [yearly.due_on(n).day for n in range(1, 6)] == [29, 28, 28, 28, 29]
    monthly = Schedule(date(2024, 2, 29), Unit.MONTH, every=12)
    assert [monthly.due_on(n) for n in range(1, 6)] == [yearly.due_on(n) for n in range(1, 6)]


def test_weeks_months_quarters_and_years_every_so_many() -> None:
    day = date(2026, 11, 30)
    assert Schedule(day, Unit.WEEK, 2).due_on(3) == date(2026, 12, 28)
    assert Schedule(day, Unit.MONTH, 3).due_on(2) == date(2027, 2, 28)
    assert Schedule(day, Unit.QUARTER).due_on(3) == date(2027, 5, 30)
    assert Schedule(day, Unit.YEAR, 5).due_on(2) == date(2031, 11, 30)


def test_the_end_of_a_service_period_stays_the_end_of_its_month() -> None:
    monthly = Schedule(date(2026, 6, 1), Unit.MONTH)
    moved = [monthly.shifted(date(2026, 6, 30), n, keep_month_end=True) for n in range(1, 4)]
    assert moved == [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
    assert monthly.shifted(date(2026, 6, 29), 2, keep_month_end=True) == date(2026, 7, 29)


def test_it_ends_by_date_or_by_count() -> None:
    by_date = Schedule(date(2026, 1, 31), Unit.MONTH, ends_on=date(2026, 3, 31))
    by_count = Schedule(date(2026, 1, 31), Unit.MONTH, ends_after=3)
    for schedule in (by_date, by_count):
        assert schedule.periods_through(LAST_DAY) == 3
        assert schedule.next_after(date(2026, 3, 30)) == 3
        assert schedule.next_after(date(2026, 3, 31)) is None
    assert Schedule(date(2100, 12, 1), Unit.MONTH).next_after(date(2100, 12, 1)) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every": 0}, "every"),
        ({"every": 101}, "every"),
        ({"anchor_on": date(1999, 12, 31)}, "anchor_on"),
        ({"ends_on": date(2026, 1, 30)}, "ends_on"),
        ({"ends_on": date(2101, 1, 1)}, "ends_on"),
        ({"ends_after": 0}, "ends_after"),
        ({"ends_after": 1001}, "ends_after"),
        ({"ends_after": 2, "ends_on": date(2027, 1, 1)}, "ends_after"),
    ],
)
def test_a_schedule_that_cannot_be_names_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(UserError) as refusal:
        Schedule(**{"anchor_on": date(2026, 1, 31), "unit": Unit.MONTH, **changes})
    assert refusal.value.field == field


@given(SCHEDULES, st.integers(1, 60))
def test_a_due_date_is_as_many_units_from_the_anchor(schedule: Schedule, period: int) -> None:
    due_on = schedule.due_on(period)
    if schedule.unit is Unit.WEEK:
        assert due_on - schedule.anchor_on == timedelta(weeks=(period - 1) * schedule.every)
        return
    anchor = schedule.anchor_on
    months = (due_on.year - anchor.year) * 12 + due_on.month - anchor.month
    assert months == (period - 1) * schedule.every * MONTHS[schedule.unit]
    # The anchor's day wherever the month has it, else its last.
    assert due_on.day == min(anchor.day, monthrange(due_on.year, due_on.month)[1])


@given(SCHEDULES, st.integers(1, 60))
def test_due_dates_rise(schedule: Schedule, period: int) -> None:
    assert schedule.due_on(period) < schedule.due_on(period + 1)


@given(SCHEDULES, DAYS, st.one_of(st.none(), st.integers(1, 20)))
def test_the_count_is_what_counting_one_by_one_gives(
    schedule: Schedule, day: date, ends_after: int | None
) -> None:
    schedule = Schedule(schedule.anchor_on, schedule.unit, schedule.every, ends_after=ends_after)
    count = schedule.periods_through(day)
    assert count == 0 or schedule.due_on(count) <= day
    if ends_after is not None and count == ends_after:
        assert schedule.next_after(day) is None
    else:
        assert schedule.due_on(count + 1) > day
        exists = schedule.due_on(count + 1) <= LAST_DAY
        assert schedule.next_after(day) == (count + 1 if exists else None)


@given(SCHEDULES, DAYS, st.integers(0, 400))
def test_a_later_day_never_has_fewer_periods(schedule: Schedule, day: date, later: int) -> None:
    assert schedule.periods_through(day) <= schedule.periods_through(day + timedelta(later))
