"""The mail catcher, through the standard library's SMTP client."""

import smtplib
import ssl
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from billdesk.sandbox import MailCatcher


def message(subject: str = "Invoice 2026-0042") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Lindqvist & Søn <billing@example.com>"
    mail["To"] = "Anna <anna@example.com>"
    mail["Subject"] = subject
    mail.set_content("Grüße, your invoice is attached.")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="inv.pdf")
    return mail


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def connect(catcher: MailCatcher) -> smtplib.SMTP:
    return smtplib.SMTP(catcher.host, catcher.port, timeout=10)


def test_a_message_is_kept_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "caught"
    with MailCatcher(folder=folder) as catcher:
        with connect(catcher) as client:
            client.send_message(message())
            client.send_message(message("Reminder"), to_addrs=["a@example.com", "b@example.com"])
        first, second = catcher.wait_for(2)
    assert first.envelope_from == "billing@example.com"
    assert first.recipients == ("anna@example.com",)
    assert second.recipients == ("a@example.com", "b@example.com")
    assert first.parsed["Subject"] == "Invoice 2026-0042"
    attachment = next(first.parsed.iter_attachments())
    assert (attachment.get_filename(), attachment.get_content()) == ("inv.pdf", b"%PDF-1.7")
    files = sorted(folder.glob("*.eml"))
    assert {file.read_bytes() for file in files} == {first.raw, second.raw}


def test_starttls_is_required_before_mail(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with (
        MailCatcher(ssl_context=server_tls, starttls=True) as catcher,
        connect(catcher) as client,
    ):
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(message())
        client.starttls(context=client_tls)
        client.send_message(message())
        assert len(catcher.wait_for(1)) == 1


def test_implicit_tls(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with (
        MailCatcher(ssl_context=server_tls, implicit_tls=True) as catcher,
        smtplib.SMTP_SSL(catcher.host, catcher.port, timeout=10, context=client_tls) as client,
    ):
        client.send_message(message())
        assert len(catcher.wait_for(1)) == 1


@pytest.mark.parametrize("secure", [True, False], ids=["starttls", "plain"])
def test_a_login_is_required_and_checked(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, secure: bool
) -> None:
    with (
        MailCatcher(
            ssl_context=server_tls if secure else None,
            starttls=secure,
            user="billing",
            password="opensesame",
        ) as catcher,
        connect(catcher) as client,
    ):
        if secure:
            client.starttls(context=client_tls)
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.send_message(message())
        assert refused.value.smtp_code == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("billing", "wrong")
        client.login("billing", "opensesame")
        client.send_message(message())
        assert len(catcher.wait_for(1)) == 1


def test_recipients_can_be_refused() -> None:
    with MailCatcher() as catcher, connect(catcher) as client:
        catcher.refuse_recipient("gone@example.com")
        catcher.refuse_recipient(lambda address: address.endswith(".invalid"), "451 Later")
        refused = client.send_message(
            message(), to_addrs=["anna@example.com", "gone@example.com", "x@mail.invalid"]
        )
        assert {address: code for address, (code, _) in refused.items()} == {
            "gone@example.com": 550,
            "x@mail.invalid": 451,
        }
        assert catcher.wait_for(1)[0].recipients == ("anna@example.com",)
        catcher.accept_all()
        assert client.send_message(message(), to_addrs=["gone@example.com"]) == {}


@pytest.mark.parametrize("reply", ["451 4.3.0 Try later", "554 5.6.0 Refused"])
def test_a_message_can_be_refused_once(reply: str) -> None:
    with MailCatcher() as catcher, connect(catcher) as client:
        catcher.refuse_data(reply)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.send_message(message())
        assert refused.value.smtp_code == int(reply[:3])
        assert catcher.messages == []
        client.send_message(message())
        assert len(catcher.wait_for(1)) == 1


@pytest.mark.parametrize(("when", "kept"), [("before_data", 0), ("after_data", 1)])
def test_a_connection_can_be_cut(when: str, kept: int) -> None:
    with MailCatcher() as catcher:
        catcher.drop_connection(when)  # type: ignore[arg-type] # one of the two literals
        client = connect(catcher)
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            client.send_message(message())
        client.close()
        assert len(catcher.messages) == kept
        with connect(catcher) as again:
            again.send_message(message())
        assert len(catcher.wait_for(kept + 1)) == kept + 1


def test_waiting_for_mail_that_does_not_come_ends() -> None:
    with MailCatcher() as catcher, pytest.raises(TimeoutError, match="0 of 1"):
        catcher.wait_for(1, timeout=0.05)


def test_stopping_ends_the_thread_though_a_client_is_still_connected() -> None:
    before = set(threading.enumerate())
    catcher = MailCatcher()
    catcher.start()
    client = connect(catcher)
    client.ehlo()
    catcher.stop()
    catcher.stop()
    client.close()
    assert set(threading.enumerate()) == before


def test_contradicting_options_are_refused(server_tls: ssl.SSLContext) -> None:
    with pytest.raises(ValueError, match="TLS needs"):
        MailCatcher(starttls=True)
    with pytest.raises(ValueError, match="TLS needs"):
        MailCatcher(ssl_context=server_tls, starttls=True, implicit_tls=True)
    with pytest.raises(ValueError, match="both user and password"):
        MailCatcher(user="billing")
