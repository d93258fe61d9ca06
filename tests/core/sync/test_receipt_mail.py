"""A receipt by mail, where the owner wants it: once for each time an invoice is paid online."""

import pytest
from books import Shop
from sqlalchemy import Row

from billdesk.core.documents.mail_text import receipt_templates
from billdesk.core.domain.settings import MailSettings, OnlinePayment
from billdesk.sandbox import MailCatcher


@pytest.fixture
def online(quick_online: Shop, postbox: MailCatcher) -> Shop:
    """A connected company that can send mail."""
    quick_online.set_up_mail(postbox)
    return quick_online


def want_receipts(shop: Shop) -> None:
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True, receipt_mail=True))


def paid(shop: Shop, **fields: object) -> int:
    """An invoice paid through its link."""
    document_id = shop.issued("100", online_payment=True, **fields).document_id
    shop.work()
    shop.sandbox.pay(shop.links(document_id)[0].url)
    shop.settle_down()
    return document_id


def mails(shop: Shop, document_id: int) -> list[Row[object]]:
    return shop.rows("SELECT * FROM mail WHERE document_id = :d ORDER BY id", d=document_id)


def test_receipt_mail_once_per_settlement(online: Shop, postbox: MailCatcher) -> None:
    want_receipts(online)
    document_id = paid(online)
    number = online.document(document_id).number
    (mail,) = mails(online, document_id)
    assert (mail.state, mail.settlement) == ("accepted", 1)
    (received,) = postbox.messages
    assert received.parsed["Subject"] == f"Payment received for invoice {number}"
    (pdf,) = received.parsed.iter_attachments()
    assert pdf.get_content() == b"%PDF-paid"
    text = received.parsed.get_body(("html",)).get_content()
    assert "Amount paid" in text
    assert "Payable by" not in text
    # Looked at again, however deep, and started anew: it has been confirmed.
    intent = online.one("SELECT payment_intent FROM payment").payment_intent
    online.at_stripe("events/announce", id=intent, type="payment_intent.succeeded")
    online.poll(deep=True)
    online.settle_down()
    assert len(mails(online, document_id)) == 1
    online.check()


def test_no_receipt_unless_it_is_wanted_and_true(online: Shop, postbox: MailCatcher) -> None:
    assert mails(online, paid(online)) == [], "off until somebody wants it"
    want_receipts(online)
    part = online.issued("100", online_payment=True).document_id
    online.work()
    online.sandbox.pay(online.links(part)[0].url)
    online.receive(part, 4_000)
    online.poll()
    payment = online.rows("SELECT id FROM payment WHERE payment_intent IS NOT NULL ORDER BY id")[
        -1
    ].id
    (queued,) = mails(online, part)
    online.app.allocations.take_off(payment, part, 1_000)
    online.settle_down()
    assert mails(online, part)[0].state == "cancelled", "it is owed again before the mail left"
    assert queued.state == "queued"
    without = online.customer(email="")
    assert mails(online, paid(online, customer_id=without)) == []
    online.app.settings.save_mail(MailSettings(), None)
    assert mails(online, paid(online)) == []
    assert postbox.messages == []
    online.check()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Payment received"), ("de", "Zahlungseingang"), ("fr", "Paiement reçu")],
)
def test_it_is_written_in_the_language_of_the_invoice(language: str, words: str) -> None:
    subject, body = receipt_templates(language, "DE")
    assert subject.startswith(words)
    assert "{pay_link}" not in body
    assert "{number}" in body
