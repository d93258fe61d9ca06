"""The table of states, row by row, and what each state allows."""

from dataclasses import replace
from datetime import date

import pytest

from billdesk.core.domain.documents import (
    TAB_OF,
    DocumentFacts,
    DocumentState,
    FilterTab,
    require_draft,
    require_issued,
    require_voidable,
    state_of,
)
from billdesk.core.domain.errors import NotAllowed

TODAY = date(2026, 11, 24)
DRAFT = DocumentFacts(issued=False, total_minor=100, open_minor=0, due_on=None)
ISSUED = DocumentFacts(issued=True, total_minor=100, open_minor=100, due_on=TODAY)
SETTLED = replace(ISSUED, open_minor=0, paid_minor=100)
LATE = replace(ISSUED, due_on=date(2026, 11, 23))

# In the order of the table: whatever stands above wins over what stands below.
ROWS = [
    (replace(LATE, voided=True, open_minor=0, paid_minor=0), DocumentState.VOID),
    (DRAFT, DocumentState.DRAFT),
    (replace(SETTLED, disputed_minor=1, surplus_minor=5), DocumentState.DISPUTED),
    (replace(SETTLED, disputed_minor=1, unexplained_refund_minor=1), DocumentState.DISPUTED),
    (replace(SETTLED, unexplained_refund_minor=1, surplus_minor=5), DocumentState.REFUNDED),
    (replace(LATE, pending_minor=100, sent=True), DocumentState.PROCESSING),
    (replace(LATE, pending_minor=150), DocumentState.PROCESSING),
    (replace(SETTLED, surplus_minor=1), DocumentState.OVERPAID),
    (SETTLED, DocumentState.PAID),
    (replace(SETTLED, credited_minor=40, paid_minor=60), DocumentState.PAID),
    (replace(SETTLED, paid_minor=0, credited_minor=100), DocumentState.CREDITED),
    (replace(SETTLED, paid_minor=0, written_off_minor=100), DocumentState.WRITTEN_OFF),
    (
        replace(ISSUED, total_minor=0, open_minor=0, due_on=date(2020, 1, 1)),
        DocumentState.NOTHING_DUE,
    ),
    (LATE, DocumentState.OVERDUE),
    (replace(LATE, open_minor=40, paid_minor=60, sent=True), DocumentState.OVERDUE),
    (replace(LATE, pending_minor=99), DocumentState.OVERDUE),
    (replace(ISSUED, open_minor=40, paid_minor=60, sent=True), DocumentState.PARTIALLY_PAID),
    (replace(ISSUED, sent=True), DocumentState.SENT),
    (ISSUED, DocumentState.ISSUED),
    (replace(ISSUED, due_on=None), DocumentState.ISSUED),
    (replace(ISSUED, pending_minor=99), DocumentState.ISSUED),
]


@pytest.mark.parametrize(("facts", "state"), ROWS)
def test_each_row_of_the_table(facts: DocumentFacts, state: DocumentState) -> None:
    assert state_of(facts, TODAY) is state


def test_the_table_has_a_row_for_every_state() -> None:
    assert {state for _, state in ROWS} == set(DocumentState)
    assert set(TAB_OF) == set(DocumentState)


def test_a_due_day_is_not_over_until_it_is_over() -> None:
    assert state_of(ISSUED, TODAY) is DocumentState.ISSUED
    assert state_of(ISSUED, date(2026, 11, 25)) is DocumentState.OVERDUE


@pytest.mark.parametrize(
    ("state", "tab"),
    [
        (DocumentState.DISPUTED, FilterTab.OPEN),
        (DocumentState.REFUNDED, FilterTab.OPEN),
        (DocumentState.PROCESSING, FilterTab.OPEN),
        (DocumentState.OVERPAID, FilterTab.PAID),
        (DocumentState.NOTHING_DUE, FilterTab.PAID),
        (DocumentState.OVERDUE, FilterTab.OVERDUE),
        (DocumentState.VOID, FilterTab.VOID),
        (DocumentState.DRAFT, FilterTab.DRAFT),
    ],
)
def test_where_a_state_is_listed(state: DocumentState, tab: FilterTab) -> None:
    assert TAB_OF[state] is tab


def test_only_a_draft_is_edited() -> None:
    require_draft(DRAFT)
    with pytest.raises(NotAllowed, match="issued"):
        require_draft(ISSUED)


def test_only_a_valid_issued_document_is_sent_or_paid() -> None:
    require_issued(ISSUED, "send it")
    require_issued(SETTLED, "send it")
    with pytest.raises(NotAllowed, match="Issue the invoice first, then send it"):
        require_issued(DRAFT, "send it")
    with pytest.raises(NotAllowed, match="void"):
        require_issued(replace(ISSUED, voided=True), "send it")


def test_void_needs_a_document_no_money_has_touched() -> None:
    require_voidable(ISSUED)
    require_voidable(replace(ISSUED, sent=True))
    for touched in (
        DRAFT,
        replace(ISSUED, voided=True),
        replace(ISSUED, pending_minor=1),
        replace(ISSUED, disputed_minor=1),
        replace(ISSUED, paid_minor=1, open_minor=99),
        replace(ISSUED, credited_minor=1, open_minor=99),
        replace(ISSUED, written_off_minor=1, open_minor=99),
    ):
        with pytest.raises(NotAllowed):
            require_voidable(touched)
