"""Nothing posts into a closed period: every use case that posts, row by row."""

from beginnings import CLOSED, DAYS_LATER, REFUSED
from books import Shop
from company_scope import statements_looked_at
from postings import LATER, ROWS
from who_posts import posting_use_cases

from billdesk.core.domain.errors import UserError

# They recompute a document, which moves tax on cash basis where its balance changed; theirs does
# not: an order moves money only once Stripe has carried it out.
RECOMPUTING = {
    "CardService.charge",
    "CardService.withdraw",
    "OrderJobService.begin",
    "OrderJobService.refused",
    "OrderJobService.sending",
}


def test_every_use_case_that_posts_has_a_row() -> None:
    """Found in the source; a new one needs its row in ``postings.ROWS``."""
    found = posting_use_cases()
    assert len(found) > 25
    assert {row.use_case for row in ROWS} == found - RECOMPUTING


def as_it_stood(shop: Shop) -> tuple[object, ...]:
    """All that is said of the last closed day."""
    queries = shop.app.queries
    return (
        queries.trial_balance(CLOSED).rows,
        queries.ageing(CLOSED).rows,
        queries.balances(CLOSED).rows,
    )


def newest_entry(shop: Shop) -> int:
    return int(shop.one("SELECT coalesce(max(id), 0) AS id FROM ledger_entry").id)


def test_nothing_posts_into_a_closed_period(online: Shop) -> None:
    shop = online
    with statements_looked_at(shop.books.engine) as unscoped:
        go_through(shop)
    # These ways are many: a good place to ask whether each statement names its company.
    assert unscoped == {}, "\n".join(f"{one}: {sql}" for one, sql in unscoped.items())


def go_through(shop: Shop) -> None:
    begun = [(row, row.begin(shop)) for row in ROWS]
    shop.pass_time(days=DAYS_LATER)
    shop.app.periods.close_through(CLOSED)
    closed = as_it_stood(shop)
    for row, given in begun:
        last = newest_entry(shop)
        ended, why = LATER, "closed"
        try:
            if row.go_on(shop, given) == REFUSED:
                ended = REFUSED
        except UserError as refusal:
            ended, why = REFUSED, str(refusal)
        assert ended == row.ends, f"{row.use_case}: {why}"
        assert "closed" in why, f"{row.use_case}: {why}"
        days = shop.rows("SELECT occurred_on FROM ledger_entry WHERE id > :last", last=last)
        assert bool(days) == (ended == LATER), f"{row.use_case} posted {len(days)} entries"
        assert all(one.occurred_on > str(CLOSED) for one in days), row.use_case
        assert as_it_stood(shop) == closed, f"{row.use_case} changes what was closed"
    shop.check()
