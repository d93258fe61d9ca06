"""The list of documents: pages, orders, tabs, search."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from query_samples import TODAY, World

from billdesk.core.domain.documents import FilterTab
from billdesk.core.domain.search import search_key
from billdesk.core.queries.documents import DocumentFilter, DocumentRow, DocumentSort

pytestmark = pytest.mark.both_engines


def all_pages(world: World, wanted: DocumentFilter, limit: int) -> list[DocumentRow]:
    """Every row of the list, page by page."""
    rows: list[DocumentRow] = []
    after = None
    while True:
        page = world.queries.documents(wanted, after, limit)
        assert len(page.rows) <= limit
        rows.extend(page.rows)
        after = page.next_key
        if after is None:
            return rows


def names(world: World, search: str) -> set[str]:
    """The subjects of what ``search`` finds."""
    return {row.subject for row in world.queries.documents(DocumentFilter(search=search)).rows}


def add_mixed(world: World) -> None:
    """Drafts without number, customer and due date among issued documents, with many ties."""
    customers = [None, *(world.customer(name) for name in ("Änne", "Berta", "anton"))]
    now = world.clock.now()
    world.insert_documents(
        [
            {
                "customer_id": customers[i % 4],
                "number": None if i % 3 == 0 else f"INV-{i}",
                "issued_at": None if i % 3 == 0 else now,
                "issued_on": None if i % 3 == 0 else TODAY,
                "listed_on": TODAY - timedelta(days=i % 5),
                "due_on": None if i % 2 == 0 else TODAY + timedelta(days=i % 4),
                # In another order than the due dates, and of others.
                "valid_until": TODAY - timedelta(days=i % 7) if i % 4 == 0 else None,
                "total_minor": (i % 6) * 100,
                "base_total_minor": 0 if i % 3 == 0 else (i % 6) * 100,
                "open_minor": 0 if i % 3 == 0 else (i % 6) * 100,
            }
            for i in range(40)
        ]
    )


KEYS: dict[DocumentSort, Callable[[DocumentRow], Any]] = {
    DocumentSort.LISTED: lambda row: (row.listed_on, row.id),
    DocumentSort.NUMBER: lambda row: (
        row.number is None,
        len(row.number or ""),
        row.number or "",
        row.id,
    ),
    DocumentSort.DUE: lambda row: (row.due_on is None, row.due_on or row.listed_on, row.id),
    DocumentSort.VALID_UNTIL: lambda row: (
        row.valid_until is None,
        row.valid_until or row.listed_on,
        row.id,
    ),
    DocumentSort.AMOUNT: lambda row: (row.total_minor, row.id),
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(KEYS))
@pytest.mark.parametrize("limit", [1, 7, 40])
def test_pages_hold_every_document_once_in_order(
    world: World, sort: DocumentSort, descending: bool, limit: int
) -> None:
    add_mixed(world)
    rows = all_pages(world, DocumentFilter(sort=sort, descending=descending), limit)
    assert len({row.id for row in rows}) == len(rows) == 40
    assert rows == sorted(rows, key=KEYS[sort], reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
def test_customers_are_ordered_as_their_names_read(world: World, descending: bool) -> None:
    add_mixed(world)
    wanted = DocumentFilter(sort=DocumentSort.CUSTOMER, descending=descending)
    rows = all_pages(world, wanted, 7)
    order = list(dict.fromkeys(row.customer_id for row in rows))
    by_name = [None, *(world.queries.find_customers(name)[0].id for name in ("ann", "ant", "ber"))]
    assert order == (by_name[::-1] if descending else by_name)
    assert len({row.id for row in rows}) == 40


def test_a_document_that_arrives_while_paging_moves_nothing(world: World) -> None:
    add_mixed(world)
    wanted = DocumentFilter()
    first = world.queries.documents(wanted, limit=10)
    world.insert_documents([{"listed_on": TODAY + timedelta(days=1)}])
    second = world.queries.documents(wanted, first.next_key, limit=50)
    ids = [row.id for row in (*first.rows, *second.rows)]
    assert len(set(ids)) == len(ids) == 40


def test_the_last_full_page_has_no_next(world: World) -> None:
    add_mixed(world)
    assert world.queries.documents(DocumentFilter(), limit=40).next_key is None
    assert world.queries.documents(DocumentFilter(), limit=39).next_key is not None


def test_an_empty_list_is_one_empty_page(world: World) -> None:
    page = world.queries.documents(DocumentFilter())
    assert (page.rows, page.next_key) == ((), None)
    assert world.queries.document_counts() == {None: 0, **dict.fromkeys(FilterTab, 0)}


def test_number_ten_stands_behind_number_nine(world: World) -> None:
    now = world.clock.now()
    world.insert_documents(
        [{"number": f"RE-{n}", "issued_at": now} for n in (10, 9, 100)] + [{"number": None}]
    )
    rows = all_pages(world, DocumentFilter(sort=DocumentSort.NUMBER, descending=False), 2)
    assert [row.number for row in rows] == ["RE-9", "RE-10", "RE-100", None]


def test_tabs_and_their_counts(world: World) -> None:
    acme, berta = world.customer("Acme"), world.customer("Berta")
    world.draft(acme)
    open_, overdue, paid, void = (
        world.issued(acme, due_on=TODAY + timedelta(days=1)) for _ in range(4)
    )
    part = world.issued(berta, "50", due_on=TODAY + timedelta(days=9))
    world.pay(part, 2000)
    world.pay(paid, 10000)
    world.invoices.void(void, "wrong customer")
    world.clock.today = TODAY + timedelta(days=5)
    world.pay(open_, 10000)
    deleted = world.draft(acme)
    world.invoices.delete(deleted)

    def ids(tab: FilterTab) -> set[int]:
        return {row.id for row in world.queries.documents(DocumentFilter(tab=tab)).rows}

    assert ids(FilterTab.OVERDUE) == {overdue}
    assert ids(FilterTab.OPEN) == {part}
    assert ids(FilterTab.PAID) == {open_, paid}
    assert ids(FilterTab.VOID) == {void}
    assert world.queries.document_counts() == {
        None: 6,
        FilterTab.DRAFT: 1,
        FilterTab.OPEN: 1,
        FilterTab.OVERDUE: 1,
        FilterTab.PAID: 2,
        FilterTab.VOID: 1,
    }
    assert world.queries.document_counts(customer_id=berta)[None] == 1
    assert world.queries.document_counts(search="berta")[FilterTab.OPEN] == 1
    (row,) = world.queries.documents(DocumentFilter(tab=FilterTab.OVERDUE)).rows
    assert (row.state, row.days_overdue, row.settled_part) == ("overdue", 4, "none")
    (row,) = world.queries.documents(DocumentFilter(customer_id=berta)).rows
    assert (row.state, row.open_minor, row.settled_part) == ("partially_paid", 3000, "paid")


def test_an_overdue_document_may_be_part_paid(world: World) -> None:
    document = world.issued(world.customer("Acme"), due_on=TODAY)
    world.pay(document, 4000)
    world.clock.today = TODAY + timedelta(days=1)
    (row,) = world.queries.documents(DocumentFilter()).rows
    assert (row.state, row.settled_part, row.tab) == ("overdue", "paid", FilterTab.OVERDUE)


def test_each_word_must_be_found_in_any_writing(world: World) -> None:
    customer = world.customer("Bäckerei Müller")
    world.issued(
        customer, subject="A", order_reference="PO-77/b", line="Façade, painted", price="1200.50"
    )
    world.issued(customer, subject="B", line="Stairs", price="400")
    assert names(world, "MULLER") == {"A", "B"}
    assert names(world, "müller facade") == {"A"}
    assert names(world, "facade stairs") == set()
    assert names(world, "po-77/B") == {"A"}
    assert names(world, "inv-00002") == {"B"}
    assert names(world, "  ") == {"A", "B"}
    assert names(world, "x" * 100_000) == set()


@pytest.mark.parametrize(
    "typed", ["1200.50", "1,200.50", "1.200,50", "1200,5", "1 200,50", "€1'200.50", "1.200"]
)
def test_amounts_are_found_however_they_are_typed(world: World, typed: str) -> None:
    customer = world.customer("Acme")
    world.issued(customer, subject="A", price="1200.50")
    world.issued(customer, subject="B", price="400")
    assert names(world, typed) == {"A"}
    assert names(world, "400") == {"B"}


@pytest.mark.parametrize("typed", ["%", "_", "50%", "/", "\\", "'"])
def test_wildcards_are_ordinary_characters(world: World, typed: str) -> None:
    world.insert_documents(
        [
            {"subject": "hit", "search_text": search_key(f"x {typed} y")},
            {"subject": "miss", "search_text": "500 abc"},
        ]
    )
    assert names(world, typed) == {"hit"}


def test_search_and_paging_go_together(world: World) -> None:
    world.insert_documents(
        [{"search_text": "blue" if i % 2 else "red", "subject": str(i)} for i in range(20)]
    )
    rows = all_pages(world, DocumentFilter(search="blue"), 3)
    assert [int(row.subject) for row in rows] == list(range(19, 0, -2))


def test_other_companies_do_not_exist(world: World, other: World) -> None:
    mine = world.issued(world.customer("Acme"))
    other.issued(other.customer("Acme"))
    rows = world.queries.documents(DocumentFilter(search="acme")).rows
    assert [row.id for row in rows] == [mine]
    assert world.queries.document_counts()[None] == 1


def test_the_largest_amount_can_be_paged_past(world: World) -> None:
    world.insert_documents([{"total_minor": 10**15 - i} for i in range(3)])
    rows = all_pages(world, DocumentFilter(sort=DocumentSort.AMOUNT), 1)
    assert [row.total_minor for row in rows] == [10**15, 10**15 - 1, 10**15 - 2]


def test_foreign_amounts_are_ordered_by_what_they_are_worth(world: World) -> None:
    now = world.clock.now()
    world.insert_documents(
        [
            {
                "subject": name,
                "number": name,
                "currency": currency,
                "total_minor": total,
                "base_total_minor": base,
                "issued_at": now,
                "issued_on": date(2026, 1, 1),
            }
            for name, currency, total, base in (
                ("yen", "JPY", 100_000, 62_000),
                ("euro", "EUR", 70_000, 70_000),
            )
        ]
    )
    rows = all_pages(world, DocumentFilter(sort=DocumentSort.AMOUNT), 1)
    assert [row.subject for row in rows] == ["euro", "yen"]
