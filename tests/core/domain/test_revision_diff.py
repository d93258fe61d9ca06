"""Differences of two versions of a draft."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.revision_diff import ChangeKind, FieldChange, diff

WORK = LineDraft("Work", Decimal(1), Decimal(100))
TRAVEL = LineDraft("Travel", Decimal(2), Decimal(30))
BOOK = LineDraft("Book", Decimal(3), Decimal(20))
DRAFT = InvoiceDraft(customer_id=1, subject="October", lines=(WORK, TRAVEL, BOOK))


def test_the_same_content_differs_in_nothing() -> None:
    assert diff(DRAFT, replace(DRAFT)).is_empty


def test_fields_tell_before_and_after() -> None:
    found = diff(DRAFT, replace(DRAFT, subject="November", terms_days=14))
    assert found.fields == (
        FieldChange("terms_days", None, 14),
        FieldChange("subject", "October", "November"),
    )
    assert found.lines == ()


def test_a_changed_line_names_its_fields() -> None:
    dearer = replace(TRAVEL, unit_price=Decimal(35))
    (change,) = diff(DRAFT, replace(DRAFT, lines=(WORK, dearer, BOOK))).lines
    assert (change.kind, change.before_index, change.after_index) == (ChangeKind.CHANGED, 1, 1)
    assert change.fields == (FieldChange("unit_price", Decimal(30), Decimal(35)),)


def test_lines_come_and_go() -> None:
    new = LineDraft("Hotel", Decimal(1), Decimal(90))
    found = diff(DRAFT, replace(DRAFT, lines=(WORK, BOOK, new))).lines
    assert [(one.kind, one.name, one.before_index, one.after_index) for one in found] == [
        (ChangeKind.REMOVED, "Travel", 1, None),
        (ChangeKind.ADDED, "Hotel", None, 2),
    ]


def test_a_line_is_recognised_by_its_name_among_new_ones() -> None:
    dearer = replace(TRAVEL, unit_price=Decimal(35))
    new = LineDraft("Hotel", Decimal(1), Decimal(90))
    found = diff(replace(DRAFT, lines=(TRAVEL,)), replace(DRAFT, lines=(new, dearer))).lines
    assert [(one.kind, one.name) for one in found] == [
        (ChangeKind.CHANGED, "Travel"),
        (ChangeKind.ADDED, "Hotel"),
    ]


lines = st.lists(
    st.builds(
        LineDraft,
        st.sampled_from(["A", "B", "C"]),
        st.integers(1, 3).map(Decimal),
        st.integers(1, 3).map(Decimal),
    ),
    max_size=6,
).map(tuple)


@given(before=lines, after=lines)
def test_the_changes_turn_one_version_into_the_other(
    before: tuple[LineDraft, ...], after: tuple[LineDraft, ...]
) -> None:
    found = diff(InvoiceDraft(lines=before), InvoiceDraft(lines=after)).lines
    gone = {one.before_index for one in found if one.before_index is not None}
    come = {one.after_index for one in found if one.after_index is not None}
    kept = [line for i, line in enumerate(before) if i not in gone]
    assert kept == [line for i, line in enumerate(after) if i not in come]
    assert diff(InvoiceDraft(lines=after), InvoiceDraft(lines=after)).is_empty
