"""Open the mail server of the settings with the password of the keychain."""

import ssl
from email.message import EmailMessage
from functools import partial

from billdesk.core.domain.outside_services.policy import ServicePolicy
from billdesk.core.domain.settings import MailSettings
from billdesk.core.gateways.mail.port import Accepted, MailGateway
from billdesk.core.gateways.mail.settings import SmtpSettings
from billdesk.core.gateways.mail.smtp import SmtpGateway
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.services.watching.watch import ServiceWatch

SECRET_SERVICE = "BillDesk/mail"  # noqa: S105 - the name of the entry, not the secret


class MailConnector:
    """Makes a gateway for each use; ``tls`` overrides the system's trust (practice company).

    ``watch`` is told how documents' mails went, not how a trial from Settings did.
    """

    def __init__(
        self,
        secrets: SecretStore,
        watch: ServiceWatch,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._secrets = secrets
        self._watch = watch
        self._tls = tls

    def send(self, gateway: MailGateway, message: EmailMessage) -> Accepted:
        """Hand a document's mail over, and remember how that went.

        Raises as ``gateway.send``, and ``ServiceResting`` where the server is left alone.
        """
        return self._watch.ask(partial(gateway.send, message))

    def standing(self) -> ServicePolicy:
        """How the mail server does, with what other desks have found out."""
        return self._watch.begin()

    def known(self) -> ServicePolicy:
        """How the mail server does, as far as this program has found out or been told."""
        return self._watch.known()

    def begin_afresh(self) -> None:
        """Try it again: the owner asks, or its settings were changed."""
        self._watch.begin_afresh()

    def settle(self) -> None:
        """Record how mails went."""
        self._watch.settle()

    def open(self, settings: MailSettings, company_uid: str) -> MailGateway:
        """A gateway for ``settings``. Raises ``UserError`` for settings that cannot work."""
        smtp = SmtpSettings(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            from_address=settings.from_address,
            from_name=settings.from_name,
            user=settings.user,
            reply_to=settings.reply_to,
        )
        password = self._secrets.get(SECRET_SERVICE, company_uid) if settings.user else None
        return SmtpGateway(smtp, password or "", tls=self._tls)

    def has_password(self, company_uid: str) -> bool:
        """Whether this computer keeps a password for the company's mail server."""
        return self._secrets.get(SECRET_SERVICE, company_uid) is not None

    def keep_password(self, company_uid: str, password: str) -> None:
        """Store the password in the keychain (or in memory where there is none)."""
        self._secrets.set(SECRET_SERVICE, company_uid, password)
