"""Books restored from an older backup do not know links that were made after it."""

from books import Shop

from billdesk.core.domain.documents import DocumentState


def paid_and_forgotten(shop: Shop) -> int:
    """An invoice that is paid through a link the books no longer have."""
    issued = shop.issued("100", online_payment=True)
    shop.work()
    (link,) = shop.links(issued.document_id)
    shop.sandbox.pay(link.url)
    shop.falsify("DELETE FROM outbox")
    shop.falsify("DELETE FROM payment_link")
    shop.pass_time(seconds=60)
    return issued.document_id


def test_money_through_a_lost_link_pays_its_invoice_and_the_link_is_switched_off(
    online: Shop,
) -> None:
    document_id = paid_and_forgotten(online)
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    (link,) = online.links(document_id)
    assert (link.state, link.amount_minor) == ("closed", 10_000)
    (there,) = online.sandbox.state()["payment_links"]
    assert (there["id"], there["active"]) == (link.stripe_id, False)
    assert "link.found_again" in online.audit()
    online.settle_down()
    assert len(online.rows("SELECT * FROM payment")) == 1
    online.check()


def test_beside_a_new_link_both_are_off_and_what_is_too_much_is_credit(online: Shop) -> None:
    document_id = paid_and_forgotten(online)
    online.app.links.request(document_id)
    online.work()
    (newer,) = online.links(document_id)
    online.sandbox.pay(newer.url)
    online.pass_time(seconds=60)
    online.settle_down()
    assert [link.state for link in online.links(document_id)] == ["closed", "closed"]
    assert [there["active"] for there in online.sandbox.state()["payment_links"]] == [False, False]
    payments = online.rows("SELECT unallocated_minor FROM payment ORDER BY unallocated_minor")
    assert [row.unallocated_minor for row in payments] == [0, 10_000]
    online.check()


def test_a_reference_that_nobody_signed_settles_nothing(online: Shop) -> None:
    document_id = paid_and_forgotten(online)
    online.falsify("UPDATE install SET reference_key = :key", key="00" * 32)
    online.settle_down()
    assert online.state(document_id) is not DocumentState.PAID
    payment = online.one("SELECT unallocated_minor, review FROM payment")
    assert payment.unallocated_minor == 10_000
    assert "not the one BillDesk signed" in payment.review
    online.check()
