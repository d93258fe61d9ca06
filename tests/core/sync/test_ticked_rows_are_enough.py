"""A key with no more than the rows the form ticks does everything that it is made for."""

from urllib.parse import parse_qsl, urlsplit

from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.stripe_access import PermissionNeed
from billdesk.core.services.payments import RefundOrder
from billdesk.core.services.stripe.cards import ChargeInput


def connect(shop: Shop, *needs: PermissionNeed) -> None:
    """With the key that the form makes."""
    url = shop.app.stripe_permissions.form_url(needs, livemode=False)
    asked = dict(parse_qsl(urlsplit(url).query))
    slugs = [slug for name, slug in asked.items() if name.startswith("permissions")]
    shop.app.connecting.connect(shop.sandbox.make_key(slugs))


def paid(shop: Shop) -> int:
    issued = shop.issued("100", online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)
    shop.settle_down()
    assert shop.state(issued.document_id) is DocumentState.PAID
    return issued.document_id


def refused(shop: Shop) -> str:
    """What any request was refused for want of a permission."""
    return str(shop.one("SELECT forbidden FROM service_state WHERE service = 'stripe'").forbidden)


def test_links_need_the_rows_for_links_alone(online: Shop) -> None:
    connect(online)
    document = paid(online)
    intent = online.one("SELECT payment_intent AS id FROM payment").id
    online.at_stripe("refund", payment_intent=intent, amount=1_000)
    online.at_stripe("dispute", payment_intent=intent, amount=5_000)
    online.settle_down()
    online.poll(deep=True)
    # Void, with a page left open: link and session are switched off.
    waiting = online.issued("50", online_payment=True)
    online.work()
    online.app.invoices.void(waiting.document_id, "Changed my mind")
    online.settle_down()
    assert [link["active"] for link in online.sandbox.state()["payment_links"]] == [False, False]
    assert online.rows("SELECT * FROM dispute") != []
    assert online.one("SELECT error FROM stripe_cursor WHERE account_id IS NULL").error == ""
    assert refused(online) == "{}"
    assert online.document(document).paid_minor != 0
    online.check()


def test_refunds_and_saved_cards_need_theirs(online: Shop) -> None:
    connect(online, PermissionNeed.REFUNDS, PermissionNeed.CARDS)
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    paid(online)
    card = online.one("SELECT id, customer_id FROM saved_card")
    payment = online.one("SELECT id FROM payment").id
    online.app.refund_orders.order(RefundOrder(payment, 1_000, RefundMeaning.CREDIT_NOTE))
    online.settle_down()
    assert [refund["amount"] for refund in online.sandbox.state()["refunds"]] == [1_000]
    following = online.issued("30", customer_id=card.customer_id)
    online.app.cards.charge(ChargeInput(following.document_id, card.id, None))
    online.settle_down()
    assert online.state(following.document_id) is DocumentState.PAID
    assert refused(online) == "{}"
    online.check()
