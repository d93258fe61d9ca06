"""What the search field finds: every word typed must stand somewhere in the search text."""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from billdesk.core.domain.search import search_key

# More than anybody types; SQLite refuses patterns beyond 50,000 bytes.
LONGEST_SEARCH = 200

_AMOUNT = re.compile(r"-?[0-9][0-9.,'’]*")


def matches(search_text: ColumnElement[Any] | Any, typed: str) -> ColumnElement[bool]:
    """Whether each word of ``typed`` is in ``search_text`` (which was folded by ``search_key``)."""
    return and_(
        true(),
        *(
            or_(*(search_text.contains(form, autoescape=True) for form in forms))
            for forms in wanted_words(typed)
        ),
    )


def wanted_words(typed: str) -> list[tuple[str, ...]]:
    """The words of ``typed``, each with the forms it may have in a search text."""
    return [_forms(word) for word in search_key(typed[:LONGEST_SEARCH]).split()]


def _forms(word: str) -> tuple[str, ...]:
    """The word itself and, when it is an amount, how search texts write it (``1200.50``)."""
    bare = "".join(c for c in word if unicodedata.category(c) != "Sc")
    if not _AMOUNT.fullmatch(bare):
        return (word,)
    plain = re.sub("['’]", "", bare)
    return tuple(dict.fromkeys([word, plain, *_readings(plain)]))


def _readings(number: str) -> list[str]:
    """How a number with points and commas may be meant, decimals behind a point."""
    marks = [c for c in number if c in ".,"]
    if not marks:
        return []
    whole, _, decimals = number.rpartition(marks[-1])
    digits = re.sub("[.,]", "", whole)
    as_decimal = f"{digits}.{decimals}" if decimals else digits
    as_groups = digits + decimals
    if len(set(marks)) > 1:
        return [as_decimal]
    if len(marks) > 1:
        return [as_groups]
    return [as_decimal, as_groups] if len(decimals) == 3 else [as_decimal]
