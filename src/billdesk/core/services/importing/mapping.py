"""The mapping file: where each of BillDesk's columns comes from in a foreign file (TOML)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

from billdesk.core.domain.errors import UserError
from billdesk.core.services.importing.columns import COLUMNS, FileKind
from billdesk.core.services.importing.files import read_limited

LARGEST_BYTES = 1024 * 1024
_FIELD = re.compile(r"\{([^{}]+)\}")
_TEXT_OPTIONS = ("locale", "date_format")
_SWITCHES = ("create_tax_rates", "drafts")


class Source(Protocol):
    """Where a value comes from."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file it reads."""

    def read(self, row: Mapping[str, str]) -> str:
        """The text of a row; blank when there is nothing."""


@dataclass(frozen=True, slots=True)
class FromColumn:
    """``name = "Company"``: one column as it is."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def read(self, row: Mapping[str, str]) -> str:
        """The field."""
        return row[self.column].strip()


@dataclass(frozen=True, slots=True)
class Template:
    """``name = "{FirstName} {LastName}"``: blank when all its columns are blank."""

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns between braces."""
        return tuple(_FIELD.findall(self.text))

    def read(self, row: Mapping[str, str]) -> str:
        """The filled template without surplus blanks."""
        if not any(row[column].strip() for column in self.columns):
            return ""
        filled = _FIELD.sub(lambda match: row[match.group(1)].strip(), self.text)
        return " ".join(filled.split())


@dataclass(frozen=True, slots=True)
class FirstOf:
    """``name = ["Company", "{FirstName} {LastName}"]``: the first that is not blank."""

    sources: tuple[Source, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all of them."""
        return tuple(column for source in self.sources for column in source.columns)

    def read(self, row: Mapping[str, str]) -> str:
        """The first text."""
        return next((text for source in self.sources if (text := source.read(row))), "")


@dataclass(frozen=True, slots=True)
class Constant:
    """``currency = { value = "USD" }``: the same in every row."""

    value: str
    columns: tuple[str, ...] = ()

    def read(self, row: Mapping[str, str]) -> str:
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Translated:
    """``country = { from = "Land", map = { "UK" = "GB" } }``: other texts stay as they are."""

    source: Source
    texts: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of what is translated."""
        return self.source.columns

    def read(self, row: Mapping[str, str]) -> str:
        """The translation."""
        text = self.source.read(row)
        return self.texts.get(text, text)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A checked mapping file; the default means files with BillDesk's own columns."""

    sections: Mapping[FileKind, Mapping[str, Source]] = field(default_factory=dict)
    locale: str = ""
    date_format: str = ""
    create_tax_rates: bool = False
    drafts: bool = False


def read_mapping(path: Path) -> ImportMapping:
    """Read a mapping file. Raises ``UserError`` when it cannot be read or understood."""
    data = read_limited(path, LARGEST_BYTES)
    try:
        return parse_mapping(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is not UTF-8.") from None
    except UserError as error:
        raise UserError(f"{path.name}: {error}", field=error.field) from None


def parse_mapping(text: str) -> ImportMapping:
    """Parse the text of a mapping file. Raises ``UserError`` naming the entry that is wrong."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"This is not TOML: {error}.") from None
    sections: dict[FileKind, dict[str, Source]] = {}
    options: dict[str, Any] = {}
    for name, value in given.items():
        if name in set(FileKind) and isinstance(value, dict):
            sections[FileKind(name)] = _section(FileKind(name), value)
        elif (name in _TEXT_OPTIONS and isinstance(value, str)) or (
            name in _SWITCHES and isinstance(value, bool)
        ):
            options[name] = value
        elif name in _TEXT_OPTIONS or name in _SWITCHES or name in set(FileKind):
            raise UserError(f"“{name}” has a value of the wrong kind.", field=name)
        else:
            known = [*FileKind, *_TEXT_OPTIONS, *_SWITCHES]
            raise UserError(f"“{name}” is not known{hint(name, known)}.", field=name)
    return ImportMapping(sections, **options)


def hint(name: str, known: list[str]) -> str:
    """A half-sentence with the known word ``name`` may be a slip of, or the known words."""
    close = get_close_matches(name, known, 1)
    return f"; is “{close[0]}” meant?" if close else f"; known are {', '.join(known)}"


def _section(kind: FileKind, given: Mapping[str, Any]) -> dict[str, Source]:
    known = [column.name for column in COLUMNS[kind]]
    for name in given:
        if name not in known:
            place = f"{kind.value}.{name}"
            raise UserError(f"“{place}” is not known{hint(name, known)}.", field=place)
    return {name: _source(f"{kind.value}.{name}", value) for name, value in given.items()}


def _source(place: str, value: object) -> Source:
    if isinstance(value, str) and value.strip():
        if _FIELD.search(value):
            return Template(value)
        return FromColumn(value.strip())
    if isinstance(value, list) and value:
        return FirstOf(tuple(_source(place, one) for one in value))
    if isinstance(value, dict):
        if set(value) == {"value"} and isinstance(value["value"], str):
            return Constant(value["value"].strip())
        texts = value.get("map")
        if (
            set(value) == {"from", "map"}
            and isinstance(texts, dict)
            and all(isinstance(text, str) for text in texts.values())
        ):
            return Translated(_source(place, value["from"]), texts)
    raise UserError(
        f"“{place}” is a column, a template such as “{{First}} {{Last}}”, a list of those, "
        'or a table with "value" or with "from" and "map" (all in quotation marks).',
        field=place,
    )
