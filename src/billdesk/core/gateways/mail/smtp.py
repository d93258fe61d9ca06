"""Handing mail to an SMTP server (RFC 5321), encrypted, with every failure put in plain words."""

import base64
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.diagnosis import connection_failure, printable, refusal, without
from billdesk.core.gateways.mail.port import Accepted, MailGateway, MailOutcomeUnknown, MailRefused
from billdesk.core.gateways.mail.replies import BoundedSmtp, BoundedSmtpOverTls
from billdesk.core.gateways.mail.settings import SmtpSettings

_LOGGED_IN = 235
_OK = 250
_WILL_FORWARD = 251
# What smtplib makes of a line that is not a reply.
_NO_CODE = -1
_MAYBE_SENT = (
    "The connection to the mail server broke while the message was being handed over. It may have "
    "been sent; ask the recipient before sending it again."
)


class SmtpGateway(MailGateway):
    """``MailGateway`` over one SMTP server; every message gets its own connection."""

    def __init__(
        self,
        settings: SmtpSettings,
        password: str,
        *,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``password`` is used only where ``settings.user`` is set.

        ``tls`` says which certificates are trusted, by default those the system trusts. Raises
        ``ValueError`` for a context that does not verify the server.
        """
        trusted = tls or ssl.create_default_context()
        if not trusted.check_hostname or trusted.verify_mode is not ssl.CERT_REQUIRED:
            raise ValueError("a TLS context that does not verify the server")
        self._settings = settings
        self._password = password
        self._timeout_s = timeout_s
        self._tls = trusted

    def send(self, message: EmailMessage) -> Accepted:
        sender = _addresses(message, "From")[0]
        recipients = _addresses(message, "To") + _addresses(message, "Cc")
        payload = message.as_bytes()
        with self._explained():
            connection = self._connected()
        # close() rather than quit() at the end: an error on the way out must not hide the result.
        with contextlib.closing(connection):
            with self._explained():
                self._secured_and_logged_in(connection)
                self._envelope(connection, sender, recipients)
            accepted = self._handed_over(connection, payload)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
        return accepted

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        # A name is given because smtplib would otherwise look up this computer's, which can hang.
        if settings.security is MailSecurity.TLS:
            connection: smtplib.SMTP = BoundedSmtpOverTls(
                settings.host,
                settings.port,
                local_hostname="localhost",
                timeout=self._timeout_s,
                context=self._tls,
            )
        else:
            connection = BoundedSmtp(
                settings.host, settings.port, local_hostname="localhost", timeout=self._timeout_s
            )
        if connection.sock is not None:
            # RFC 5321, 4.1.3: a client without a name of its own gives its address.
            here = connection.sock.getsockname()[0]
            connection.local_hostname = f"[IPv6:{here}]" if ":" in here else f"[{here}]"
        return connection

    def _secured_and_logged_in(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._settings.security is MailSecurity.STARTTLS:
            if not connection.has_extn("starttls"):
                raise MailRefused(
                    "The mail server offers no encryption (STARTTLS) on this port. BillDesk does "
                    "not send passwords unprotected; try TLS on port 465.",
                    field="security",
                )
            connection.starttls(context=self._tls)
            connection.ehlo()
        if self._settings.user:
            self._log_in(connection)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        user, password = self._settings.user, self._password
        if user.isascii() and password.isascii():
            try:
                connection.login(user, password)
            except ValueError:
                # A challenge that is not what its login method sends.
                raise smtplib.SMTPNotSupportedError from None
            return
        # smtplib logs in with ASCII only, and its exception would carry the password.
        if "PLAIN" not in connection.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        code, words = connection.docmd("AUTH", f"PLAIN {token}")
        if code != _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, words)

    def _envelope(self, connection: smtplib.SMTP, sender: str, recipients: list[str]) -> None:
        # A domain is ASCII by now; what is left is the part before an @.
        utf8 = not all(address.isascii() for address in (sender, *recipients))
        if utf8 and not connection.has_extn("smtputf8"):
            raise MailRefused(
                "The mail server cannot deliver to addresses with special letters before the @.",
                field="to",
            )
        options = ["SMTPUTF8"] if utf8 else []
        code, words = connection.mail(sender, options)
        if code != _OK:
            raise smtplib.SMTPSenderRefused(code, words, sender)
        for recipient in recipients:
            code, words = connection.rcpt(recipient)
            if code not in (_OK, _WILL_FORWARD):
                # Nobody gets it unless everybody does; a half-sent invoice helps no one.
                raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})

    def _handed_over(self, connection: smtplib.SMTP, payload: bytes) -> Accepted:
        try:
            code, words = connection.data(payload)
        except smtplib.SMTPDataError as error:
            raise refusal(error, self._password) from None
        except (OSError, smtplib.SMTPException):
            # SMTPServerDisconnected is an OSError; so is a time-out.
            raise MailOutcomeUnknown(_MAYBE_SENT) from None
        if code == _NO_CODE:
            raise MailOutcomeUnknown(_MAYBE_SENT)
        if code != _OK:
            raise refusal(smtplib.SMTPDataError(code, words), self._password)
        return Accepted(reply=f"{code} {without(self._password, printable(words))}")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures before the message is handed over, in BillDesk's words."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            raise refusal(error, self._password) from None
        except smtplib.SMTPRecipientsRefused as error:
            ((address, (code, words)),) = error.recipients.items()
            raise refusal(
                smtplib.SMTPResponseException(code, words), self._password, recipient=address
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise connection_failure(error, self._settings) from None


def _addresses(message: EmailMessage, header: str) -> list[str]:
    return [one.addr_spec for value in message.get_all(header, []) for one in value.addresses]
