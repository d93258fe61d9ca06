"""Frozen dataclasses to canonical JSON and back: the bytes that are hashed and kept for ever.

Keys are sorted, decimals are strings, dates ISO 8601, so equal values give equal bytes on every
machine. Fields at their default are left out, so that a later version may add a field without
changing the hash of what an earlier one froze.
"""

import hashlib
import json
import types
import typing
from collections.abc import Callable
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
        read = _reader(typing.cast(Any, kind))
        data = json.loads(text)
        return typing.cast(T, data if read is None else read(data))
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


_Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> _Reader | None:
    """What turns JSON into ``kind``; ``None`` where JSON's value is the value.

    Found once for each type: the snapshots of a million documents are read when books are verified.
    """
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [arg for arg in typing.get_args(kind) if arg is not type(None)]
        return _optional(_reader(inner))
    if origin is tuple:
        return _tuple_of(_reader(typing.get_args(kind)[0]))
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_of(kind)
    if kind is datetime or kind is date:
        return typing.cast(_Reader, kind.fromisoformat)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    return None


def _optional(read: _Reader | None) -> _Reader | None:
    if read is None:
        return None
    return lambda data: None if data is None else read(data)


def _tuple_of(read: _Reader | None) -> _Reader:
    return tuple if read is None else lambda data: tuple([read(item) for item in data])


def _dataclass_of(kind: type) -> _Reader:
    readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}

    def read(data: Any) -> Any:
        values = {}
        for name, item in data.items():
            reader = readers[name]
            values[name] = item if reader is None else reader(item)
        return kind(**values)

    return read
