"""Which documents a search may find, from the index over every three characters of their text.

The index narrows, ``search.matches`` decides: what is found is the same with and without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    UnaryExpression,
    any_,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.operators import custom_op

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.postgres.search_index import has_search_index
from billdesk.core.db.search_index import GRAM, INDEX, TERMS
from billdesk.core.db.tables import Document
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.search import matches, wanted_words

# More than these are not looked up one by one: with so many, the newest are soon found by reading
# the list from its beginning.
MOST_CANDIDATES = 10_000
_LAST = "\U0010ffff"
_MATCHING = text(
    f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :wanted LIMIT :most"  # noqa: S608 - names of ours
)
_BEGINNING = f"SELECT doc FROM {TERMS} WHERE term >= :low_{{0}} AND term <= :high_{{0}}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, and the documents that the index names for it.

    ``ids`` is ``None`` where the index cannot say, or names too many to look at one by one.
    """

    typed: str
    ids: tuple[int, ...] | None

    def narrow(self, connection: Connection, statement: AnySelect) -> AnySelect:
        """``statement`` over documents, with those only that are found.

        It must read them ``AMONG`` the company's where there are ``ids``.
        """
        statement = statement.where(matches(Document.search_text, self.typed))
        if self.ids is None:
            return statement
        return statement.where(_is_one_of(connection, list(self.ids)))


# The company's documents without its indexes: otherwise SQLite would read the list from its
# beginning, and look for each row among the few that are wanted.
AMONG: ColumnElement[int] = UnaryExpression(
    Document.company_id.expression, operator=custom_op("+"), type_=BigInteger()
)


def look_up(connection: Connection, company_id: int, typed: str) -> Search | None:
    """What to narrow a statement by; ``None`` where nothing was typed."""
    return Search(typed, _candidates(connection, company_id, typed)) if typed.strip() else None


def _candidates(connection: Connection, company_id: int, typed: str) -> tuple[int, ...] | None:
    words = wanted_words(typed)
    # What Unicode has no character for, SQLite may store as something else.
    if not words or not all(form.isprintable() for forms in words for form in forms):
        return None
    long = [forms for forms in words if all(len(form) >= GRAM for form in forms)]
    if is_sqlite(connection):
        found = _matching(connection, long) if long else _beginning(connection, words)
    elif long and has_search_index(connection):
        found = _on_server(connection, company_id, typed)
    else:
        return None
    return tuple(sorted(set(found))) if len(found) <= MOST_CANDIDATES else None


def _matching(connection: Connection, words: Sequence[Sequence[str]]) -> list[int]:
    """Documents with every trigram of each word, in one of its forms."""
    wanted = " AND ".join(f"({' OR '.join(_all_trigrams(f) for f in forms)})" for forms in words)
    return list(connection.scalars(_MATCHING, {"wanted": wanted, "most": MOST_CANDIDATES + 1}))


def _all_trigrams(form: str) -> str:
    trigrams = dict.fromkeys(form[i : i + GRAM] for i in range(len(form) - GRAM + 1))
    quoted = (trigram.replace('"', '""') for trigram in trigrams)
    return "(" + " AND ".join(f'"{one}"' for one in quoted) + ")"


def _beginning(connection: Connection, words: Sequence[Sequence[str]]) -> list[int]:
    """Documents with a trigram that begins with the longest of ``words``, all of them short."""
    forms = max(words, key=lambda forms: min(len(form) for form in forms))
    parts = " UNION ALL ".join(_BEGINNING.format(i) for i in range(len(forms)))
    statement = text(f"SELECT doc FROM ({parts}) LIMIT :most")  # noqa: S608
    values: dict[str, Any] = {f"low_{i}": form[:GRAM] for i, form in enumerate(forms)}
    values |= {"most": MOST_CANDIDATES + 1}
    values |= {f"high_{i}": form[:GRAM] + _LAST * GRAM for i, form in enumerate(forms)}
    return list(connection.scalars(statement, values))


def _on_server(connection: Connection, company_id: int, typed: str) -> list[int]:
    statement = (
        select(Document.id)
        .where(Document.company_id == company_id, matches(Document.search_text, typed))
        .limit(MOST_CANDIDATES + 1)
    )
    return list(connection.scalars(statement))


def _is_one_of(connection: Connection, ids: list[int]) -> ColumnElement[bool]:
    """By one parameter, however many there are."""
    if is_sqlite(connection):
        given: Any = text("SELECT value FROM json_each(:found)").bindparams(found=str(ids))
        return Document.id.in_(given)
    return Document.id == any_(bindparam("found", ids, type_=ARRAY(BigInteger)))
