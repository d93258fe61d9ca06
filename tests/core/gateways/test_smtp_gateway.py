"""The SMTP gateway against real mail servers on the loopback, with real TLS."""

import base64
import logging
import socket
import ssl
import threading
from datetime import UTC, datetime

import pytest
import trustme
from scripted_server import ScriptedServer

from billdesk.core.domain.errors import TemporaryError, UserError
from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.message import Attachment, Mailbox, build_message
from billdesk.core.gateways.mail.port import MailOutcomeUnknown, MailRefused, MailTemporary
from billdesk.core.gateways.mail.settings import SmtpSettings
from billdesk.core.gateways.mail.smtp import SmtpGateway
from billdesk.sandbox import MailCatcher

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def server_tls(authority, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def message(to="anna@example.com", subject="Invoice 2026-0042", **changed):
    return build_message(
        sender=Mailbox("Studio Nord", "billing@studio-nord.example"),
        to=[Mailbox("Anna", to)] if isinstance(to, str) else to,
        subject=subject,
        text="Please find the invoice attached.",
        html="<p>Please find the invoice attached.</p>",
        attachments=[Attachment("2026-0042.pdf", b"%PDF-1.7 not really")],
        message_id="<0a1b@studio-nord.example>",
        sent_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
        **changed,
    )


def gateway_to(
    port, *, security=MailSecurity.NONE, host="127.0.0.1", user="", password="", tls=None, wait=10.0
):
    settings = SmtpSettings(
        host=host,
        port=port,
        security=security,
        user=user,
        from_address="billing@studio-nord.example",
    )
    return SmtpGateway(settings, password, timeout_s=wait, tls=tls)


# The mail server's library cannot see that the connection was encrypted before it began.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_a_message_arrives_whole_over_verified_tls_with_a_login(authority, trusting, security):
    with MailCatcher(
        ssl_context=server_tls(authority, "localhost"),
        starttls=security is MailSecurity.STARTTLS,
        implicit_tls=security is MailSecurity.TLS,
        user="nord",
        password=PASSWORD,
    ) as catcher:
        gateway = gateway_to(
            catcher.port,
            security=security,
            host="localhost",
            user="nord",
            password=PASSWORD,
            tls=trusting,
        )
        accepted = gateway.send(message())
        (caught,) = catcher.wait_for(1)
    assert accepted.reply.startswith("250 ")
    assert caught.envelope_from == "billing@studio-nord.example"
    assert caught.recipients == ("anna@example.com",)
    assert caught.parsed["Message-ID"] == "<0a1b@studio-nord.example>"
    (attached,) = caught.parsed.iter_attachments()
    assert attached.get_content() == b"%PDF-1.7 not really"


def test_a_password_with_any_letters_logs_in(authority, trusting):
    with MailCatcher(
        ssl_context=server_tls(authority, "localhost"),
        starttls=True,
        user="jörg",
        password="Grüße€",
    ) as catcher:
        options = {
            "security": MailSecurity.STARTTLS,
            "host": "localhost",
            "user": "jörg",
            "tls": trusting,
        }
        gateway_to(catcher.port, password="Grüße€", **options).send(message())
        with pytest.raises(MailRefused, match="password") as caught:
            gateway_to(catcher.port, password="Grüsse€", **options).send(message())
    assert "Grüsse" not in str(caught.value) + caught.value.reply


@pytest.mark.parametrize("starttls", [True, False])
def test_a_certificate_for_another_name_is_refused(authority, trusting, starttls):
    with MailCatcher(
        ssl_context=server_tls(authority, "mail.other.example"),
        starttls=starttls,
        implicit_tls=not starttls,
    ) as catcher:
        security = MailSecurity.STARTTLS if starttls else MailSecurity.TLS
        gateway = gateway_to(catcher.port, security=security, host="localhost", tls=trusting)
        with pytest.raises(MailRefused, match="certificate") as caught:
            gateway.send(message())
    assert caught.value.field == "host"
    assert catcher.messages == []


@pytest.mark.parametrize("starttls", [True, False])
def test_a_certificate_nobody_vouches_for_is_refused_by_default(authority, starttls):
    with MailCatcher(
        ssl_context=server_tls(authority, "localhost"),
        starttls=starttls,
        implicit_tls=not starttls,
    ) as catcher:
        security = MailSecurity.STARTTLS if starttls else MailSecurity.TLS
        with pytest.raises(MailRefused, match="certificate"):
            gateway_to(catcher.port, security=security, host="localhost").send(message())
    assert catcher.messages == []


def test_a_server_with_starttls_stripped_gets_neither_password_nor_mail(trusting):
    with MailCatcher() as catcher:
        gateway = gateway_to(
            catcher.port,
            security=MailSecurity.STARTTLS,
            host="localhost",
            user="nord",
            password=PASSWORD,
            tls=trusting,
        )
        with pytest.raises(MailRefused, match="no encryption") as caught:
            gateway.send(message())
    assert caught.value.field == "security"
    assert catcher.messages == []


def test_tls_on_a_starttls_port_is_explained(trusting):
    with MailCatcher() as catcher:
        gateway = gateway_to(
            catcher.port, security=MailSecurity.TLS, host="localhost", tls=trusting
        )
        with pytest.raises(MailRefused, match="STARTTLS"):
            gateway.send(message())


def test_a_context_that_verifies_nothing_is_not_taken():
    careless = ssl.create_default_context()
    careless.check_hostname = False
    with pytest.raises(ValueError, match="verify"):
        gateway_to(25, tls=careless)


def test_a_wrong_password_is_named_and_not_shown(authority, trusting, caplog):
    caplog.set_level(logging.DEBUG)
    with MailCatcher(
        ssl_context=server_tls(authority, "localhost"),
        starttls=True,
        user="nord",
        password=PASSWORD,
    ) as catcher:
        gateway = gateway_to(
            catcher.port,
            security=MailSecurity.STARTTLS,
            host="localhost",
            user="nord",
            password="hunter2hunter2",
            tls=trusting,
        )
        with pytest.raises(MailRefused, match="user name or password") as caught:
            gateway.send(message())
    assert caught.value.field == "password"
    assert caught.value.reply.startswith("535")
    said = f"{caught.value} {caught.value!r} {vars(caught.value)} {gateway!r} {caplog.text}"
    assert "hunter2" not in said


def test_a_login_the_server_does_not_offer_is_explained():
    with (
        ScriptedServer([smtp_until(b"QUIT")]) as server,
        pytest.raises(MailRefused, match="no login") as caught,
    ):
        gateway_to(server.port, user="nord", password=PASSWORD).send(message())
    assert caught.value.field == "user"


def test_a_login_by_browser_only_is_explained():
    def act(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        connection.recv(1000)
        connection.sendall(b"250-scripted\r\n250 AUTH XOAUTH2\r\n")
        connection.recv(1000)

    with ScriptedServer([act]) as server, pytest.raises(MailRefused, match="browser"):
        gateway_to(server.port, user="nord", password=PASSWORD).send(message())


def test_names_with_commas_and_quotes_do_not_change_who_gets_it():
    several = [
        Mailbox('Müller, "Max" <thief@example.com>', "max@example.com"),
        Mailbox("Nord, Studio", "office@example.com"),
    ]
    with MailCatcher() as catcher:
        gateway_to(catcher.port).send(message(to=several))
        (caught,) = catcher.wait_for(1)
    assert caught.recipients == ("max@example.com", "office@example.com")


def test_a_refused_recipient_stops_the_whole_message():
    with MailCatcher() as catcher:
        catcher.refuse_recipient("gone@example.com", "550 5.1.1 No such user here")
        both = [Mailbox("Anna", "anna@example.com"), Mailbox("", "gone@example.com")]
        with pytest.raises(MailRefused, match=r"gone@example\.com") as caught:
            gateway_to(catcher.port).send(message(to=both))
    assert caught.value.reply == "550 5.1.1 No such user here"
    assert isinstance(caught.value, UserError)
    assert catcher.messages == []


def test_a_greylisting_server_is_tried_again_later():
    with MailCatcher() as catcher:
        catcher.refuse_recipient("anna@example.com", "450 4.7.1 Greylisted")
        with pytest.raises(MailTemporary, match="later") as caught:
            gateway_to(catcher.port).send(message())
        assert isinstance(caught.value, TemporaryError)
        assert caught.value.reply == "450 4.7.1 Greylisted"
        catcher.accept_all()
        gateway_to(catcher.port).send(message())
        assert len(catcher.wait_for(1)) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [("554 5.6.0 Looks like spam", MailRefused), ("452 4.2.2 Mailbox full", MailTemporary)],
)
def test_a_refusal_of_the_content_is_final_or_not_as_the_server_says(reply, expected):
    with MailCatcher() as catcher:
        catcher.refuse_data(reply)
        with pytest.raises(expected) as caught:
            gateway_to(catcher.port).send(message())
    assert caught.value.reply == reply


def test_a_connection_lost_after_the_message_was_taken_may_have_sent_it():
    with MailCatcher() as catcher:
        catcher.drop_connection("after_data")
        with pytest.raises(MailOutcomeUnknown, match="may have been sent"):
            gateway_to(catcher.port).send(message())
        assert len(catcher.wait_for(1)) == 1


def test_a_connection_lost_while_handing_over_is_not_known_either():
    with MailCatcher() as catcher:
        catcher.drop_connection("before_data")
        with pytest.raises(MailOutcomeUnknown):
            gateway_to(catcher.port).send(message())
        assert catcher.messages == []


def smtp_until(last_line):
    """A server without extensions that accepts everything and hangs up at ``last_line``."""

    def act(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        taking_message = False
        with connection.makefile("rb") as lines:
            for line in lines:
                if line.upper().startswith(last_line):
                    break
                if line.upper() == b"DATA\r\n":
                    taking_message = True
                    connection.sendall(b"354 go on\r\n")
                elif not taking_message or line == b".\r\n":
                    taking_message = False
                    connection.sendall(b"250 OK\r\n")
        connection.shutdown(socket.SHUT_RDWR)

    return act


@pytest.mark.parametrize("command", [b"EHLO", b"MAIL", b"RCPT"])
def test_a_connection_lost_before_the_message_is_tried_again(command):
    with ScriptedServer([smtp_until(command)]) as server, pytest.raises(MailTemporary):
        gateway_to(server.port).send(message())


@pytest.mark.parametrize("moment", [b"DATA", b".\r\n"])
def test_a_connection_lost_from_data_on_is_not_tried_again(moment):
    with ScriptedServer([smtp_until(moment)]) as server, pytest.raises(MailOutcomeUnknown):
        gateway_to(server.port).send(message())


def test_a_refused_goodbye_does_not_unsend_the_message():
    with ScriptedServer([smtp_until(b"QUIT")]) as server:
        assert gateway_to(server.port).send(message()).reply == "250 OK"


def test_a_server_that_says_nothing_times_out():
    with (
        ScriptedServer([lambda connection: connection.recv(1)]) as server,
        pytest.raises(MailTemporary, match="in time"),
    ):
        gateway_to(server.port, wait=0.2).send(message())


def test_a_trickling_reply_takes_no_longer_than_one_that_never_comes():
    gave_up = threading.Event()

    def trickle(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        while not gave_up.wait(0.02):
            connection.sendall(b"250-a\r\n")

    with ScriptedServer([trickle]) as server:
        with pytest.raises(MailTemporary, match="in time"):
            gateway_to(server.port, wait=0.3).send(message())
        gave_up.set()


@pytest.mark.parametrize("piece", [b"250-" + b"x" * 1000 + b"\r\n", b"250-" + b"x" * 100_000])
def test_an_endless_reply_is_not_collected(piece):
    def pour(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        while True:
            connection.sendall(piece)

    with (
        ScriptedServer([pour]) as server,
        pytest.raises((MailTemporary, MailRefused)),
    ):
        gateway_to(server.port).send(message())


def smtp_saying(replies, *, extensions=b""):
    """A server that answers each command by its first word, all others with 250."""

    def act(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        taking_message = False
        with connection.makefile("rb") as lines:
            for line in lines:
                word = line.split()[0].upper() if line.strip() else b""
                if taking_message and line != b".\r\n":
                    continue
                if word == b"EHLO":
                    connection.sendall(b"250-scripted\r\n" + extensions + b"250 HELP\r\n")
                    continue
                taking_message = word == b"DATA"
                said = b"354 go on" if taking_message else b"250 OK"
                connection.sendall(replies.get(word, said) % {b"line": line.strip()} + b"\r\n")

    return act


@pytest.mark.parametrize("method", [b"PLAIN", b"LOGIN"])
@pytest.mark.parametrize("password", [PASSWORD, "pässwort"])
def test_an_echoing_server_gives_no_password_away(method, password):
    echo = b"535 5.7.8 you said %(line)s, that is " + password.encode()
    script = smtp_saying({b"AUTH": echo}, extensions=b"250-AUTH " + method + b"\r\n")
    with ScriptedServer([script]) as server, pytest.raises(MailRefused) as caught:
        gateway_to(server.port, user="nord", password=password).send(message())
    said = f"{caught.value} {caught.value.reply}"
    tokens = (f"\0nord\0{password}", password)
    forms = [password, *(base64.b64encode(token.encode()).decode() for token in tokens)]
    assert [form for form in forms if form in said] == []


def test_an_echo_in_the_acceptance_gives_no_password_away():
    token = base64.b64encode(f"\0nord\0{PASSWORD}".encode())
    script = smtp_saying(
        {b"AUTH": b"235 OK", b".": b"250 taken from " + token}, extensions=b"250-AUTH PLAIN\r\n"
    )
    with ScriptedServer([script]) as server:
        accepted = gateway_to(server.port, user="nord", password=PASSWORD).send(message())
    assert accepted.reply == "250 taken from …"


@pytest.mark.parametrize("challenge", [b"!", b"abc", b"YWJj!!!!d"])
def test_a_challenge_that_is_nonsense_is_explained(challenge):
    script = smtp_saying({b"AUTH": b"334 " + challenge}, extensions=b"250-AUTH CRAM-MD5\r\n")
    with ScriptedServer([script]) as server, pytest.raises(MailRefused):
        gateway_to(server.port, user="nord", password=PASSWORD).send(message())


def test_a_server_that_is_no_mail_server_is_named():
    def web(connection):
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with ScriptedServer([web]) as server, pytest.raises(MailRefused, match="not a mail") as caught:
        gateway_to(server.port).send(message())
    assert caught.value.field == "host"


def test_nonsense_after_the_message_leaves_it_unknown():
    script = smtp_saying({b".": b"perhaps"})
    with ScriptedServer([script]) as server, pytest.raises(MailOutcomeUnknown):
        gateway_to(server.port).send(message())


def test_nobody_listening_is_explained():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MailTemporary, match=f"port {port}"):
        gateway_to(port).send(message())


def test_a_server_name_that_does_not_exist_is_explained(trusting):
    gateway = gateway_to(
        587, security=MailSecurity.STARTTLS, host="mail.does-not-exist.invalid", tls=trusting
    )
    with pytest.raises(MailTemporary, match="No mail server named"):
        gateway.send(message())


def test_an_address_with_letters_before_the_at_needs_a_server_that_knows_them():
    with MailCatcher() as catcher:
        gateway_to(catcher.port).send(message(to="jörg@müller.example"))
        (caught,) = catcher.wait_for(1)
    assert caught.recipients == ("jörg@xn--mller-kva.example",)
    with (
        ScriptedServer([smtp_until(b"QUIT")]) as old,
        pytest.raises(MailRefused, match="special letters"),
    ):
        gateway_to(old.port).send(message(to="jörg@müller.example"))


def test_the_computers_name_is_not_told_to_the_server():
    greeting = []

    def note(connection):
        connection.sendall(b"220 scripted ESMTP\r\n")
        greeting.append(connection.recv(1000))
        connection.shutdown(socket.SHUT_RDWR)

    with ScriptedServer([note]) as server, pytest.raises(MailTemporary):
        gateway_to(server.port).send(message())
    assert greeting == [b"ehlo [127.0.0.1]\r\n"]
