"""Careful reading of Stripe's JSON: a missing or odd field is named, never guessed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Body = Mapping[str, Any]
_FIRST_TOO_LARGE = 2**63
# What the books have room for.
LONGEST_ID = 80


class OddBody(ValueError):
    """An answer is not shaped as the API description says; the message names the field only."""


def mapping(value: object, where: str) -> Body:
    """``value`` as a JSON object."""
    if not isinstance(value, Mapping):
        raise OddBody(where)
    return value


def items(value: object, where: str) -> Sequence[Any]:
    """``value`` as a JSON array."""
    if not isinstance(value, list):
        raise OddBody(where)
    return value


def text(body: Body, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise OddBody(key)
    return value


def text_or_none(body: Body, key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) and value else None


def whole(body: Body, key: str) -> int:
    """A number that a database can keep (64 bits)."""
    value = body.get(key)
    if type(value) is not int or not -_FIRST_TOO_LARGE <= value < _FIRST_TOO_LARGE:
        raise OddBody(key)
    return value


def whole_or_zero(body: Body, key: str) -> int:
    return 0 if body.get(key) is None else whole(body, key)


def whole_or_none(body: Body, key: str) -> int | None:
    return None if body.get(key) is None else whole(body, key)


def flag(body: Body, key: str) -> bool:
    value = body.get(key)
    if not isinstance(value, bool):
        raise OddBody(key)
    return value


def instant(body: Body, key: str) -> datetime:
    """Unix seconds as an aware UTC instant."""
    try:
        return datetime.fromtimestamp(whole(body, key), UTC)
    except (OverflowError, OSError, ValueError):
        raise OddBody(key) from None


def part(body: Body, key: str) -> Body:
    """A nested object, empty where Stripe left it out or null."""
    value = body.get(key)
    return {} if value is None else mapping(value, key)


def metadata(body: Body) -> dict[str, str]:
    """The object's metadata; anything but texts in it is left out."""
    return {key: value for key, value in part(body, "metadata").items() if isinstance(value, str)}


def id_of(value: object) -> str | None:
    """The id of a reference, expanded or not."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def sound_id(value: object) -> str | None:
    """The id of a reference that every database takes; ``None`` where there is none."""
    found = id_of(value)
    return found if found is not None and is_storable(found, LONGEST_ID) else None


def is_storable(value: str, longest: int) -> bool:
    """Whether every database takes it: half a surrogate pair is no text, PostgreSQL has no NUL."""
    broken = any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
    return len(value) <= longest and not broken


def texts(value: object) -> dict[str, str]:
    """The texts in what may be an object of texts."""
    found = value if isinstance(value, Mapping) else {}
    return {key: text for key, text in found.items() if isinstance(text, str)}


def expanded(value: object) -> Body | None:
    """The object behind a reference when it came expanded."""
    return value if isinstance(value, Mapping) else None
