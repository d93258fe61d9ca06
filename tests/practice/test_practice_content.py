"""What the practice company holds, whatever the day it is made on."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from billdesk.bootstrap import Books, open_application
from billdesk.core.application import Application
from billdesk.core.documents.logo import load_logo
from billdesk.core.domain.documents import DocumentState
from billdesk.core.queries.documents import DocumentFilter, DocumentRow
from billdesk.practice.company import FULL_RATE, REDUCED_RATE
from billdesk.practice.content import make_company
from billdesk.practice.logo import draw_logo
from billdesk.practice.people import PEOPLE

Opened = Callable[[date], Books]
STATES_WITHOUT_STRIPE = {
    DocumentState.DRAFT,
    DocumentState.ISSUED,
    DocumentState.SENT,
    DocumentState.OVERDUE,
    DocumentState.PARTIALLY_PAID,
    DocumentState.PAID,
    DocumentState.OVERPAID,
    DocumentState.VOID,
    DocumentState.CREDITED,
    DocumentState.WRITTEN_OFF,
    DocumentState.NOTHING_DUE,
    DocumentState.INVOICED,
    DocumentState.PARTLY_INVOICED,
    DocumentState.DECLINED,
    DocumentState.ACCEPTED,
    DocumentState.EXPIRED,
    DocumentState.OPEN_CREDIT,
    DocumentState.PARTLY_USED,
    DocumentState.SETTLED,
}
# A Saturday that begins a month, New Year, a leap day.
DAYS = ("2027-05-01", "2027-01-01", "2028-02-29")


def documents(app: Application) -> tuple[DocumentRow, ...]:
    return app.queries.documents(DocumentFilter(group=None), limit=1000).rows


def in_the_books(books: Books, statement: str) -> list[tuple[object, ...]]:
    with books.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


@pytest.mark.parametrize("day", DAYS)
def test_a_believable_company_on_any_day(books_on: Opened, day: str) -> None:
    today = date.fromisoformat(day)
    books = books_on(today)
    app = open_application(books, make_company(books))
    rows = documents(app)
    assert app.verification.run().violations == ()
    assert len(rows) >= 200
    assert Counter(row.state for row in rows).keys() == STATES_WITHOUT_STRIPE
    assert len({row.currency for row in rows}) >= 3
    assert len(app.queries.customers(limit=100).rows) >= 25
    dates = [row.issued_on for row in rows if row.issued_on]
    assert min(dates) <= today - timedelta(days=700)
    assert today - timedelta(days=5) <= max(dates) <= today
    # On the first of a month its own column of the chart may still be empty.
    assert all(minor > 0 for _, minor in app.queries.home().cash_in[:-1])


def test_the_books_tell_one_story_in_order(books_on: Opened) -> None:
    books = books_on(date(2026, 11, 24))
    make_company(books)
    issued = in_the_books(
        books,
        "SELECT series_id, issued_on FROM document WHERE number IS NOT NULL "
        "ORDER BY series_id, number",
    )
    assert issued == sorted(issued, key=str)
    moments = in_the_books(books, "SELECT at FROM audit_log WHERE seq > 9 ORDER BY seq")
    assert moments == sorted(moments, key=str)
    assert in_the_books(books, "SELECT sum(base_minor) FROM posting") == [(0,)]
    assert in_the_books(books, "SELECT count(*) FROM mail") == [(0,)]
    # What the company says of paying an invoice does not stand on a quote.
    quotes = "SELECT DISTINCT introduction, terms FROM document WHERE kind = 'quote'"
    assert in_the_books(books, quotes) == [("", "")]
    # Nothing was marked as sent but what the imported files said.
    assert in_the_books(
        books, "SELECT count(*) FROM document WHERE sent_at IS NOT NULL AND NOT is_history"
    ) == [(0,)]


def test_a_new_line_is_taxed_as_the_customers_documents_are(books_on: Opened) -> None:
    books = books_on(date(2026, 11, 24))
    queries = open_application(books, make_company(books)).queries
    rates = {rate.name: rate.id for rate in queries.tax_rates()}
    booklet = next(row.id for row in queries.items(limit=100).rows if row.code == "BOOK")
    taxes: dict[object, set[object]] = {}
    for customer, rate in in_the_books(
        books,
        "SELECT DISTINCT customer_id, tax_rate_id FROM document JOIN document_line_tax tax"
        " ON tax.document_id = document.id WHERE customer_id IS NOT NULL",
    ):
        taxes.setdefault(customer, set()).add(rate)
    assert len(taxes) == len(PEOPLE)
    for customer, used in taxes.items():
        assert isinstance(customer, int)
        plain = queries.line_offer(None, customer, Decimal(1), "").tax_rate_ids
        of_item = queries.line_offer(booklet, customer, Decimal(1), "").tax_rate_ids
        assert set(plain) == used - {rates[REDUCED_RATE]}
        assert of_item == ((rates[REDUCED_RATE],) if plain == (rates[FULL_RATE],) else plain)


def test_it_comes_out_the_same_each_time(books_on: Opened) -> None:
    stories = []
    for _ in range(2):
        books = books_on(date(2026, 11, 24))
        make_company(books)
        stories.append(
            in_the_books(
                books,
                "SELECT number, customer_name, subject, issued_on, total_minor, open_minor"
                " FROM document ORDER BY id",
            )
        )
    assert stories[0] == stories[1]


def test_no_mail_address_could_belong_to_anybody() -> None:
    pattern = re.compile(r"[^@]+@[a-z0-9-]+\.example\.(com|org|net)")
    assert all(pattern.fullmatch(person.email) for person in PEOPLE)
    assert len({person.number for person in PEOPLE}) == len(PEOPLE)


def test_the_logo_is_an_image_that_documents_can_show() -> None:
    data = draw_logo()
    assert data == draw_logo()
    assert load_logo(data).getSize()[0] > 300
