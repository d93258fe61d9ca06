"""Money received by hand: whole, in parts, too much, taken back, in another currency."""

import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from books import Shop, StillTime, line, new_company, open_shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import PaymentMethod

pytestmark = pytest.mark.both_engines


def test_a_full_payment_settles_the_invoice(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.told()
    shop.receive(issued.document_id, 10_000, reference=" Statement 7 ", method=PaymentMethod.CASH)
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.paid_minor, str(row.settled_on)) == (0, 10_000, "2026-11-24")
    assert shop.state(issued.document_id) is DocumentState.PAID
    assert shop.balances() == {"1000": 10_000, "4000": -10_000}
    assert shop.one("SELECT reference FROM payment").reference == "Statement 7"
    assert shop.told() == ["PaymentChanged"]
    shop.check()


@pytest.mark.parametrize(
    ("method", "account"),
    [
        (PaymentMethod.CASH, "1000"),
        (PaymentMethod.BANK, "1100"),
        (PaymentMethod.CHEQUE, "1100"),
        (PaymentMethod.OTHER, "1150"),
    ],
)
def test_each_way_of_paying_has_its_account(
    shop: Shop, method: PaymentMethod, account: str
) -> None:
    issued = shop.issued("100")
    shop.receive(issued.document_id, 10_000, method=method)
    assert shop.balances()[account] == 10_000


def test_parts_add_up_and_what_exceeds_is_credit(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.receive(issued.document_id, 4_000)
    assert shop.state(issued.document_id) is DocumentState.PARTIALLY_PAID
    shop.receive(issued.document_id, 7_500)
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.paid_minor, row.surplus_minor) == (0, 10_000, 1_500)
    assert shop.state(issued.document_id) is DocumentState.OVERPAID
    assert shop.balances() == {"1100": 11_500, "4000": -10_000, "2100": -1_500}
    shop.receive(issued.document_id, 1)
    assert shop.document(issued.document_id).surplus_minor == 1_501
    shop.check()


def test_undo_takes_exactly_one_payment_back(shop: Shop) -> None:
    issued = shop.issued("100")
    first = shop.receive(issued.document_id, 4_000)
    second = shop.receive(issued.document_id, 8_000)
    shop.app.payments.undo(second)
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.paid_minor, row.surplus_minor) == (6_000, 4_000, 0)
    assert row.settled_on is None
    with pytest.raises(NotAllowed, match="already"):
        shop.app.payments.undo(second)
    shop.app.payments.undo(first)
    assert shop.document(issued.document_id).open_minor == 10_000
    assert shop.balances() == {"1200": 10_000, "4000": -10_000}
    assert shop.state(issued.document_id) is DocumentState.ISSUED
    shop.check()


def test_a_payment_that_cannot_be_names_its_field(shop: Shop) -> None:
    issued = shop.issued("100")
    for changes, name in (
        ({"minor": 0}, "amount_minor"),
        ({"minor": -5}, "amount_minor"),
        ({"minor": 10**15 + 1}, "amount_minor"),
        ({"received_on": date(2026, 11, 25)}, "received_on"),
        ({"method": PaymentMethod.STRIPE}, "method"),
    ):
        with pytest.raises(UserError) as refusal:
            shop.receive(issued.document_id, **{"minor": 100, **changes})
        assert refusal.value.field == name
    saved = shop.app.invoices.create(shop.draft())
    with pytest.raises(NotAllowed, match="Issue the invoice first"):
        shop.receive(saved.document_id, 100)
    assert shop.rows("SELECT * FROM payment") == []
    shop.check()


def test_a_paid_invoice_gets_a_paid_copy_once(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.work()
    shop.receive(issued.document_id, 10_000)
    shop.work()
    shop.receive(issued.document_id, 100)
    assert shop.work() == 0, "it is not drawn again"
    kinds = [row.kind for row in shop.rows("SELECT kind FROM rendition ORDER BY id")]
    assert kinds == ["original", "paid_copy"]
    shop.check()


def test_after_undo_the_unpaid_invoice_is_shown_again(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.work()
    original = shop.app.queries.pdf(issued.document_id)
    payment = shop.receive(issued.document_id, 10_000)
    shop.work()
    assert shop.app.queries.pdf(issued.document_id) != original
    shop.app.payments.undo(payment)
    shop.work()
    assert shop.app.queries.pdf(issued.document_id) == original
    shop.receive(issued.document_id, 10_000)
    shop.work()
    kinds = [row.kind for row in shop.rows("SELECT kind FROM rendition ORDER BY id")]
    assert kinds == ["original", "paid_copy", "paid_copy_2"]
    assert shop.app.queries.document(issued.document_id).pdf_kind == "paid_copy_2"


def test_a_paid_copy_is_not_drawn_of_a_payment_undone_meanwhile(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.app.payments.undo(shop.receive(issued.document_id, 10_000))
    shop.work()
    assert [row.kind for row in shop.rows("SELECT kind FROM rendition")] == ["original"]
    assert shop.rows("SELECT * FROM outbox WHERE state IN ('queued', 'failed')") == []


def test_a_foreign_debt_ends_at_zero_in_company_currency_too(shop: Shop) -> None:
    # 100.00 USD at 0.9137 is 91.37 EUR; a third of it three times loses a cent somewhere.
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.9137"))
    for minor in (3_333, 3_333, 3_334):
        shop.receive(issued.document_id, minor)
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.open_base_minor) == (0, 0)
    assert shop.balances() == {"1100": 9_137, "4000": -9_137}
    shop.check()


def test_foreign_money_beyond_the_debt_is_credit_at_the_same_rate(shop: Shop) -> None:
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.9"))
    shop.receive(issued.document_id, 15_000)
    assert shop.balances() == {"1100": 13_500, "4000": -9_000, "2100": -4_500}
    payment = shop.one("SELECT base_minor, unallocated_minor FROM payment")
    assert tuple(payment) == (13_500, 5_000)
    shop.check()


@pytest.fixture(scope="module")
def long_shop() -> Iterator[Shop]:
    """One company for all examples of the property: opening files for each would take minutes."""
    with tempfile.TemporaryDirectory() as folder:
        time = StillTime()
        books = open_shelf(Path(folder), time)
        shop = Shop.open(books, new_company(books), time)
        yield shop
        shop.check()
        shop.app.close()
        books.close()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    price=st.integers(1, 5_000_000),
    currency=st.sampled_from(("EUR", "USD", "JPY", "KWD")),
    rate=st.decimals(min_value="0.00001", max_value=40, places=5),
    parts=st.lists(st.tuples(st.integers(1, 100), st.booleans()), min_size=1, max_size=5),
)
def test_any_sequence_of_payments_and_undos_leaves_nothing_behind(
    long_shop: Shop, price: int, currency: str, rate: Decimal, parts: list[tuple[int, bool]]
) -> None:
    shop = long_shop
    issued = shop.issued(
        currency=currency,
        exchange_rate=None if currency == "EUR" else rate,
        customer_id=None or shop.customer(),
        lines=(line(Decimal(price).scaleb(-2)),),
    )
    document_id = issued.document_id
    for percent, taken_back in parts:
        open_minor = shop.document(document_id).open_minor
        part = max(1, open_minor * percent // 100)
        payment = shop.receive(document_id, part)
        if taken_back:
            shop.app.payments.undo(payment)
    rest = shop.document(document_id).open_minor
    if rest:
        shop.receive(document_id, rest)
    row = shop.document(document_id)
    assert (row.open_minor, row.open_base_minor) == (0, 0)
    receivable = shop.one(
        "SELECT coalesce(sum(p.minor), 0) AS minor, coalesce(sum(p.base_minor), 0) AS base "
        "FROM posting p JOIN account a ON a.id = p.account_id "
        "WHERE a.role = 'receivable' AND p.document_id = :id",
        id=document_id,
    )
    assert tuple(receivable) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": "\ud800"}, "reference"),
        ({"reference": "x" * 201}, "reference"),
        ({"note": "\x00"}, "note"),
        ({"received_on": date(1, 1, 1)}, "received_on"),
    ],
)
def test_a_payment_that_cannot_be_stored_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    issued = shop.issued("100")
    with pytest.raises(UserError) as refusal:
        shop.receive(issued.document_id, 10_000, **changes)
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM payment") == []
