"""A search over documents finds the same with its index as by reading every text, on both engines.

Every example is asked of the books and computed in Python from the texts that are in them.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_samples import World
from sqlalchemy import text, update

from billdesk.core.db.tables import Document
from billdesk.core.domain.search import search_key
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.queries.sql import search_index
from billdesk.core.queries.sql.search import wanted_words
from billdesk.core.services.customers import CustomerInput

pytestmark = pytest.mark.both_engines

TEXTS = (
    "inv-00042 müller & söhne 1200.50 scheibe",
    'inv-00043 o\'neill "quoted" 50% off_season',
    "re/2026/7 日本語 東京 ガス",
    "čeština žluťoučký kůň Привет ελλάδα",
    "a",
    "ab",
    "",
    "back\\slash %_% 100%_",
    "🙂🙂🙂 smile 🙂",
)
LETTERS = "abinv0127 .%_'\"\\-üß日本京éО🙂(*)^:"
WORDS = st.one_of(
    st.sampled_from([word for one in TEXTS for word in one.split()]),
    st.text(LETTERS, min_size=1, max_size=5),
    st.sampled_from(TEXTS).flatmap(
        lambda one: st.integers(0, max(0, len(one) - 1)).flatmap(
            lambda start: st.integers(1, 6).map(lambda size: one[start : start + size])
        )
    ),
)


def found(world: World, typed: str) -> set[int]:
    """The ids of what ``typed`` finds; the tabs count the same."""
    rows = world.queries.documents(DocumentFilter(search=typed), limit=200).rows
    assert world.queries.document_counts(search=typed)[None] == len(rows)
    return {row.id for row in rows}


def expected(world: World, typed: str) -> set[int]:
    """By reading every text."""
    with world.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT id, search_text FROM document WHERE company_id = :of"),
            {"of": world.company_id},
        ).all()
    words = wanted_words(typed)
    return {
        row.id
        for row in rows
        if all(any(form in row.search_text for form in forms) for forms in words)
    }


@pytest.fixture
def shelves(world: World, other: World) -> World:
    """Texts of all kinds, in the company and in another."""
    for company in (world, other):
        company.insert_documents([{"search_text": search_key(one)} for one in TEXTS * 3])
    return world


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(typed=st.lists(WORDS, min_size=1, max_size=3).map(" ".join))
def test_the_index_finds_what_reading_every_text_finds(shelves: World, typed: str) -> None:
    assert found(shelves, typed) == expected(shelves, typed)


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("MÜLLER", 3),
        ("muller", 3),
        ("mu", 3),
        ("1.200,50", 3),
        ("ガス", 3),
        ("京", 3),
        ("🙂", 3),
        ("привет", 3),
        ("50%", 3),
        ("0_o", 0),
        ('"quoted"', 3),
        ("o'neill", 3),
        ("inv-00042 off", 0),
        ("inv-00042 üll 12", 3),
        ("q", 3),
        ("qx", 0),
    ],
)
def test_what_people_type(shelves: World, typed: str, hits: int) -> None:
    assert len(found(shelves, typed)) == hits


def test_another_companys_rows_are_never_found(world: World, other: World) -> None:
    other.insert_documents([{"search_text": "secret zz"}] * 3)
    for typed in ("secret", "zz", "z", "secret zz"):
        assert found(world, typed) == set()
        assert len(found(other, typed)) == 3


def test_the_index_follows_every_change_whoever_makes_it(world: World) -> None:
    world.insert_documents([{"search_text": "before", "subject": str(i)} for i in range(3)])
    first, *rest = sorted(found(world, "before"))
    with world.engine.begin() as connection:
        changed = update(Document).values(search_text="after")
        connection.execute(changed.where(Document.id == first))
    assert found(world, "after") == {first}
    assert found(world, "before") == set(rest)
    assert found(world, "er") == {first}


def test_more_matches_than_are_looked_up_one_by_one_are_found_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "MOST_CANDIDATES", 3)
    world.insert_documents([{"search_text": "common"}] * 8 + [{"search_text": "rare"}] * 2)
    assert len(found(world, "common")) == 8
    assert len(found(world, "rare")) == 2


def test_a_renamed_customer_is_found_by_the_name_that_is_printed(world: World) -> None:
    customer = world.customer("Alte Post")
    draft_id = world.draft(customer)
    version = world.queries.customer(customer).version
    world.customers.update(customer, version, CustomerInput("Neue Post"))
    assert found(world, "neue") == set()
    world.invoices.issue(draft_id, world.queries.document(draft_id).version)
    assert found(world, "neue") == {draft_id}
    assert found(world, "inv-00001") == {draft_id}
