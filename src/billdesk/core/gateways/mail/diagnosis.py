"""What a mail server's answer or a broken connection means, and what to do about it."""

import base64
import re
import smtplib
import socket
import ssl

from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.port import MailRefused, MailTemporary
from billdesk.core.gateways.mail.settings import SmtpSettings

_AUTHENTICATION = frozenset({530, 534, 535, 538})
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}")


def printable(words: bytes | str) -> str:
    """The server's words as one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def refusal(
    error: smtplib.SMTPResponseException, password: str, *, recipient: str | None = None
) -> MailRefused | MailTemporary:
    """The error for a server that answered with a code: 4xx is temporary, 5xx is final."""
    code = error.smtp_code
    words = without(password, printable(error.smtp_error))
    reply = f"{code} {words}".strip()
    said = f" The server said: {reply}"
    if code < 200:
        # smtplib's -1: the line did not begin with a reply code.
        return MailRefused(
            "What answers is not a mail server; check its name and port. It said: "
            f"{_beginning(words)}",
            reply=words,
            field="host",
        )
    if 400 <= code < 500:
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return MailTemporary(
                "The mail server cannot check logins just now." + said, reply=reply
            )
        return MailTemporary("The mail server asks to try again later." + said, reply=reply)
    if isinstance(error, smtplib.SMTPAuthenticationError) or code in _AUTHENTICATION:
        return MailRefused(
            "The mail server refused the user name or password. Some providers want an app "
            "password made in their settings." + said,
            reply=reply,
            field="password",
        )
    if recipient is not None:
        return MailRefused(
            f"The mail server does not deliver to {recipient}." + said, reply=reply, field="to"
        )
    if isinstance(error, smtplib.SMTPSenderRefused):
        return MailRefused(
            "The mail server does not let this account send from the address "
            f"{error.sender}." + said,
            reply=reply,
            field="from_address",
        )
    return MailRefused("The mail server refused the message." + said, reply=reply)


def _beginning(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"


def connection_failure(error: Exception, settings: SmtpSettings) -> MailRefused | MailTemporary:
    """The error for a connection that failed before the message was handed over."""
    where = f"{settings.host}, port {settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailRefused(
            f"The certificate of {settings.host} cannot be trusted "
            f"({printable(error.verify_message)}). Check the server's name; if it is right, tell "
            "its operator.",
            field="host",
        )
    if isinstance(error, ssl.SSLError):
        other = "STARTTLS" if settings.security is MailSecurity.TLS else "TLS"
        return MailRefused(
            f"The mail server does not speak this kind of encryption at {where}; try {other}.",
            field="security",
        )
    # smtplib has no class of its own for "none of the login methods offered is known".
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return MailRefused(
            "The mail server offers no login with user name and password on this connection. If "
            "it needs none, leave the user name empty; if it wants a sign-in in the browser, ask "
            "its operator for an app password or another server.",
            field="user",
        )
    if isinstance(error, socket.gaierror):
        return MailTemporary(
            f"No mail server named {settings.host} was found. Check its name and the Internet "
            "connection."
        )
    if isinstance(error, ConnectionRefusedError):
        return MailTemporary(f"No mail server answers at {where}. Check the port.")
    # smtplib reports silence as a lost connection, with the time-out as its context.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return MailTemporary(
            f"The mail server at {where} did not answer in time. Check port and encryption: 587 "
            "goes with STARTTLS, 465 with TLS."
        )
    return MailTemporary(f"The connection to the mail server at {where} broke.")


def without(password: str, words: str) -> str:
    """A server might echo what it was sent; the password leaves in no form.

    ``words`` is one line as ``printable`` makes it. Logins send the password as base64, alone or
    with the user name before it.
    """
    if not password:
        return words
    secret = password.encode()

    def hidden(token: re.Match[str]) -> str:
        text = token[0].rstrip("=")
        try:
            sent = base64.b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            return token[0]
        return "…" if secret in sent else token[0]

    for form in (password, printable(password)):
        words = words.replace(form, "…") if form else words
    return _BASE64.sub(hidden, words)
