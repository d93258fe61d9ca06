"""The tables of states, row by row."""

from dataclasses import replace
from datetime import date

import pytest

from billdesk.core.domain.documents import (
    INVOICE_KINDS,
    TAB_OF,
    DocumentFacts,
    DocumentKind,
    DocumentState,
    FilterTab,
    SettledPart,
    settled_part,
    state_of,
)

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


QUOTE = replace(ISSUED, kind=DocumentKind.QUOTE, open_minor=0, due_on=None)
LATE_QUOTE = replace(QUOTE, valid_until=date(2026, 11, 23))
QUOTE_ROWS = [
    (replace(LATE_QUOTE, voided=True, accepted=True), DocumentState.VOID),
    (replace(QUOTE, issued=False), DocumentState.DRAFT),
    (replace(LATE_QUOTE, invoiced_minor=100, declined=True), DocumentState.INVOICED),
    (replace(LATE_QUOTE, invoiced_minor=99, accepted=True), DocumentState.PARTLY_INVOICED),
    (replace(LATE_QUOTE, declined=True), DocumentState.DECLINED),
    (replace(LATE_QUOTE, accepted=True, sent=True), DocumentState.ACCEPTED),
    (replace(LATE_QUOTE, sent=True), DocumentState.EXPIRED),
    (replace(QUOTE, valid_until=TODAY, sent=True), DocumentState.SENT),
    (replace(QUOTE, valid_until=TODAY), DocumentState.ISSUED),
    (QUOTE, DocumentState.ISSUED),
]
CREDIT_NOTE = replace(ISSUED, kind=DocumentKind.CREDIT_NOTE, due_on=None)
CREDIT_NOTE_ROWS = [
    (replace(CREDIT_NOTE, voided=True, open_minor=0), DocumentState.VOID),
    (replace(CREDIT_NOTE, issued=False, open_minor=0), DocumentState.DRAFT),
    (replace(CREDIT_NOTE, open_minor=0, sent=True), DocumentState.SETTLED),
    (replace(CREDIT_NOTE, open_minor=60, prepaid_minor=40), DocumentState.OPEN_CREDIT),
    (replace(CREDIT_NOTE, open_minor=40, sent=True), DocumentState.PARTLY_USED),
    (replace(CREDIT_NOTE, sent=True), DocumentState.OPEN_CREDIT),
]
REMINDER = replace(LATE, kind=DocumentKind.REMINDER)
REMINDER_ROWS = [
    (REMINDER, DocumentState.OVERDUE),
    (replace(REMINDER, open_minor=0, paid_minor=100), DocumentState.PAID),
    (replace(REMINDER, total_minor=0, open_minor=0), DocumentState.ISSUED),
    (replace(REMINDER, total_minor=0, open_minor=0, sent=True), DocumentState.SENT),
    (replace(REMINDER, total_minor=0, open_minor=0, voided=True), DocumentState.VOID),
]
FINAL = replace(ISSUED, kind=DocumentKind.FINAL_INVOICE, prepaid_minor=40, open_minor=60)
FINAL_ROWS = [
    (FINAL, DocumentState.ISSUED),
    (replace(FINAL, open_minor=59, paid_minor=1), DocumentState.PARTIALLY_PAID),
]
PAPER_ROWS = [
    (replace(ISSUED, kind=kind, open_minor=0, **facts), state)
    for kind in (DocumentKind.RECEIPT, DocumentKind.STATEMENT, DocumentKind.DELIVERY_NOTE)
    for facts, state in (
        ({"voided": True}, DocumentState.VOID),
        ({"sent": True}, DocumentState.SENT),
        ({}, DocumentState.ISSUED),
    )
]
ALL_ROWS = [*ROWS, *QUOTE_ROWS, *CREDIT_NOTE_ROWS, *REMINDER_ROWS, *FINAL_ROWS, *PAPER_ROWS]


@pytest.mark.parametrize(
    ("facts", "state"),
    ALL_ROWS,
    ids=[f"{facts.kind}-{state}-{i}" for i, (facts, state) in enumerate(ALL_ROWS)],
)
def test_each_row_of_the_table(facts: DocumentFacts, state: DocumentState) -> None:
    assert state_of(facts, TODAY) is state


@pytest.mark.parametrize("kind", sorted(INVOICE_KINDS))
def test_all_invoices_share_one_table(kind: DocumentKind) -> None:
    for facts, state in ROWS:
        assert state_of(replace(facts, kind=kind), TODAY) is state


def test_the_table_has_a_row_for_every_state() -> None:
    assert {state for _, state in ALL_ROWS} == set(DocumentState)
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
        (DocumentState.ACCEPTED, FilterTab.OPEN),
        (DocumentState.PARTLY_INVOICED, FilterTab.OPEN),
        (DocumentState.INVOICED, FilterTab.PAID),
        (DocumentState.EXPIRED, FilterTab.OVERDUE),
        (DocumentState.DECLINED, FilterTab.VOID),
        (DocumentState.OPEN_CREDIT, FilterTab.OPEN),
        (DocumentState.PARTLY_USED, FilterTab.OPEN),
        (DocumentState.SETTLED, FilterTab.PAID),
    ],
)
def test_where_a_state_is_listed(state: DocumentState, tab: FilterTab) -> None:
    assert TAB_OF[state] is tab


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        (ISSUED, SettledPart.NONE),
        (replace(ISSUED, open_minor=0, paid_minor=100), SettledPart.NONE),
        (replace(ISSUED, open_minor=40, paid_minor=10, credited_minor=50), SettledPart.PAID),
        (replace(ISSUED, open_minor=40, credited_minor=60), SettledPart.CREDITED),
        (replace(ISSUED, open_minor=40, written_off_minor=60), SettledPart.OTHER),
        # What deposits took off and what the customer keeps back was never to be paid.
        (replace(ISSUED, open_minor=40, prepaid_minor=50, withheld_minor=10), SettledPart.NONE),
        (replace(ISSUED, open_minor=40, paid_minor=60, voided=True), SettledPart.NONE),
        (DRAFT, SettledPart.NONE),
    ],
)
def test_by_what_a_part_is_settled(facts: DocumentFacts, part: SettledPart) -> None:
    assert settled_part(facts) is part
