"""How to reach the company's mail server. The password is not here: it lives in the keychain."""

from dataclasses import dataclass
from ipaddress import ip_address

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.addresses import check_address


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Checked when made: raises ``UserError`` whose ``field`` is the attribute's name.

    ``user`` is empty for a server without a login, ``reply_to`` where answers go to
    ``from_address``. ``host`` is a name, because a certificate is for a name.
    """

    host: str
    port: int
    security: MailSecurity
    from_address: str
    from_name: str = ""
    user: str = ""
    reply_to: str = ""

    def __post_init__(self) -> None:
        if not self.host or any(c.isspace() or c in "/@" for c in self.host):
            raise UserError(
                "Enter the mail server's name only, like mail.example.com.", field="host"
            )
        if not 1 <= self.port <= 65535:
            raise UserError(
                "A port is a number from 1 to 65535; mail programs mostly use 587 or 465.",
                field="port",
            )
        if self.security is MailSecurity.NONE and not is_loopback(self.host):
            raise UserError(
                "Without encryption anybody on the way could read the password and the mail. "
                "Choose STARTTLS (port 587) or TLS (port 465).",
                field="security",
            )
        if any(not c.isprintable() for c in self.user):
            raise UserError("The user name holds a character that cannot be typed.", field="user")
        check_address(self.from_address, "from_address")
        if self.reply_to:
            check_address(self.reply_to, "reply_to")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this computer by its form alone, without asking the network."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
