"""Mails through a real server on loopback: once, in order, and never twice by themselves."""

import email
from collections.abc import Callable

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.settings import MailSettings
from billdesk.core.services.mail import MailDraft
from billdesk.sandbox import Fault, MailCatcher


def send(shop: Shop, document_id: int, *, delay_s: int = 0, **changes: str) -> int:
    """Queue the suggested mail."""
    draft = shop.app.mail.draft_for(document_id)
    fields = {"recipient": draft.recipient, "subject": draft.subject, "body": draft.body}
    return shop.app.mail.send(document_id, MailDraft(**fields | changes), delay_s=delay_s)


def mail(shop: Shop) -> tuple[str, str]:
    row = shop.one("SELECT state, error FROM mail ORDER BY id DESC LIMIT 1")
    return row.state, row.error


def test_a_mail_says_what_it_is_about(online: Shop, postbox: MailCatcher) -> None:
    issued = online.issued("100")
    mail_id = send(online, issued.document_id, subject="Invoice {number}", body="Dear {customer}")
    online.work()
    (sent,) = postbox.messages
    assert sent.envelope_from == "billing@lang.example"
    assert sent.parsed["Subject"] == "Invoice INV-00001"
    row = online.one("SELECT * FROM mail WHERE id = :id", id=mail_id)
    assert sent.parsed["Message-ID"] == row.message_id
    assert row.state == "accepted"
    assert row.reply.startswith("250")
    assert online.state(issued.document_id) is DocumentState.SENT
    assert online.audit()[-1] == "mail.accepted"
    online.check()


def test_undo_withdraws_a_mail_until_it_leaves(online: Shop, postbox: MailCatcher) -> None:
    issued = online.issued("100")
    mail_id = send(online, issued.document_id, delay_s=10)
    online.work()
    assert online.app.mail.cancel(mail_id) is True
    assert online.app.mail.cancel(mail_id) is False
    online.pass_time(minutes=1)
    online.work()
    assert postbox.messages == []
    assert mail(online) == ("cancelled", "")
    assert online.state(issued.document_id) is DocumentState.ISSUED
    again = send(online, issued.document_id)
    online.work()
    assert online.app.mail.cancel(again) is False
    assert len(postbox.messages) == 1


def test_void_withdraws_what_still_waits(online: Shop, postbox: MailCatcher) -> None:
    issued = online.issued("100")
    send(online, issued.document_id, delay_s=10)
    online.app.invoices.void(issued.document_id, "Mistake")
    online.pass_time(minutes=1)
    online.work()
    assert postbox.messages == []
    assert mail(online) == ("cancelled", "")


def test_the_mail_waits_for_the_pdf_and_the_pdf_for_the_link(
    online: Shop, postbox: MailCatcher
) -> None:
    online.sandbox.fail_next(Fault("POST", r"/v1/payment_links$", status=503, times=2))
    issued = online.issued("100", online_payment=True)
    send(online, issued.document_id)
    online.work()
    assert postbox.messages == []
    assert online.rows("SELECT * FROM rendition") == []
    online.pass_time(minutes=6)
    online.work()
    (sent,) = postbox.messages
    (link,) = online.links(issued.document_id)
    assert link.url in sent.parsed.get_body(("plain",)).get_content()


def test_a_mail_goes_without_a_link_once_the_owner_gives_the_link_up(
    online: Shop, postbox: MailCatcher
) -> None:
    online.sandbox.fail_next(Fault("POST", r"/v1/payment_links$", status=400))
    issued = online.issued("100", online_payment=True)
    send(online, issued.document_id)
    online.work()
    assert postbox.messages == []
    online.app.links.continue_without(issued.document_id)
    online.work()
    (sent,) = postbox.messages
    assert "buy.stripe" not in sent.parsed.get_body(("plain",)).get_content()


def test_a_partial_payment_before_sending_mails_the_link_over_the_rest(
    online: Shop, postbox: MailCatcher
) -> None:
    issued = online.issued("100", online_payment=True)
    send(online, issued.document_id, delay_s=10)
    online.receive(issued.document_id, 4_000)
    online.pass_time(seconds=20)
    online.work()
    (sent,) = postbox.messages
    second = online.links(issued.document_id)[1]
    assert (second.state, second.amount_minor) == ("active", 6_000)
    assert second.url in sent.parsed.get_body(("plain",)).get_content()


def test_a_refused_recipient_is_told_and_not_tried_again(
    online: Shop, postbox: MailCatcher
) -> None:
    postbox.refuse_recipient("accounts@nordlicht.example")
    issued = online.issued("100")
    mail_id = send(online, issued.document_id)
    online.work()
    state, error = mail(online)
    assert state == "failed"
    assert "accounts@nordlicht.example" in error or "550" in error
    assert online.state(issued.document_id) is DocumentState.ISSUED
    online.pass_time(hours=1)
    assert online.work() == 0
    postbox.accept_all()
    online.app.mail.send_again(mail_id)
    online.pass_time(seconds=20)
    online.work()
    assert len(postbox.messages) == 1
    assert online.state(issued.document_id) is DocumentState.SENT


def test_a_server_that_is_busy_is_tried_again(online: Shop, postbox: MailCatcher) -> None:
    postbox.refuse_data("451 4.3.0 Try later", times=2)
    issued = online.issued("100")
    send(online, issued.document_id)
    online.work()
    state, error = mail(online)
    assert state == "queued"
    assert error != ""
    for _ in range(3):
        online.pass_time(minutes=6)
        online.work()
    assert mail(online) == ("accepted", "")
    assert len(postbox.messages) == 1


def test_a_server_that_never_takes_it_is_given_up(online: Shop, postbox: MailCatcher) -> None:
    postbox.refuse_data("451 4.3.0 Try later", times=99)
    issued = online.issued("100")
    send(online, issued.document_id)
    for _ in range(14):
        online.work()
        online.pass_time(minutes=6)
    assert mail(online)[0] == "failed"
    assert online.work() == 0


def test_a_connection_cut_before_the_text_is_tried_again(
    online: Shop, postbox: MailCatcher
) -> None:
    postbox.drop_connection("before_data")
    issued = online.issued("100")
    send(online, issued.document_id)
    online.settle_down()
    assert mail(online)[0] in ("accepted", "unknown")
    if mail(online)[0] == "accepted":
        assert len(postbox.messages) == 1


def test_a_connection_cut_after_the_text_is_a_question_never_a_second_mail(
    online: Shop, postbox: MailCatcher
) -> None:
    postbox.drop_connection("after_data")
    issued = online.issued("100")
    mail_id = send(online, issued.document_id)
    online.settle_down()
    state, error = mail(online)
    assert state == "unknown"
    assert "may have been sent" in error
    assert len(postbox.messages) <= 1
    online.pass_time(days=1)
    assert online.work() == 0
    online.app.mail.send_again(mail_id)
    online.settle_down()
    assert mail(online) == ("accepted", "")


def test_a_server_that_is_not_there_is_waited_for(online: Shop, postbox: MailCatcher) -> None:
    issued = online.issued("100")
    send(online, issued.document_id)
    postbox.stop()
    online.work()
    assert mail(online)[0] == "queued"
    postbox.start()
    online.pass_time(minutes=6)
    online.work()
    assert mail(online) == ("accepted", "")


def test_a_pdf_that_is_gone_fails_the_mail_in_plain_words(online: Shop) -> None:
    issued = online.issued("100")
    online.work()
    online.books.paths.archive.unlink()
    send(online, issued.document_id)
    online.work()
    state, error = mail(online)
    assert state == "failed"
    assert error != ""
    assert online.rows("SELECT * FROM outbox WHERE state = 'working'") == []


def test_a_mail_half_handed_over_by_a_program_that_died_is_a_question(
    online: Shop, postbox: MailCatcher
) -> None:
    issued = online.issued("100")
    send(online, issued.document_id)
    online.work()
    online.falsify(
        "UPDATE outbox SET state = 'working', done_at = NULL, lease_until_at = :until "
        "WHERE kind = 'send_mail'",
        until="2026-11-24 11:00:00.000000",
    )
    online.falsify("UPDATE mail SET state = 'sending'")
    online.work()
    assert mail(online)[0] == "unknown"
    assert len(postbox.messages) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": "nobody"}, "recipient"),
        ({"subject": "{no_such_word}"}, "mail_subject"),
        ({"body": "{no_such_word}"}, "mail_body"),
    ],
)
def test_a_mail_that_cannot_be_is_refused_at_once(
    online: Shop, changes: dict[str, str], field: str
) -> None:
    issued = online.issued("100")
    with pytest.raises(UserError) as refusal:
        send(online, issued.document_id, **changes)
    assert refusal.value.field == field
    assert online.rows("SELECT * FROM mail") == []


def test_only_an_issued_invoice_is_sent_and_only_with_a_server(
    online: Shop, open_shop: Callable[..., Shop]
) -> None:
    saved = online.app.invoices.create(online.draft())
    with pytest.raises(NotAllowed, match="Issue the invoice first"):
        send(online, saved.document_id)
    offline = open_shop("No mail server")
    with pytest.raises(NotAllowed, match="mail server"):
        send(offline, offline.issued("100").document_id)


def test_without_a_server_the_mail_is_a_file_for_another_program(shop: Shop) -> None:
    issued = shop.issued("100")
    draft = shop.app.mail.draft_for(issued.document_id)
    with pytest.raises(NotAllowed, match="PDF"):
        shop.app.mail.eml(issued.document_id, draft)
    shop.work()
    message = email.message_from_bytes(shop.app.mail.eml(issued.document_id, draft))
    assert message["X-Unsent"] == "1"
    assert "hello@lang.example" in message["From"]
    assert message["Message-ID"] is None
    (pdf,) = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    assert pdf.get_payload(decode=True) == shop.app.queries.pdf(issued.document_id)
    assert shop.state(issued.document_id) is DocumentState.ISSUED, "nobody knows whether it is sent"


def test_a_test_mail_gives_the_servers_answer(online: Shop, postbox: MailCatcher) -> None:
    assert online.app.mail.send_test("me@lang.example").startswith("250")
    assert postbox.messages[0].recipients == ("me@lang.example",)
    postbox.refuse_recipient("you@lang.example")
    with pytest.raises(UserError):
        online.app.mail.send_test("you@lang.example")


def test_a_test_mail_needs_a_server(shop: Shop) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.mail.send_test("me@lang.example")
    assert refusal.value.field == "host"


def test_the_password_is_kept_when_it_is_not_typed_again(online: Shop) -> None:
    settings = MailSettings("127.0.0.1", 25, user="me", from_address="me@lang.example")
    online.app.settings.save_mail(settings, "secret")
    online.app.settings.save_mail(settings, None)
    key = ("BillDesk/mail", online.app.company_uid)
    assert online.books.secrets.get(*key) == "secret"
    stored = online.rows("SELECT body FROM setting") + online.rows("SELECT body FROM audit_detail")
    assert not any("secret" in row.body for row in stored)
