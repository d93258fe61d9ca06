"""Say hello to a mail server, encrypted, without logging in or sending anything."""

import smtplib
import ssl

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSecurity
from billdesk.core.gateways.mail.diagnosis import connection_failure
from billdesk.core.gateways.mail.settings import SmtpSettings

_TIMEOUT_S = 10.0


def greet(settings: SmtpSettings) -> None:
    """Connect, encrypted as ``settings`` say. Raises ``UserError`` or ``TemporaryError``."""
    try:
        if settings.security is MailSecurity.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                local_hostname="localhost",
                timeout=_TIMEOUT_S,
                context=ssl.create_default_context(),
            )
        else:
            connection = smtplib.SMTP(
                settings.host, settings.port, local_hostname="localhost", timeout=_TIMEOUT_S
            )
        with connection:
            connection.ehlo_or_helo_if_needed()
            if settings.security is MailSecurity.STARTTLS:
                if not connection.has_extn("starttls"):
                    raise UserError(
                        "The mail server offers no encryption (STARTTLS) on this port; try TLS on "
                        "port 465."
                    )
                connection.starttls(context=ssl.create_default_context())
    except (OSError, smtplib.SMTPException) as error:
        raise connection_failure(error, settings) from None
