"""When something falls due."""

from datetime import date

from billdesk.core.domain.dates import LAST_DAY, due_after
from billdesk.core.domain.drafts import InvoiceDraft

ISSUED = date(2028, 2, 15)


def test_days_count_from_the_issue_date_over_a_leap_day() -> None:
    assert due_after(ISSUED, 0) == ISSUED
    assert due_after(ISSUED, 14) == date(2028, 2, 29)
    assert due_after(ISSUED, 15) == date(2028, 3, 1)


def test_nothing_falls_due_after_the_last_day_of_books() -> None:
    assert due_after(LAST_DAY, 1) == LAST_DAY
    assert due_after(date(2099, 12, 31), 3650) == LAST_DAY


def test_a_fixed_day_comes_before_terms_and_without_both_nothing_is_due() -> None:
    fixed = date(2028, 3, 10)
    assert InvoiceDraft(terms_days=14, due_on=fixed).due_date(ISSUED) == fixed
    assert InvoiceDraft(terms_days=14).due_date(ISSUED) == date(2028, 2, 29)
    assert InvoiceDraft().due_date(ISSUED) is None
