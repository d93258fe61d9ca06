"""Money for an invoice that the books lost waits in suspense until the owner says whose it is."""

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.questions import NO_HOME
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.services.payments import Share
from billdesk.core.services.steps.link_params import reference
from billdesk.core.services.steps.stripe.homeless import NOT_SIGNED

DEBIT_OK, DEBIT_RETURNED = "AT611904300234573201", "AT861904300235473202"


@pytest.fixture
def lost_link(online: Shop) -> str:
    """The address of a link made after the backup: neither link nor invoice is in the books."""
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    return link_of_a_lost_invoice(online)


def link_of_a_lost_invoice(shop: Shop, *, currency: str = "EUR", **changes: str) -> str:
    fields: dict[str, Any] = {} if currency == "EUR" else {"exchange_rate": Decimal("0.9")}
    known = shop.issued("100", online_payment=True, currency=currency, **fields)
    (link,) = shop.links(known.document_id)
    params = json.loads(link.params)
    key = shop.one("SELECT reference_key FROM install").reference_key
    uid = str(uuid.uuid4())
    marks = {
        "invoice": str(uuid.uuid4()),
        "invoice_no": "INV-00077",
        "link": uid,
    }
    signed = {**params["metadata"], **marks}
    marks["ref"] = reference(key, signed, link.amount_minor, link.currency, livemode=False)
    marks |= changes
    params["metadata"].update(marks)
    params["payment_intent_data"]["metadata"].update(marks)
    gateway = shop.app.settings._stripe.open(shop.app.company_uid, livemode=False)
    return str(gateway.create_payment_link(params, uid).url)


def the_payment(shop: Shop) -> Any:
    return shop.one("SELECT * FROM payment")


def suspense(shop: Shop) -> int:
    row = shop.one(
        "SELECT coalesce(sum(p.base_minor), 0) AS minor FROM posting p "
        "JOIN account a ON a.id = p.account_id WHERE a.role = 'suspense'"
    )
    return -int(row.minor)


def test_it_is_booked_and_asked_about_and_pays_an_invoice_when_its_owner_is_known(
    online: Shop, lost_link: str
) -> None:
    online.sandbox.pay(lost_link)
    online.settle_down()
    payment = the_payment(online)
    assert (payment.state, payment.customer_id, payment.document_id) == ("succeeded", None, None)
    assert (payment.review, payment.reference) == (NO_HOME, "INV-00077")
    assert payment.fee_state == "final"
    assert suspense(online) == 10_000
    assert online.rows("SELECT * FROM stripe_event WHERE state NOT IN ('applied', 'foreign')") == []
    (task,) = [one for one in online.app.queries.home().attention if one.payment_id == payment.id]
    assert (task.title, task.detail) == ("Payment", NO_HOME)
    (question,) = online.app.queries.payment(payment.id).questions
    assert question.sentence == NO_HOME
    online.check()

    online.app.payments.assign(payment.id, online.customer())
    assert suspense(online) == 0
    # A wrong assignment can be taken back.
    online.app.payments.unassign(payment.id)
    assert suspense(online) == 10_000
    owed = online.issued("100")
    customer = online.document(owed.document_id).customer_id
    online.app.payments.assign(payment.id, customer, [Share(owed.document_id, 10_000)])
    assert online.state(owed.document_id) is DocumentState.PAID
    assert suspense(online) == 0
    assert the_payment(online).review == ""
    online.check()
    # What comes later still finds it: a refund of the whole.
    online.sandbox.refund(payment.payment_intent)
    online.settle_down()
    assert the_payment(online).state == "refunded"
    assert "went back" in the_payment(online).review
    online.check()


def test_what_went_back_of_it_is_explained_before_the_rest_finds_a_home(
    online: Shop, lost_link: str
) -> None:
    online.sandbox.pay(lost_link)
    online.settle_down()
    payment = the_payment(online)
    online.sandbox.refund(payment.payment_intent, 4_000)
    online.settle_down()
    online.check()
    customer = online.customer()
    with pytest.raises(NotAllowed, match="say first what that means"):
        online.app.payments.assign(payment.id, customer)
    refund = online.one("SELECT id FROM refund")
    online.app.refunds.explain(refund.id, RefundMeaning.CREDIT_RETURNED)
    assert suspense(online) == 6_000
    online.app.payments.assign(payment.id, customer)
    assert (suspense(online), the_payment(online).unallocated_minor) == (0, 6_000)
    online.check()


def test_a_dispute_over_it_that_is_lost_takes_it_out_of_suspense(
    online: Shop, lost_link: str
) -> None:
    online.sandbox.pay(lost_link)
    online.settle_down()
    payment = the_payment(online)
    dispute = online.at_stripe("dispute", payment_intent=payment.payment_intent)
    online.settle_down()
    online.check()
    online.at_stripe("dispute/change", dispute=dispute["id"], status="lost")
    online.settle_down()
    online.app.deductions.dispute_lost(payment.id, bad_debt=False)
    assert (suspense(online), the_payment(online).disputed_minor) == (0, 0)
    online.check()


@pytest.mark.parametrize(("account", "succeeds"), [(DEBIT_OK, True), (DEBIT_RETURNED, False)])
def test_a_debit_is_followed_to_its_end(
    online: Shop, lost_link: str, account: str, succeeds: bool
) -> None:
    online.sandbox.pay(lost_link, card=account)
    online.pass_time(seconds=3)
    online.poll()
    payment = the_payment(online)
    assert (payment.state, suspense(online)) == ("pending", 0)
    online.sandbox.settle(payment.payment_intent, succeed=succeeds)
    online.settle_down()
    after = the_payment(online)
    assert after.state == ("succeeded" if succeeds else "failed")
    assert suspense(online) == (10_000 if succeeds else 0)
    assert after.review == (NO_HOME if succeeds else "")
    online.check()


def test_a_reference_that_nobody_signed_is_said(online: Shop) -> None:
    online.sandbox.pay(link_of_a_lost_invoice(online, ref="0" * 64))
    online.settle_down()
    assert the_payment(online).review == NOT_SIGNED
    assert suspense(online) == 10_000
    online.check()


def test_in_another_currency_it_is_worth_what_the_newest_invoice_in_it_was(online: Shop) -> None:
    online.sandbox.pay(link_of_a_lost_invoice(online, currency="USD"))
    online.settle_down()
    payment = the_payment(online)
    assert (payment.currency, payment.amount_minor, payment.base_minor) == ("USD", 10_000, 9_000)
    assert suspense(online) == 9_000
    online.check()


def test_in_a_currency_nobody_knows_it_waits_in_view(online: Shop) -> None:
    url = link_of_a_lost_invoice(online, currency="USD")
    online.falsify("UPDATE document SET currency = 'GBP'")
    online.sandbox.pay(url)
    online.pass_time(minutes=3)
    online.poll()
    assert online.rows("SELECT * FROM payment") == []
    (waits,) = {row.error for row in online.rows("SELECT error FROM stripe_event WHERE tries > 0")}
    assert "USD" in waits
    online.falsify("UPDATE document SET currency = 'USD'")
    online.settle_down()
    assert the_payment(online).review == NO_HOME
    online.check()
