"""Messages, addresses and mail settings: what a mail program on the other side reads."""

from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.gateways.mail.message import Attachment, Mailbox, build_message, draft_eml
from billdesk.core.gateways.mail.settings import SmtpSettings


def made(**changed):
    given = {
        "sender": Mailbox("Studio Nord", "billing@studio-nord.example"),
        "to": [Mailbox("Anna Lärm", "anna@example.com")],
        "subject": "Rechnung 2026-0042 über 1.190,00 €",
        "text": "Guten Tag,\nanbei die Rechnung über 1.190,00 €.\n",
        "html": "<p>Guten Tag, 1.190,00&nbsp;€</p>",
        "attachments": [Attachment("Rechnung 2026-0042.pdf", b"%PDF-1.7\x00\xff")],
        "message_id": "<0a1b@studio-nord.example>",
        "sent_at": datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    }
    return build_message(**{**given, **changed})


def read(raw):
    return BytesParser(policy=policy.default).parsebytes(raw)


def test_text_html_and_pdf_come_out_as_they_went_in():
    parsed = read(made().as_bytes())
    assert parsed.get_content_type() == "multipart/mixed"
    assert parsed["Subject"] == "Rechnung 2026-0042 über 1.190,00 €"
    assert str(parsed["From"]) == "Studio Nord <billing@studio-nord.example>"
    assert parsed["To"].addresses[0].display_name == "Anna Lärm"
    assert parsed["Date"].datetime == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert parsed["Message-ID"] == "<0a1b@studio-nord.example>"
    assert "1.190,00 €" in parsed.get_body(("plain",)).get_content()
    assert "1.190,00&nbsp;€" in parsed.get_body(("html",)).get_content()
    (pdf,) = parsed.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_filename() == "Rechnung 2026-0042.pdf"
    assert pdf.get_content() == b"%PDF-1.7\x00\xff"


def test_the_bytes_are_seven_bit_with_network_line_ends():
    raw = made().as_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_no_text_can_add_a_header():
    parsed = read(
        made(
            subject="Invoice\r\nBcc: thief@example.com",
            to=[Mailbox("Anna\nBcc: thief@example.com", "anna@example.com")],
            sender=Mailbox("Nord\r\n\r\nhello", "billing@studio-nord.example"),
            attachments=[Attachment("a\r\nX-Odd: 1/../b.pdf", b"x")],
        ).as_bytes()
    )
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "Invoice Bcc: thief@example.com"
    assert [one.addr_spec for one in parsed["To"].addresses] == ["anna@example.com"]
    (attached,) = parsed.iter_attachments()
    assert attached["X-Odd"] is None
    assert attached.get_filename() == "a X-Odd: 1-..-b.pdf"


@pytest.mark.parametrize(
    "hidden",
    [
        "=?utf-8?q?x=0D=0ABcc=3A_thief=40example.com=0D=0A=0D=0ABody?=",
        "=?utf-8?b?eA0K?= =?utf-8?b?QmNjOiB0aGllZkBleGFtcGxlLmNvbQ==?=",
        "=\x00?us-ascii?q?=0ABcc=3A_thief=40example.com?=",
    ],
)
def test_an_encoded_word_is_not_decoded_into_a_header(hidden):
    message = made(
        subject=hidden,
        sender=Mailbox(hidden, "billing@studio-nord.example"),
        to=[Mailbox(hidden, "anna@example.com")],
        attachments=[Attachment(f"{hidden}.pdf", b"%PDF")],
    )
    raw = message.as_bytes()
    assert b"\nbcc" not in raw.lower()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    parsed = read(raw)
    assert parsed.keys() == made().keys()
    assert [one.addr_spec for one in message["To"].addresses] == ["anna@example.com"]
    assert [one.addr_spec for one in parsed["To"].addresses] == ["anna@example.com"]


def test_a_very_long_name_keeps_the_lines_short():
    name = "W" * 5000
    raw = made(
        sender=Mailbox(name, "billing@studio-nord.example"), to=[Mailbox(name, "anna@example.com")]
    ).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_name_with_a_comma_stays_one_mailbox():
    parsed = read(made(to=[Mailbox('Müller, "Max" <x@y.z>', "max@example.com")]).as_bytes())
    (one,) = parsed["To"].addresses
    assert (one.display_name, one.addr_spec) == ('Müller, "Max" <x@y.z>', "max@example.com")


def test_answers_can_go_elsewhere():
    parsed = read(made(reply_to="office@studio-nord.example").as_bytes())
    assert parsed["Reply-To"] == "office@studio-nord.example"
    assert read(made().as_bytes())["Reply-To"] is None


def test_text_alone_is_a_plain_message():
    parsed = read(made(html=None, attachments=[]).as_bytes())
    assert parsed.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "changed",
    [
        {"message_id": "0a1b@studio-nord.example"},
        {"message_id": "<0a1b@x>\r\nBcc: thief@example.com"},
        {"sent_at": datetime(2026, 11, 24, 10, 0)},  # noqa: DTZ001 - the very thing refused
        {"to": []},
    ],
)
def test_what_only_a_bug_can_pass_is_refused(changed):
    with pytest.raises(ValueError, match=r"looks like|time zone|recipient"):
        made(**changed)


def test_a_bad_recipient_is_named_by_field():
    with pytest.raises(UserError) as caught:
        made(to=[Mailbox("Anna", "anna at example.com")])
    assert caught.value.field == "to"


def test_a_draft_opens_for_editing():
    original = made()
    parsed = read(draft_eml(original))
    assert parsed["X-Unsent"] == "1"
    assert parsed["Message-ID"] is None
    assert parsed["Date"] is None
    assert parsed["Subject"] == original["Subject"]
    assert len(list(parsed.iter_attachments())) == 1
    assert original["Message-ID"] == "<0a1b@studio-nord.example>"


def test_a_draft_keeps_letters_before_the_at():
    raw = draft_eml(made(to=[Mailbox("Jörg", "jörg@example.com")]))
    assert "jörg@example.com".encode() in raw


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.com", "anna@example.com"),
        ("  anna.l+x@EXAMPLE.com ", "anna.l+x@example.com"),
        ("info@müller.de", "info@xn--mller-kva.de"),
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_keep_their_meaning(typed, kept):
    assert check_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "anna b@example.com",
        "anna@@example.com",
        "anna@example.com, bob@example.com",
        "<anna@example.com>",
        "anna@example.com\r\nBcc: x@example.com",
        ".anna@example.com",
        "anna@-example.com",
        "anna@exa mple.com",
        "anna@example..com",
        "a" * 65 + "@example.com",
        "anna@" + "example." * 40 + "com",
        "=?utf-8?q?a=0D=0ABcc=3A_x=40y.z?=@example.com",
    ],
)
def test_slips_in_an_address_are_caught(typed):
    with pytest.raises(UserError) as caught:
        check_address(typed, "email")
    assert caught.value.field == "email"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", ""),
        ("host", "https://mail.example.com"),
        ("host", "mail example.com"),
        ("port", 0),
        ("port", 70000),
        ("security", MailSecurity.NONE),
        ("user", "nord\r\nQUIT"),
        ("from_address", "billing"),
        ("reply_to", "office"),
    ],
)
def test_settings_name_the_field_that_is_wrong(field, value):
    good = {
        "host": "mail.example.com",
        "port": 587,
        "security": MailSecurity.STARTTLS,
        "user": "nord",
        "from_address": "billing@studio-nord.example",
        "reply_to": "",
    }
    SmtpSettings(**good)
    with pytest.raises(UserError) as caught:
        SmtpSettings(**{**good, field: value})
    assert caught.value.field == field


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_without_encryption_only_this_computer(host):
    SmtpSettings(
        host=host, port=1025, security=MailSecurity.NONE, from_address="a@studio-nord.example"
    )
