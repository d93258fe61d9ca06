"""Frozen dataclasses to canonical JSON and back: the bytes that are hashed and kept for ever.

Keys are sorted, decimals are strings, dates ISO 8601, so equal values give equal bytes on every
machine. Fields at their default are left out, so that a later version may add a field without
changing the hash of what an earlier one froze.
"""

import hashlib
import json
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def canonical_json(value: object) -> str:
    """The one JSON text of ``value``."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_hex(text: str | bytes) -> str:
    """Lower-case SHA-256 of a text (as UTF-8) or of bytes."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def from_json(kind: type[T], text: str) -> T:
    """Read ``canonical_json`` output back as the dataclass ``kind``. Raises ``ValueError``."""
    try:
        return typing.cast(T, _typed(kind, json.loads(text)))
    except (AttributeError, KeyError, TypeError, ArithmeticError) as error:
        raise ValueError(f"this is not a stored {kind.__name__}: {error}") from error


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _typed(kind: Any, data: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        (inner,) = [arg for arg in typing.get_args(kind) if arg is not type(None)]
        return _typed(inner, data)
    if origin is tuple:
        return tuple(_typed(typing.get_args(kind)[0], item) for item in data)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], item) for name, item in data.items()})
    if kind is datetime or kind is date:
        return kind.fromisoformat(data)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(data)
    return data
