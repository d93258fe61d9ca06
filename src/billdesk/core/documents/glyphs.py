"""Which characters of a document the fonts cannot draw: named before issue, not found afterwards.

The drawing itself shows a substitute for such a character, so nothing is ever dropped silently.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from billdesk.core.documents.fonts import covered
from billdesk.core.documents.text import clean
from billdesk.core.domain.snapshot import Snapshot

# Never printed: hashes, codes and settings.
_NOT_PRINTED = frozenset(
    {
        "kind",
        "language",
        "template",
        "logo_sha256",
        "country",
        "unit_code",
        "revenue_account",
        "reason_code",
    }
)


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character, its Unicode name, and the field it stands in (dotted: ``lines.2.name``)."""

    character: str
    name: str
    field: str


def missing_glyphs(snapshot: Snapshot) -> tuple[MissingGlyph, ...]:
    """Every character that would be drawn as a substitute, once per field, in reading order."""
    known = covered()
    found: dict[tuple[str, str], MissingGlyph] = {}
    for field, text in _texts(snapshot, ""):
        for character in clean(text):
            if character != "\n" and character not in known:
                name = unicodedata.name(character, f"U+{ord(character):04X}")
                found.setdefault((field, character), MissingGlyph(character, name, field))
    return tuple(found.values())


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text of a frozen dataclass with its dotted path, in the order of declaration."""
    if isinstance(value, str):
        # An Enum's text is a code, not something anybody typed.
        if type(value) is str:
            yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _NOT_PRINTED:
                inner = f"{path}.{field.name}" if path else field.name
                yield from _texts(getattr(value, field.name), inner)
