"""Fields a company defines for its customers, items and documents: types, values, checks.

A value travels as text in one canonical form for each type: a number in plain digits, a date as
ISO 8601, yes or no as such. Stored, the values of a row are a JSON object by key.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key
from billdesk.core.domain.texts import clean_line

LONGEST_LABEL = 80
LONGEST_VALUE = 500
MOST_CHOICES = 100
MOST_DECIMALS = 6
LARGEST_NUMBER = Decimal(10) ** 15
YES, NO = "yes", "no"
_KEY = re.compile("[a-z][a-z0-9_]{0,39}")


class Entity(StrEnum):
    """What a field can belong to."""

    CUSTOMER = "customer"
    ITEM = "item"
    DOCUMENT = "document"


class FieldType(StrEnum):
    """What can be entered."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A defined field. ``is_retired``: no longer offered, its stored values stay."""

    key: str
    label: str
    field_type: FieldType = FieldType.TEXT
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_printed: bool = False
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class CustomValue:
    """What a row has in the field ``key``, in the type's canonical form."""

    key: str
    value: str


CustomValues = tuple[CustomValue, ...]


def key_of(label: str) -> str:
    """A key made of a label: "Cost unit (GB)" gives ``cost_unit_gb``."""
    words = re.sub("[^a-z0-9]+", "_", search_key(label)).strip("_")
    return (words if _KEY.match(words) else f"field_{words}".rstrip("_"))[:40].rstrip("_")


def check_definition(entity: Entity, field: CustomField) -> CustomField:
    """The definition as it can be stored. Raises ``UserError`` (with its field)."""
    label = clean_line(field.label, "label", LONGEST_LABEL)
    if not label:
        raise UserError("Give the field a name.", field="label")
    if not _KEY.fullmatch(field.key):
        raise UserError(
            "A key is up to 40 small letters, digits and _, and begins with a letter.", field="key"
        )
    choices = tuple(clean_line(choice, "choices", LONGEST_LABEL) for choice in field.choices)
    choices = tuple(choice for choice in choices if choice)
    if field.field_type is FieldType.CHOICE:
        if not choices:
            raise UserError("Give at least one answer to choose.", field="choices")
        if len(set(choices)) < len(choices):
            raise UserError("Two of the answers are the same.", field="choices")
        if len(choices) > MOST_CHOICES:
            raise UserError(f"There can be {MOST_CHOICES} answers at most.", field="choices")
    elif choices:
        raise UserError("Only a field of the kind “choice” has answers.", field="choices")
    if entity is Entity.ITEM and field.is_printed:
        raise UserError("What is printed of an item is its description.", field="is_printed")
    return replace(field, label=label, choices=choices)


def check_values(
    fields: Sequence[CustomField], values: Iterable[CustomValue], *, complete: bool = True
) -> CustomValues:
    """The values in canonical form by key, empty ones left out.

    ``complete`` also wants every required field filled. Raises ``UserError`` about ``custom.KEY``.
    """
    by_key = {field.key: field for field in fields}
    checked: dict[str, str] = {}
    for given in values:
        field = by_key.get(given.key)
        if field is None:
            raise UserError(f"There is no field “{given.key}”.", field=f"custom.{given.key}")
        text = canonical_value(field, given.value)
        if text:
            checked[field.key] = text
    if complete:
        check_filled(fields, checked)
    return tuple(CustomValue(key, checked[key]) for key in sorted(checked))


def check_filled(fields: Iterable[CustomField], filled: Iterable[str]) -> None:
    """Raises ``UserError`` about ``custom.KEY`` when a required field is not among ``filled``."""
    keys = set(filled)
    for field in fields:
        if field.is_required and not field.is_retired and field.key not in keys:
            raise UserError(f"Fill in “{field.label}”.", field=f"custom.{field.key}")


def canonical_value(field: CustomField, typed: str) -> str:
    """``typed`` in the field's one form. Raises ``UserError`` about ``custom.KEY``."""
    name = f"custom.{field.key}"
    text = clean_line(typed, name, LONGEST_VALUE)
    if not text or field.is_retired or field.field_type is FieldType.TEXT:
        return text
    match field.field_type:
        case FieldType.NUMBER:
            return _number(field, text, name)
        case FieldType.DATE:
            return _day(field, text, name)
        case FieldType.YES_NO:
            allowed: tuple[str, ...] = (YES, NO)
        case _:
            allowed = field.choices
    if text not in allowed:
        offered = ", ".join(allowed)
        raise UserError(f"“{field.label}” is one of: {offered}.", field=name)
    return text


def _number(field: CustomField, text: str, name: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise UserError(f"“{field.label}” is a number.", field=name)
    number = number.normalize() if number else Decimal(0)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise UserError(f"“{field.label}” has at most {MOST_DECIMALS} decimals.", field=name)
    return format(number, "f")


def _day(field: CustomField, text: str, name: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{field.label}” is a date.", field=name) from None
    check_day(day, name)
    return day.isoformat()


def values_to_json(values: Iterable[CustomValue]) -> str:
    """The text stored in a row's ``custom``."""
    return canonical_json({one.key: one.value for one in values})


def values_from_json(text: str) -> CustomValues:
    """What ``values_to_json`` stored, by key."""
    stored: dict[str, str] = json.loads(text)
    return tuple(CustomValue(key, stored[key]) for key in sorted(stored))
