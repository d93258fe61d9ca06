"""Duplicates merged: read as one customer everywhere, frozen as they were, taken apart again."""

import zipfile
from pathlib import Path

import pytest
from books import Shop

from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.documents.papers import StatementInput


def two(shop: Shop) -> tuple[int, int]:
    """Nordlicht twice: the duplicate owes 100 and has a draft, the other owes 50."""
    twice, once = shop.customer(name="Nordlicht A/S"), shop.customer()
    shop.issued("100", customer_id=twice)
    shop.issued("50", customer_id=once)
    shop.app.invoices.create(shop.draft(customer_id=twice))
    return twice, once


def test_everything_reads_as_one_customer(shop: Shop) -> None:
    twice, once = two(shop)
    frozen = shop.rows("SELECT * FROM document WHERE issued_at IS NOT NULL")
    postings = shop.rows("SELECT * FROM posting")
    shop.told()
    shop.app.customer_merges.merge(twice, once)
    queries = shop.app.queries
    assert [row.id for row in queries.customers().rows] == [once]
    assert queries.customer(once).owed == (("EUR", 15_000),)
    assert queries.customer(twice).merged_into_id == once
    assert len(queries.documents(DocumentFilter(customer_id=once)).rows) == 3
    assert queries.document_counts(customer_id=once)[None] == 3
    assert [(row.customer_id, row.open.total) for row in queries.ageing().rows] == [(once, 15_000)]
    (balance,) = queries.balances(customer_ids=[once]).rows
    assert (balance.customer_id, balance.balance_minor) == (once, 15_000)
    assert shop.rows("SELECT * FROM document WHERE issued_at IS NOT NULL") == frozen
    assert shop.rows("SELECT * FROM posting") == postings
    draft = shop.one("SELECT customer_id, customer_name FROM document WHERE issued_at IS NULL")
    assert tuple(draft) == (once, "Nordlicht AS")
    assert set(shop.told()) == {"CustomerChanged", "DraftSaved"}
    shop.check()


def test_statements_and_what_is_given_out_are_about_both(shop: Shop, tmp_path: Path) -> None:
    twice, once = two(shop)
    shop.app.customer_merges.merge(twice, once)
    today = shop.time.today()
    made = shop.app.papers.statement(StatementInput(once, today, today))
    assert made.total_minor == 15_000
    given = shop.app.personal_data.give_out(once, tmp_path / "both.zip")
    with zipfile.ZipFile(given.file) as found:
        for table, rows in (("customer", 2), ("document", 4)):
            assert len(found.read(f"{table}.jsonl").decode().splitlines()) == rows
    # A duplicate is a part of somebody; half an answer would pass for a whole one.
    with pytest.raises(NotAllowed, match="choose that one"):
        shop.app.papers.statement(StatementInput(twice, today, today))
    with pytest.raises(NotAllowed, match="choose that one"):
        shop.app.personal_data.give_out(twice, tmp_path / "half.zip")
    assert not (tmp_path / "half.zip").exists()


def test_undo_gives_back_what_moved(shop: Shop) -> None:
    twice, once = two(shop)
    own = shop.app.invoices.create(shop.draft(customer_id=once))
    shop.app.customer_merges.merge(twice, once)
    later = shop.app.invoices.create(shop.draft(customer_id=once))
    shop.app.customer_merges.undo(twice)
    queries = shop.app.queries
    assert queries.customer(twice).owed == (("EUR", 10_000),)
    assert queries.customer(once).owed == (("EUR", 5_000),)
    drafts = shop.rows("SELECT id, customer_id FROM document WHERE issued_at IS NULL ORDER BY id")
    assert [row.customer_id for row in drafts] == [twice, once, once]
    assert [row.id for row in drafts][1:] == [own.document_id, later.document_id]
    assert shop.audit()[-1] == "customer.merge_undone"
    with pytest.raises(NotAllowed, match="is not merged"):
        shop.app.customer_merges.undo(twice)
    shop.check()


def test_a_chain_of_merges_ends_at_one_customer(shop: Shop) -> None:
    twice, once = two(shop)
    third = shop.customer(name="Nordlicht Holding")
    shop.app.customer_merges.merge(twice, once)
    shop.app.customer_merges.merge(once, third)
    assert shop.app.queries.customer(third).owed == (("EUR", 15_000),)
    shop.app.customer_merges.undo(once)
    assert shop.app.queries.customer(third).owed == (("EUR", 10_000),)
    shop.check()


def test_money_of_one_may_settle_the_other(shop: Shop) -> None:
    twice, once = two(shop)
    shop.app.customer_merges.merge(twice, once)
    numbers = shop.rows("SELECT id, customer_id FROM document WHERE issued_at IS NOT NULL")
    theirs = {row.customer_id: row.id for row in numbers}
    shop.receive(theirs[once], 15_000, method=PaymentMethod.BANK)
    (balance,) = shop.app.queries.balances().rows
    assert (balance.open_minor, balance.credit_minor, balance.balance_minor) == (10_000, 10_000, 0)
    shop.check()


@pytest.mark.parametrize("case", ["same", "merged", "deleted"])
def test_only_two_customers_that_stand_on_their_own_are_merged(shop: Shop, case: str) -> None:
    twice, once = two(shop)
    merges = shop.app.customer_merges
    if case == "same":
        with pytest.raises(UserError) as refusal:
            merges.merge(once, once)
        assert refusal.value.field == "into_id"
    elif case == "merged":
        merges.merge(twice, once)
        with pytest.raises(NotAllowed, match="merged with another customer already"):
            merges.merge(twice, shop.customer(name="Third"))
        with pytest.raises(NotAllowed):
            merges.merge(shop.customer(name="Fourth"), twice)
    else:
        shop.app.customers.delete(once)
        with pytest.raises(NotAllowed, match="restore it first"):
            merges.merge(twice, once)
    shop.check()
