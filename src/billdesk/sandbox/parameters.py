"""Kinds of request parameters and the check that turns text into typed values.

Only what the sandbox acts on is declared; anything else is refused as unknown, so a parameter
can never be sent in vain. A test holds the declarations against Stripe's API description.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from billdesk.sandbox.errors import Json, invalid
from billdesk.sandbox.forms import path_of

Path = list[str | int]


class Kind(Protocol):
    """One kind of parameter."""

    def read(self, value: Any, path: Path) -> Any:
        """The typed value; raises ApiError (400) naming the parameter."""


def _text(value: Any, path: Path) -> str:
    if not isinstance(value, str):
        raise invalid("Invalid string", param=path_of(path))
    if value == "":
        name = path_of(path)
        raise invalid(
            f"You passed an empty string for '{name}', which cannot be unset.",
            param=name,
            code="parameter_invalid_empty",
        )
    return value


@dataclass(frozen=True)
class Text:
    longest: int = 5000
    pattern: str | None = None

    def read(self, value: Any, path: Path) -> str:
        text = _text(value, path)
        if len(text) > self.longest:
            raise invalid(
                f"Invalid string: must be at most {self.longest} characters",
                param=path_of(path),
                code="parameter_invalid_string_too_long",
            )
        if self.pattern is not None and re.fullmatch(self.pattern, text) is None:
            raise invalid("Invalid string", param=path_of(path), code="parameter_invalid_string")
        return text


@dataclass(frozen=True)
class Whole:
    least: int | None = None
    most: int | None = None

    def read(self, value: Any, path: Path) -> int:
        text = _text(value, path)
        name = path_of(path)
        if re.fullmatch(r"-?[0-9]{1,18}", text) is None:
            raise invalid(f"Invalid integer: {text}", param=name, code="parameter_invalid_integer")
        number = int(text)
        if self.least is not None and number < self.least:
            raise invalid(
                f"This value must be greater than or equal to {self.least}.",
                param=name,
                code="parameter_invalid_integer",
            )
        if self.most is not None and number > self.most:
            raise invalid(
                f"This value must be less than or equal to {self.most}.",
                param=name,
                code="parameter_invalid_integer",
            )
        return number


@dataclass(frozen=True)
class Flag:
    def read(self, value: Any, path: Path) -> bool:
        text = _text(value, path)
        if text not in ("true", "false"):
            raise invalid(f"Invalid boolean: {text}", param=path_of(path))
        return text == "true"


@dataclass(frozen=True)
class Choice:
    values: tuple[str, ...]

    def read(self, value: Any, path: Path) -> str:
        text = _text(value, path)
        if text not in self.values:
            name = path_of(path)
            raise invalid(f"Invalid {name}: must be one of {', '.join(self.values)}", param=name)
        return text


@dataclass(frozen=True)
class Each:
    """An array, its items all of one kind."""

    kind: Kind
    most: int

    def read(self, value: Any, path: Path) -> list[Any]:
        if not isinstance(value, list):
            raise invalid("Invalid array", param=path_of(path))
        if len(value) > self.most:
            raise invalid(f"Array too long: at most {self.most} are allowed.", param=path_of(path))
        return [self.kind.read(item, [*path, index]) for index, item in enumerate(value)]


@dataclass(frozen=True)
class Metadata:
    """50 keys of at most 40 characters with values of at most 500. '' removes one key."""

    def read(self, value: Any, path: Path) -> dict[str, str]:
        if value == "":
            return {}
        if isinstance(value, list):
            # Keys 0, 1, ... look like an array in the form encoding.
            value = {str(index): item for index, item in enumerate(value)}
        if not isinstance(value, dict):
            raise invalid("Invalid metadata: must be a hash", param=path_of(path))
        if len(value) > 50:
            raise invalid("Metadata can hold at most 50 keys.", param=path_of(path))
        for key, text in value.items():
            name = path_of([*path, key])
            if not isinstance(text, str):
                raise invalid("Metadata values must be strings.", param=name)
            if len(key) > 40:
                raise invalid("Metadata keys can have up to 40 characters.", param=name)
            if len(text) > 500:
                raise invalid("Metadata values can have up to 500 characters.", param=name)
        return dict(value)


@dataclass(frozen=True)
class Clearable:
    """A parameter which '' unsets: read as None."""

    kind: Kind

    def read(self, value: Any, path: Path) -> Any:
        return None if value == "" else self.kind.read(value, path)


@dataclass(frozen=True)
class Either:
    """A plain value, or a hash of conditions on it (``created=1`` or ``created[gte]=1``)."""

    plain: Kind
    nested: Kind

    def read(self, value: Any, path: Path) -> Any:
        return (self.nested if isinstance(value, dict) else self.plain).read(value, path)


@dataclass(frozen=True)
class Fields:
    """A hash of named parameters."""

    known: Mapping[str, Kind]
    required: tuple[str, ...] = ()

    def read(self, value: Any, path: Path) -> Json:
        if not isinstance(value, dict):
            raise invalid("Invalid hash", param=path_of(path))
        read: Json = {}
        for name, item in value.items():
            kind = self.known.get(name)
            if kind is None:
                full = path_of([*path, name])
                raise invalid(
                    f"Received unknown parameter: {full}", param=full, code="parameter_unknown"
                )
            read[name] = kind.read(item, [*path, name])
        for name in self.required:
            if name not in read:
                full = path_of([*path, name])
                raise invalid(
                    f"Missing required param: {full}.", param=full, code="parameter_missing"
                )
        return read
