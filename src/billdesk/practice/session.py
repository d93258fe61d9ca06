"""The practice company while it is open: its books, its own Stripe and its own mail server.

Everything lives in one folder and on this computer; deleting the folder removes it.
"""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from billdesk.bootstrap import OWNER_ONLY, Books, Paths, companies, open_application, open_books
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSecurity, MailSettings

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.sandbox import MailCatcher, StripeSandbox

log = logging.getLogger(__name__)
FROM_ADDRESS = "billing@morning-studio.example"


class PracticeSession:
    """Starts and stops the practice company. ``start`` may be called again after ``close``."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._books: Books | None = None
        self._application: Application | None = None
        self._stripe: StripeSandbox | None = None
        self._mail: MailCatcher | None = None

    @property
    def stripe(self) -> "StripeSandbox":
        """The practice Stripe. Raises ``RuntimeError`` before ``start``."""
        if self._stripe is None:
            raise RuntimeError("the practice company has not been started")
        return self._stripe

    @property
    def dashboard_url(self) -> str:
        """The practice Stripe's page for a browser. Raises ``RuntimeError`` before ``start``."""
        return self.stripe.dashboard_url

    @property
    def mail(self) -> "MailCatcher":
        """The mail server that keeps every mail. Raises ``RuntimeError`` before ``start``."""
        if self._mail is None:
            raise RuntimeError("the practice company has not been started")
        return self._mail

    def start(self, *, workers: bool = True) -> "Application":
        """Open the practice company, made now if it does not exist yet.

        With ``workers`` false nothing runs by itself; the caller works outbox and poller.
        """
        from billdesk.core.gateways.secrets import MemorySecretStore
        from billdesk.sandbox import MailCatcher, StripeSandbox

        folder = self.paths.folder
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        if self._stripe is None:
            self._stripe = StripeSandbox(
                merchant="Morning Studio", state_file=folder / "stripe.jsonl"
            )
            self._stripe.start()
        if self._mail is None:
            self._mail = MailCatcher(folder=folder / "mail")
            self._mail.start()
        if self._books is None:
            secrets = MemorySecretStore("The practice company needs no keychain.")
            self._books = open_books(self.paths, secrets=secrets)
        known = companies(self._books)
        if known and not known[0].is_practice:
            raise UserError(
                f"{self.paths} holds the books of {known[0].name}; the practice company needs a "
                "place of its own."
            )
        application = self._open(known[0].id) if known else self._make()
        if workers:
            application.sync.start()
        self._application = application
        return application

    def close(self) -> None:
        """Stop the workers and the servers; the books stay."""
        if self._application is not None and not self._application.close():
            log.warning("a worker of the practice company did not stop in time")
        for server in (self._stripe, self._mail):
            if server is not None:
                server.stop()
        if self._books is not None:
            self._books.close()
        self._application = self._books = self._stripe = self._mail = None

    def _open(self, company_id: int) -> "Application":
        if self._books is None:
            raise RuntimeError("the practice books are not open")
        application = open_application(self._books, company_id, stripe_url=self.stripe.url)
        # Ports differ from start to start, and the key is kept in memory only.
        application.connecting.connect(self.stripe.api_key)
        application.settings.save_mail(
            replace(
                MailSettings(),
                host=self.mail.host,
                port=self.mail.port,
                security=MailSecurity.NONE,
                from_address=FROM_ADDRESS,
            ),
            None,
        )
        return application

    def _make(self) -> "Application":
        from billdesk.practice.content import make_company
        from billdesk.practice.online import go_online

        if self._books is None:
            raise RuntimeError("the practice books are not open")
        application = self._open(make_company(self._books))
        go_online(self._books, application, self.stripe)
        return application
