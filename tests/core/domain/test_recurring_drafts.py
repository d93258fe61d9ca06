"""What each period makes of its template."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from books import line
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import (
    LATE_DAYS,
    Period,
    PriceChange,
    check_price_changes,
    draft_for,
    made_by_itself,
    merged,
    outstanding,
)
from billdesk.core.domain.totals import Adjustment

MONTHLY = Schedule(date(2026, 1, 31), Unit.MONTH)
DRAFT = InvoiceDraft(
    currency="EUR",
    issued_on=date(2026, 1, 31),
    due_on=date(2026, 2, 14),
    service_from=date(2026, 1, 1),
    service_to=date(2026, 1, 31),
    order_reference="PO-7",
    lines=(line("100", name="Hosting"), line("9.99", name="Domain")),
)


def prices(changes: tuple[PriceChange, ...], period: int) -> list[str]:
    made = draft_for(DRAFT, MONTHLY, changes, period)
    return [str(one.unit_price) for one in made.lines]


def test_service_dates_move_along_and_documents_are_dated_when_made() -> None:
    made = draft_for(DRAFT, MONTHLY, (), 2)
    assert (made.service_from, made.service_to) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (made.issued_on, made.due_on, made.order_reference) == (None, None, "PO-7")


def test_prices_change_from_their_date_on_percent_upon_percent() -> None:
    changes = check_price_changes(
        [
            PriceChange(date(2026, 5, 1), percent=Decimal(-10), line=1),
            PriceChange(date(2026, 3, 31), percent=Decimal("2.5")),
            PriceChange(date(2026, 4, 1), unit_price=Decimal(120), line=0),
        ],
        DRAFT.lines,
    )
    assert prices(changes, 2) == ["100", "9.99"]
    # Due on 31 March, the very day. 9.99 and 2.5 % is 10.23975, a half cent rounded away from zero.
    assert prices(changes, 3) == ["102.50", "10.24"]
    assert prices(changes, 4) == ["120", "10.24"]
    assert prices(changes, 5) == ["120", "9.22"]


@pytest.mark.parametrize(
    "change",
    [
        PriceChange(date(2026, 5, 1)),
        PriceChange(date(2026, 5, 1), percent=Decimal(1), unit_price=Decimal(1), line=0),
        PriceChange(date(2026, 5, 1), unit_price=Decimal(1)),
        PriceChange(date(2026, 5, 1), percent=Decimal(1), line=2),
        PriceChange(date(2026, 5, 1), percent=Decimal(1), line=-1),
        PriceChange(date(2026, 5, 1), percent=Decimal(-100)),
        PriceChange(date(2026, 5, 1), percent=Decimal(1001)),
        PriceChange(date(2026, 5, 1), percent=Decimal("NaN")),
        PriceChange(date(2026, 5, 1), unit_price=Decimal("Infinity"), line=0),
        PriceChange(date(2026, 5, 1), unit_price=Decimal("0.0000001"), line=0),
        PriceChange(date(1026, 5, 1), percent=Decimal(1)),
    ],
)
def test_a_price_change_that_cannot_be_names_its_place(change: PriceChange) -> None:
    fine = PriceChange(date(2026, 1, 1), percent=Decimal(1))
    with pytest.raises(UserError) as refusal:
        check_price_changes([fine, change], DRAFT.lines)
    assert refusal.value.field == "price_changes.1"


def test_several_periods_in_one_document() -> None:
    adjustments = (Adjustment(False, percent=Decimal(5)), Adjustment(True, amount_minor=500))
    one, two = (
        draft_for(InvoiceDraft(**{**fields_of(DRAFT), "adjustments": adjustments}), MONTHLY, (), n)
        for n in (2, 3)
    )
    made = merged([one, two], ["February", "March"])
    assert [one.name for one in made.lines] == ["Hosting", "Domain", "Hosting", "Domain"]
    assert [one.description for one in made.lines] == ["February"] * 2 + ["March"] * 2
    assert (made.service_from, made.service_to) == (date(2026, 2, 1), date(2026, 3, 31))
    assert made.adjustments == (adjustments[0], Adjustment(True, amount_minor=1_000))


def fields_of(draft: InvoiceDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__slots__}


def test_only_a_single_period_due_lately_is_made_without_asking() -> None:
    today = date(2026, 3, 1)
    late = Period(2, today - timedelta(LATE_DAYS))
    assert made_by_itself([late], today) == late
    assert made_by_itself([Period(2, today - timedelta(LATE_DAYS + 1))], today) is None
    assert made_by_itself([Period(1, today), Period(2, today)], today) is None
    assert made_by_itself([], today) is None


@given(st.sets(st.integers(1, 30)), st.integers(0, 900))
def test_what_waits_and_what_is_done_are_the_periods_that_are_due(
    done: set[int], days: int
) -> None:
    today = MONTHLY.anchor_on + timedelta(days)
    waiting = {period.number for period in outstanding(MONTHLY, done, today)}
    due = set(range(1, MONTHLY.periods_through(today) + 1))
    assert waiting == due - done
