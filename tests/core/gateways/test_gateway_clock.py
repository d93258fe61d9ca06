"""The clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from billdesk.core.gateways.clock import MovableClock, SystemClock


def test_the_day_depends_on_the_zone():
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        clock = SystemClock()
        assert clock.now() == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
        assert clock.today(ZoneInfo("Europe/Berlin")) == date(2027, 1, 1)
        assert clock.today(ZoneInfo("America/New_York")) == date(2026, 12, 31)


def test_a_moved_clock_runs_on():
    with time_machine.travel(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), tick=False) as real:
        clock = MovableClock()
        clock.advance(timedelta(days=30))
        assert clock.now() == datetime(2026, 12, 24, 10, 0, tzinfo=UTC)
        clock.set_to(datetime(2027, 3, 1, tzinfo=UTC))
        real.shift(timedelta(hours=1))
        assert clock.now() == datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
        assert clock.today(UTC) == date(2027, 3, 1)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        MovableClock().set_to(datetime(2027, 3, 1))  # noqa: DTZ001 - the very thing refused
