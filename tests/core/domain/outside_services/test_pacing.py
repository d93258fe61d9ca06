"""Looks at Stripe are frequent when they may bring something, and rare otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from billdesk.core.domain.outside_services.pacing import AFTER_LINK_FOR_S, Attention, Pace
from billdesk.core.domain.outside_services.read_budget import ReadBudget

MIDDLE = 0.5


@pytest.mark.parametrize(
    ("pace", "seconds"),
    [
        (Pace(), 1_800),
        (Pace(awaiting=True), 90),
        (Pace(Attention.BACKGROUND, awaiting=True), 300),
        (Pace(Attention.BACKGROUND), 1_800),
        (Pace(since_link_s=0, awaiting=True), 15),
        (Pace(since_link_s=AFTER_LINK_FOR_S, awaiting=True), 15),
        (Pace(since_link_s=AFTER_LINK_FOR_S + 30, awaiting=True), 22.5),
        (Pace(since_link_s=AFTER_LINK_FOR_S + 60, awaiting=True), 33.75),
        (Pace(since_link_s=86_400, awaiting=True), 90),
        (Pace(since_link_s=1e9), 1_800),
        (Pace(since_link_s=0, awaiting=True, low_budget=True), 15),
        (Pace(since_link_s=600, awaiting=True, low_budget=True), 390),
        (Pace(awaiting=True, low_budget=True), 390),
        (Pace(low_budget=True), 1_800),
    ],
)
def test_the_next_look(pace: Pace, seconds: float) -> None:
    assert pace.interval_s(MIDDLE) == pytest.approx(seconds)
    assert pace.interval_s(0) == pytest.approx(0.9 * seconds)
    assert pace.interval_s(1) == pytest.approx(1.1 * seconds)


def test_an_office_with_links_always_open_stays_within_what_stripe_allows() -> None:
    """28 days: ten hours with the window open, a link touched four times a day, one read a look."""
    start = now = datetime(2026, 11, 2, tzinfo=UTC)
    budget, looks, skipped, after_link = ReadBudget(), 0, 0, 0.0
    while now < start + timedelta(days=28):
        open_for_s = (now.hour - 8) * 3600 + now.minute * 60 + now.second
        at_work = 0 <= open_for_s < 36_000
        attention = Attention.ACTIVE if at_work else Attention.BACKGROUND
        since_link_s = float(open_for_s % 9_000) if at_work else None
        pace = Pace(attention, since_link_s, awaiting=True, low_budget=budget.is_low(now))
        wait = pace.interval_s(MIDDLE)
        if budget.allows(1, now):
            budget, looks = budget.spent(1, now), looks + 1
        else:
            skipped += 1
        if since_link_s is not None and since_link_s < AFTER_LINK_FOR_S:
            after_link = max(after_link, wait)
        now += timedelta(seconds=wait)
    assert looks <= 9_000
    assert after_link == pytest.approx(15), "who waits for a payment sees it soon, all month"
    assert skipped < looks / 10
