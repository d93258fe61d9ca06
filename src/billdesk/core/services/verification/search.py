"""A search finds each document by what the document says."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, select, text

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.search_index import COUNTS, GRAM, PADDING, SIZES, TERMS
from billdesk.core.db.tables import Customer, Document, DocumentLine
from billdesk.core.domain.search import search_key
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.steps.drafts import LONGEST_TEXT
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation

# Trigrams that are traced to their documents when index and texts disagree: one names most faults.
_TRACED = 20
_DOCUMENTS = text("SELECT id, number, search_text FROM document ORDER BY id")
_UNKNOWN = text(
    f"SELECT d.id, d.number FROM document d LEFT JOIN {SIZES} s ON s.id = d.id "  # noqa: S608
    "WHERE s.id IS NULL ORDER BY d.id"
)
_STRAY = text(
    f"SELECT s.id FROM {SIZES} s LEFT JOIN document d ON d.id = s.id "  # noqa: S608
    "WHERE d.id IS NULL ORDER BY s.id"
)
_COUNTS = text(f"SELECT term, doc FROM {COUNTS}")  # noqa: S608 - names of ours
_HOLDERS = text(f"SELECT doc FROM {TERMS} WHERE term = :term")  # noqa: S608 - names of ours

# Lines of ten years say the same again and again.
_key = lru_cache(4096)(search_key)


def texts(connection: Connection, company_id: int) -> Iterable[Violation]:
    """An issued document's search text holds its number, customer, subject, reference and lines.

    Of a customer who was erased on request nothing but the number must be found.
    """
    for row, lines in _with_lines(connection, streamed(connection, _issued(company_id))):
        said = [row.number]
        if row.erased_at is None:
            said += [row.customer_name, row.subject, row.order_reference, *lines]
        # A text that was cut off is known to lack something.
        cut_off = len(row.search_text) >= LONGEST_TEXT
        if not cut_off and any(_key(one) not in row.search_text for one in said):
            yield Violation("search-text", row.number, "a search does not find all it says")


@cache
def _issued(company_id: int) -> AnySelect:
    return (
        select(
            Document.id,
            Document.number,
            Document.customer_name,
            Document.subject,
            Document.order_reference,
            Document.search_text,
            Customer.erased_at,
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(Document.company_id == company_id, Document.issued_at.is_not(None))
        .order_by(Document.id)
    )


def index(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The search index of a file holds every document's text as it is, and nothing else.

    It is one for all companies. On a server the index is the server's own.
    """
    if not is_sqlite(connection):
        return
    for row in streamed(connection, _UNKNOWN):
        yield Violation("search-index", _name(row), "the search index does not have it")
    for row in streamed(connection, _STRAY):
        yield Violation("search-index", f"document {row.id}", "the search index has it, no row is")
    expected: Counter[str] = Counter()
    for row in streamed(connection, _DOCUMENTS):
        expected.update(_trigrams(row.search_text))
    held = {row.term: row.doc for row in streamed(connection, _COUNTS)}
    wrong = sorted(
        (term for term in expected.keys() | held.keys() if expected[term] != held.get(term, 0)),
        key=lambda term: (expected[term] + held.get(term, 0), term),
    )[:_TRACED]
    yield from _traced(connection, wrong)


def _traced(connection: Connection, terms: list[str]) -> Iterator[Violation]:
    """The documents in which ``terms`` are and the index does not say so, or the reverse."""
    if not terms:
        return
    holders = {term: set(connection.scalars(_HOLDERS, {"term": term}).all()) for term in terms}
    for row in streamed(connection, _DOCUMENTS):
        there = _trigrams(row.search_text)
        if any((term in there) != (row.id in holders[term]) for term in terms):
            yield Violation("search-index", _name(row), "the search index has another text for it")


def _trigrams(search_text: str) -> set[str]:
    padded = search_text + PADDING
    return {padded[i : i + GRAM] for i in range(len(search_text))}


def _with_lines(
    connection: Connection, documents: Iterable[Any]
) -> Iterator[tuple[Any, list[str]]]:
    """Each document with the texts of its lines; both are read in the order of the documents."""
    lines = streamed(connection, _lines())
    with closing(lines):
        line = next(lines, None)
        for row in documents:
            said: list[str] = []
            while line is not None and line.document_id <= row.id:
                if line.document_id == row.id:
                    said += [line.name, line.description]
                line = next(lines, None)
            yield row, said


@cache
def _lines() -> AnySelect:
    return select(DocumentLine.document_id, DocumentLine.name, DocumentLine.description).order_by(
        DocumentLine.document_id, DocumentLine.position
    )


def _name(row: Any) -> str:
    return row.number or f"document {row.id}"
