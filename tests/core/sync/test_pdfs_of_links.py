"""Which payment link the PDF of an invoice shows, and that a link that is off is on none."""

import hashlib
from typing import Any

import pypdfium2 as pdfium
import pytest
from books import Shop

from billdesk.core.documents.mail_text import default_templates
from billdesk.core.services.mail import MailDraft
from billdesk.sandbox import MailCatcher


@pytest.fixture
def online(near: Shop) -> Shop:
    return near


def text_of(data: bytes | None) -> str:
    document = pdfium.PdfDocument(data)
    try:
        text: str = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return " ".join(text.split())


def stored(shop: Shop, document_id: int) -> str:
    return text_of(shop.app.queries.pdf(document_id))


def shown(shop: Shop, document_id: int) -> str:
    return text_of(shop.app.previews.document(document_id))


def kinds(shop: Shop, document_id: int) -> list[Any]:
    rows = shop.rows("SELECT kind FROM rendition WHERE document_id = :d ORDER BY id", d=document_id)
    return [row.kind for row in rows]


def test_a_link_that_was_switched_off_is_on_no_pdf(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    assert "Pay online" in stored(online, document_id)
    original = online.app.queries.pdf(document_id)
    online.app.links.switch_off(document_id)
    # The preview knows at once, the stored one follows.
    assert "Pay online" not in shown(online, document_id)
    online.work()
    assert kinds(online, document_id) == ["original", "no_link_1"]
    assert "Pay online" not in stored(online, document_id)
    online.app.links.request(document_id, 4_000)
    online.work()
    assert kinds(online, document_id) == ["original", "no_link_1", "link_rev_2"]
    assert "Pay €40.00 online of €100.00" in stored(online, document_id)
    assert "Pay €40.00 online of €100.00" in shown(online, document_id)
    # What was archived first is untouched.
    first = online.one("SELECT sha256 FROM rendition WHERE kind = 'original'").sha256
    assert hashlib.sha256(original or b"").hexdigest() == first
    online.check()


def test_while_the_next_link_is_made_the_old_one_is_not_shown(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    online.app.links.request(document_id, 4_000)
    assert "online" not in shown(online, document_id)


def test_a_link_asked_for_after_the_original_gets_a_pdf_of_its_own(online: Shop) -> None:
    document_id = online.issued("100").document_id
    online.work()
    assert "Pay online" not in stored(online, document_id)
    online.app.links.request(document_id)
    online.work()
    assert kinds(online, document_id) == ["original", "link_rev_1"]
    assert "Pay online" in stored(online, document_id)


def test_a_mail_never_carries_a_link_that_is_off(online: Shop, postbox: MailCatcher) -> None:
    online.set_up_mail(postbox)
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    subject, body = default_templates("en", "DE")
    online.app.mail.send(document_id, MailDraft("a@b.example", subject, body))
    online.app.links.switch_off(document_id)
    # The mail's own turn comes before the PDF without the link is drawn.
    online.app.links.request(document_id)
    online.app.links.switch_off(document_id)
    online.pass_time(seconds=30)
    online.work()
    (mail,) = postbox.messages
    (pdf,) = list(mail.parsed.iter_attachments())
    assert "Pay online" not in text_of(pdf.get_payload(decode=True))
    assert "http" not in mail.parsed.get_body(("plain",)).get_content()
    online.check()


def test_a_mail_whose_turn_comes_too_early_waits_for_the_true_pdf(
    online: Shop, postbox: MailCatcher
) -> None:
    online.set_up_mail(postbox)
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    subject, body = default_templates("en", "DE")
    online.app.mail.send(document_id, MailDraft("a@b.example", subject, body))
    stripe_id = online.links(document_id)[-1].stripe_id
    online.at_stripe("link", link=stripe_id, active=False)
    online.poll()
    # As if the PDF without the link had been lost with an older copy of the books.
    online.falsify("DELETE FROM outbox WHERE kind = 'render' AND state = 'queued'")
    online.pass_time(seconds=30)
    online.work()
    (mail,) = postbox.messages
    (pdf,) = list(mail.parsed.iter_attachments())
    assert "Pay online" not in text_of(pdf.get_payload(decode=True))
