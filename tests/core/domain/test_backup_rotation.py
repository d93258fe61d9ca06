"""Which backups are kept, by the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.backups import (
    BackupName,
    BackupReason,
    Retention,
    backup_name,
    is_daily_due,
    outlived,
    read_name,
)
from billdesk.core.domain.errors import UserError

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
INSTALL = "1a2b3c4d-0000-4000-8000-000000000000"


def named(made_at: datetime, reason: BackupReason = BackupReason.DAILY) -> BackupName:
    found = read_name(backup_name(INSTALL, made_at, reason, locked=False))
    assert found is not None
    return found


def kept_after(names: list[BackupName], now: datetime) -> list[str]:
    gone = {name.text for name in outlived(names, now)}
    return [name.text[18:26] for name in names if name.text not in gone]


def test_a_name_says_what_it_is() -> None:
    text = backup_name(INSTALL, NOW, BackupReason.CLOSE, locked=True, again=2)
    assert text == "billdesk-1a2b3c4d-20261126T160000Z-close-2.age.zip"
    assert read_name(text) == BackupName(text, NOW, BackupReason.CLOSE, "1a2b3c4d", True)
    old = read_name("books-20261126T160000Z-before-0002.db")
    assert old is not None
    assert (old.reason, old.install) == (BackupReason.BEFORE, "")
    for other in ("books.db", "billdesk-1a2b3c4d-20261399T160000Z-daily.db", "holiday.zip"):
        assert read_name(other) is None


def test_a_year_of_daily_backups_thins_out() -> None:
    names = [named(NOW - timedelta(days=back)) for back in range(400)]
    kept = kept_after(names, NOW)
    # Seven days, eight weeks (Sundays, and today's week), twelve months (their last days).
    assert kept == [
        "20261126", "20261125", "20261124", "20261123", "20261122", "20261121", "20261120",
        "20261115", "20261108", "20261101", "20261031", "20261025", "20261018", "20261011",
        "20260930", "20260831", "20260731", "20260630", "20260531", "20260430", "20260331",
        "20260228", "20260131", "20251231",
    ]  # fmt: skip


def test_all_of_a_recent_day_stay() -> None:
    names = [named(NOW - timedelta(days=1, hours=hour)) for hour in range(10)]
    assert outlived(names, NOW) == []


def test_what_an_update_left_and_what_a_wrong_clock_made_stay() -> None:
    before = named(NOW - timedelta(days=900), BackupReason.BEFORE)
    ahead = named(NOW + timedelta(days=3000))
    old = named(NOW - timedelta(days=900))
    assert outlived([before, ahead, old], NOW) == [old]


@given(
    st.lists(st.integers(0, 24 * 500), min_size=1, max_size=40),
    st.builds(Retention, st.integers(1, 30), st.integers(0, 20), st.integers(0, 24)),
)
def test_rotation_day_after_day_keeps_what_it_would_keep_at_once(
    hours: list[int], keep: Retention
) -> None:
    """Removing every day never loses what the rule wants in the end, and the newest stays."""
    first = NOW - timedelta(hours=max(hours))
    names = sorted({named(NOW - timedelta(hours=hour)) for hour in hours}, key=lambda n: n.made_at)
    alive: list[BackupName] = []
    days = [first + timedelta(days=day) for day in range((NOW - first).days + 1)]
    before = first - timedelta(days=1)
    for today in [*days, NOW]:
        alive += [n for n in names if before < n.made_at <= today]
        gone = {n.text for n in outlived(alive, today, keep)}
        alive = [n for n in alive if n.text not in gone]
        before = today
    at_once = {n.text for n in names} - {n.text for n in outlived(names, NOW, keep)}
    assert at_once <= {n.text for n in alive}
    assert names[-1].text in at_once


def test_the_daily_backup_is_due_once_a_day() -> None:
    assert is_daily_due([], NOW)
    assert is_daily_due([named(NOW - timedelta(days=1))], NOW)
    assert not is_daily_due([named(NOW - timedelta(hours=3), BackupReason.CLOSE)], NOW)
    assert is_daily_due([named(NOW, BackupReason.BEFORE)], NOW)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_at_least_a_day_is_kept(days: int) -> None:
    with pytest.raises(UserError, match="1 to 365 days") as caught:
        Retention(days=days)
    assert caught.value.field == "days"
