"""Texts as people type and paste them, made fit to store, print and send."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar

from billdesk.core.domain.errors import UserError


class _Dataclass(Protocol):
    """What every dataclass has; the standard library has no name for it at run time."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Given = TypeVar("Given", bound=_Dataclass)

# Characters; for columns without a limit of their own.
LONGEST_PARAGRAPHS = 20_000

# All that Unicode counts as a mandatory break (UAX #14: BK, CR, LF, NL).
_LINE_END = re.compile("\r\n?|[\n\v\f\x85\u2028\u2029]")
_LINE_END_WITH_BLANKS = re.compile("[ \t]*(?:\r\n?|[\n\t\v\f\x85\u2028\u2029])[ \t]*")
# They make what is shown differ from what is stored (Unicode TR #36, 2.5 "Bidirectional text").
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NAMES = {"vat_id": "VAT id", "line1": "address", "line2": "second address line"}


def one_line(text: str) -> str:
    """``text`` in Unicode's composed form (NFC), its line breaks and tabs turned into blanks."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _LINE_END_WITH_BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def paragraphs(text: str) -> str:
    """``text`` in Unicode's composed form (NFC) with line breaks as ``\\n``.

    Blanks around it stay: a draft is stored while it is being typed.
    """
    if text.isascii() and text.isprintable():
        return text
    return _LINE_END.sub("\n", unicodedata.normalize("NFC", text))


def forbidden_in(text: str) -> str | None:
    """What ``text`` holds that no document may, in words; ``None`` when there is nothing."""
    if text.isprintable():
        return None
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs":
            # Half of a UTF-16 pair: it can be written in no encoding.
            return "half a character that cannot be stored"
        if category == "Cc" and character not in "\n\t":
            return "a control character"
        if character in _DIRECTION_OVERRIDES:
            return "a hidden character that turns the direction of writing"
    return None


def clean_line(text: str, field: str, longest: int) -> str:
    """A text of one line, at most ``longest`` characters. Raises ``UserError`` about ``field``."""
    return _checked(one_line(text), field, longest)


def clean_paragraphs(text: str, field: str, longest: int = LONGEST_PARAGRAPHS) -> str:
    """A text of many lines, at most ``longest`` characters.

    Raises ``UserError`` about ``field``.
    """
    return _checked(paragraphs(text), field, longest)


def clean_lines_of(given: Given, longest: Mapping[str, int], prefix: str = "") -> Given:
    """``given`` with the named attributes as lines; ``longest`` in characters, by attribute.

    Raises ``UserError`` whose field is ``prefix`` and the attribute.
    """
    changed = {}
    for name, most in longest.items():
        typed = getattr(given, name)
        clean = clean_line(typed, f"{prefix}{name}", most)
        if clean != typed:
            changed[name] = clean
    return replace(given, **changed) if changed else given


def _checked(text: str, field: str, longest: int) -> str:
    found = forbidden_in(text)
    if found is not None:
        raise UserError(f"The {_name(field)} holds {found}; type it again.", field=field)
    if len(text) > longest:
        raise UserError(f"The {_name(field)} is longer than {longest:,} characters.", field=field)
    return text


def _name(field: str) -> str:
    last = field.rpartition(".")[2]
    return _NAMES.get(last, last.replace("_", " "))
