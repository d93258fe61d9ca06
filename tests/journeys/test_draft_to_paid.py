"""The main journey: a draft becomes a paid invoice through real parts on loopback."""

from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import MailCatcher, SandboxLinkInactive


def test_an_invoice_goes_from_draft_to_paid(online: Shop, postbox: MailCatcher) -> None:
    app = online.app
    vat = online.rates()[0]
    saved = app.invoices.create(
        online.draft(lines=(line("3600", tax_rate_ids=(vat,)),), online_payment=True)
    )
    assert online.state(saved.document_id) is DocumentState.DRAFT

    issued = app.invoices.issue(saved.document_id, saved.version)
    assert (issued.number, issued.total_minor, issued.currency) == ("INV-00001", 428_400, "EUR")
    mail = app.mail.draft_for(issued.document_id)
    assert mail.recipient == "accounts@nordlicht.example"
    app.mail.send(issued.document_id, mail)
    online.work()
    assert postbox.messages == [], "nothing leaves before the time for Undo is over"
    online.pass_time(seconds=11)
    online.work()

    (link,) = online.links(issued.document_id)
    assert (link.state, link.amount_minor, link.revision) == ("active", 428_400, 1)
    (sent,) = postbox.messages
    assert sent.recipients == ("accounts@nordlicht.example",)
    assert link.url in sent.parsed.get_body(("plain",)).get_content()
    (attached,) = sent.parsed.iter_attachments()
    assert attached.get_content() == app.queries.pdf(issued.document_id)
    assert attached.get_filename() == "INV-00001.pdf"
    assert online.state(issued.document_id) is DocumentState.SENT

    online.sandbox.pay(link.url)
    online.poll()
    assert online.state(issued.document_id) is DocumentState.PAID
    payment = online.one("SELECT * FROM payment")
    assert (payment.method, payment.state, payment.amount_minor) == ("stripe", "succeeded", 428_400)
    assert payment.fee_state == "pending"

    online.pass_time(minutes=2)
    online.poll()
    online.work()
    payment = online.one("SELECT * FROM payment")
    assert payment.fee_state == "final"
    assert payment.net_minor == 428_400 - payment.fee_minor > 0
    assert online.balances() == {
        "1160": payment.net_minor,
        "5100": payment.fee_minor,
        "4000": -360_000,
        "2200": -68_400,
    }
    kinds = [row.kind for row in online.rows("SELECT kind FROM rendition ORDER BY id")]
    assert kinds == ["original", "paid_copy"]
    assert online.links(issued.document_id)[0].state == "closed"
    (at_stripe,) = online.sandbox.state()["payment_links"]
    assert at_stripe["active"] is False
    with pytest.raises(SandboxLinkInactive):
        online.sandbox.pay(link.url)
    assert app.queries.document(issued.document_id).paid_minor == 428_400
    online.check()
    assert Decimal(payment.exchange_rate) == 1
