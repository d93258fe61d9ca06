"""The company's own fields: one canonical form for each type, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.custom_fields import (
    CustomField,
    CustomValue,
    Entity,
    FieldType,
    check_definition,
    check_values,
    key_of,
    values_from_json,
    values_to_json,
)
from billdesk.core.domain.errors import UserError

FIELDS = (
    CustomField("note", "Note"),
    CustomField("weight", "Weight", FieldType.NUMBER),
    CustomField("begun", "Begun", FieldType.DATE),
    CustomField("vip", "VIP", FieldType.YES_NO),
    CustomField("colour", "Colour", FieldType.CHOICE, ("red", "blue")),
    CustomField("old", "Old", FieldType.NUMBER, is_required=True, is_retired=True),
)


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("note", " two\twords ", "two words"),
        ("weight", "012.50", "12.5"),
        ("weight", "-0", "0"),
        ("weight", "1E3", "1000"),
        ("begun", "2026-02-28", "2026-02-28"),
        ("vip", "yes", "yes"),
        ("colour", "blue", "blue"),
        # A value of a field that is no longer offered stays as it is.
        ("old", "whatever", "whatever"),
    ],
)
def test_a_value_has_one_form(key: str, typed: str, stored: str) -> None:
    assert check_values(FIELDS, [CustomValue(key, typed)]) == (CustomValue(key, stored),)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("note", "\u202eevil"),
        ("note", "x" * 501),
        ("weight", "heavy"),
        ("weight", "NaN"),
        ("weight", "Infinity"),
        ("weight", "1e99"),
        ("weight", "0.1234567"),
        ("begun", "2026-02-29"),
        ("begun", "1026-02-28"),
        ("vip", "true"),
        ("colour", "green"),
        ("missing", "x"),
    ],
)
def test_a_value_that_cannot_be_names_its_field(key: str, typed: str) -> None:
    with pytest.raises(UserError) as refusal:
        check_values(FIELDS, [CustomValue(key, typed)])
    assert refusal.value.field == f"custom.{key}"


def test_what_is_required_is_filled_in_once_the_row_is_complete() -> None:
    fields = (CustomField("cost_unit", "Cost unit", is_required=True),)
    blank = [CustomValue("cost_unit", "  ")]
    with pytest.raises(UserError, match="Fill in “Cost unit”") as refusal:
        check_values(fields, blank)
    assert refusal.value.field == "custom.cost_unit"
    assert check_values(fields, blank, complete=False) == ()


@pytest.mark.parametrize(
    ("entity", "field", "wrong"),
    [
        (Entity.ITEM, CustomField("key", " "), "label"),
        (Entity.ITEM, CustomField("Key", "Label"), "key"),
        (Entity.ITEM, CustomField("k" * 41, "Label"), "key"),
        (Entity.ITEM, CustomField("key", "x" * 81), "label"),
        (Entity.ITEM, CustomField("key", "Label", FieldType.CHOICE), "choices"),
        (Entity.ITEM, CustomField("key", "Label", FieldType.CHOICE, ("a", "a ")), "choices"),
        (Entity.ITEM, CustomField("key", "Label", FieldType.TEXT, ("a",)), "choices"),
        (Entity.ITEM, CustomField("key", "Label", is_printed=True), "is_printed"),
    ],
)
def test_a_definition_that_cannot_be_names_its_field(
    entity: Entity, field: CustomField, wrong: str
) -> None:
    with pytest.raises(UserError) as refusal:
        check_definition(entity, field)
    assert refusal.value.field == wrong


@given(st.text(max_size=60))
def test_a_key_made_of_any_label_is_a_key(label: str) -> None:
    check_definition(Entity.CUSTOMER, CustomField(key_of(label), "Label"))


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(min_size=1)))
def test_stored_values_are_read_back(values: dict[str, str]) -> None:
    given_values = tuple(CustomValue(key, values[key]) for key in sorted(values))
    assert values_from_json(values_to_json(given_values)) == given_values
