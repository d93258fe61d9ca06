"""Books restored from an old backup learn from Stripe what happened after it."""

import pytest
from books import Shop
from calls import catch_up, tell
from in_process_stripe import InProcessStripe
from test_long_away import intent_of, paid

from billdesk.bootstrap import backup_service, companies, open_books, restore_service
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.questions import NO_HOME
from billdesk.sandbox import SandboxLinkInactive

MOST_CALLS = 60


@pytest.mark.parametrize("days", [5, 100])
def test_an_old_backup(
    near: Shop, in_process: InProcessStripe, days: int, capsys: pytest.CaptureFixture[str]
) -> None:
    known = paid(near, in_process, "10")
    open_then = near.issued("20", online_payment=True, terms_days=300)
    without_link = near.issued("25", terms_days=300)
    near.pass_time(minutes=5)
    catch_up(near, in_process)
    paths, secrets, time = near.books.paths, near.books.secrets, near.time
    backup = backup_service(paths, secrets, now=time.now).make()

    # What the backup does not know: a link of an invoice it has, paid; two invoices of their own.
    near.app.links.request(without_link.document_id)
    near.work()
    in_process.pay(near.links(without_link.document_id)[0].url)
    in_process.pay(near.links(open_then.document_id)[0].url)
    in_process.refund(intent_of(near, in_process, known))
    forgotten = paid(near, in_process, "30")
    number = near.document(forgotten).number
    payable = near.issued("40", online_payment=True, terms_days=300).document_id
    near.work()
    stray = near.links(payable)[0].url
    left_open = in_process.open_page(stray)
    near.pass_time(minutes=5)
    catch_up(near, in_process)
    near.app.close()
    near.books.close()

    # Its reads of then count for now: the backup is that old.
    time.advance(days=days)
    in_process.advance(0)
    restore_service(paths, now=time.now, today=time.today).restore(backup.file)
    books = open_books(paths, secrets=secrets, now=time.now, today=time.today)
    shop = Shop.open(books, companies(books)[0].id, time, stripe=in_process)
    try:
        assert shop.one("SELECT deep_place FROM stripe_cursor").deep_place == "whole:own_links:"
        calls = catch_up(shop, in_process)
        tell(capsys, f"a backup {days} days old, 5 links, 4 payments", calls, MOST_CALLS)
        assert shop.state(open_then.document_id) is DocumentState.PAID
        assert shop.state(without_link.document_id) is DocumentState.PAID
        states = {row.document_id: row for row in shop.rows("SELECT * FROM payment")}
        assert states[known].state == "refunded"
        homeless = states[None]
        assert (homeless.amount_minor, homeless.reference) == (3_000, number)
        assert homeless.review == NO_HOME
        with pytest.raises(SandboxLinkInactive):
            in_process.open_page(stray)
        store = in_process.simulation.account.store
        assert store.get("checkout.session", left_open)["status"] == "expired"
        assert [one["active"] for one in store.oldest_first("payment_link")] == [False] * 5
        assert shop.audit().count("link.stray_off") == 1
        assert shop.one("SELECT deep_place FROM stripe_cursor").deep_place is None
        shop.check()
        assert catch_up(shop, in_process) <= 3
    finally:
        shop.app.close()
        books.close()
