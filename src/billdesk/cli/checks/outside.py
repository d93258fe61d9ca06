"""Checks of what lies outside BillDesk's files: keychain, Stripe and mail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.cli.checks.mail_server import greet
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.settings import MailSettings, OnlinePayment
from billdesk.core.gateways.mail.settings import SmtpSettings
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.gateways.stripe.guard import CallGuard
from billdesk.core.gateways.stripe.keys import mask_key
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.queries.stripe_access import StripeAccess
from billdesk.core.services.stripe.connection import NoStripeKey, OpenGateway, StripeConnector

KEYCHAIN = "keychain"
STRIPE = "stripe"
CLOCK = "clock"
MAIL = "mail"
# Events are looked for by Stripe's clock, but due dates and Undo go by this one.
_CLOCK_OFF = timedelta(minutes=2)


def check_keychain(secrets: SecretStore) -> Finding:
    """Whether keys and passwords outlive the session."""
    if secrets.kind == "keychain":
        return ok(
            KEYCHAIN, "keys and passwords are kept in this system's keychain", kind="keychain"
        )
    return warn(KEYCHAIN, secrets.reason, kind=secrets.kind)


@dataclass(frozen=True, slots=True)
class StripeCheck:
    """Looks for the key of a company and, where there is one, asks Stripe for its time.

    ``open_gateway`` turns a key into a gateway; ``now`` is an aware instant.
    """

    secrets: SecretStore
    open_gateway: OpenGateway
    now: Callable[[], datetime]

    def run(self, company: str, company_uid: str, online: OnlinePayment) -> Iterator[Finding]:
        """The findings about the company called ``company``."""
        if not online.account:
            yield ok(STRIPE, f"{company}: not connected", company=company, connected=False)
            return
        mode = "live" if online.livemode else "test"
        facts: dict[str, object] = {"company": company, "connected": True, "mode": mode}
        keys: list[str] = []

        def opened(key: str, guard: CallGuard | None) -> StripeGateway:
            keys.append(mask_key(key))
            return self.open_gateway(key, guard)

        try:
            connector = StripeConnector(self.secrets, opened, lambda: online.account)
            gateway = connector.open(company_uid, livemode=online.livemode)
        except NoStripeKey as error:
            yield warn(STRIPE, f"{company}: {error}", **facts, key=None)
            return
        except BillDeskError as error:
            yield bad(STRIPE, f"{company}: {error}", **facts, key=keys[0] if keys else None)
            return
        facts["key"] = keys[0]
        try:
            since = self.now() - timedelta(minutes=1)
            answered = gateway.list_events(created_gte=since, limit=1)
        except BillDeskError as error:
            yield bad(STRIPE, f"{company}: {error}", **facts, reachable=False)
            return
        yield ok(
            STRIPE,
            f"{company}: {mode} mode, key {keys[0]}, Stripe answers",
            **facts,
            reachable=True,
        )
        yield self._clock(answered.server_at)

    def _clock(self, server_at: datetime) -> Finding:
        off = self.now().astimezone(UTC) - server_at
        seconds = round(off.total_seconds())
        if abs(off) <= _CLOCK_OFF:
            return ok(CLOCK, "agrees with Stripe's", off_seconds=seconds)
        side = "ahead of" if seconds > 0 else "behind"
        return bad(
            CLOCK,
            f"{abs(seconds):,} seconds {side} Stripe's; set the system clock",
            off_seconds=seconds,
        )


def check_access(company: str, access: StripeAccess) -> Finding:
    """What the key in use may do, as it was probed last."""
    probed_at = None if access.probed_at is None else access.probed_at.isoformat()
    facts: dict[str, object] = {
        "company": company,
        "probed_at": probed_at,
        "permissions": {
            line.row.slug: line.state.value for line in access.lines if line.state is not None
        },
    }
    if access.lacking:
        sentence = f"{company}: {access.lacking} Tick what is missing at {access.keys_url}"
        return bad(STRIPE, sentence, **facts)
    if probed_at is None:
        return ok(STRIPE, f"{company}: what the key may do was not checked yet", **facts)
    return ok(STRIPE, f"{company}: the key may do everything payment links need", **facts)


def check_mail(company: str, mail: MailSettings, *, network: bool) -> Finding:
    """Whether mail is set up and, with ``network``, whether the server answers."""
    if not mail.configured:
        return ok(
            MAIL, f"{company}: not set up; invoices can be saved as mail drafts", configured=False
        )
    facts = {"configured": True, "host": mail.host, "port": mail.port}
    where = f"{company}: {mail.host}, port {mail.port} ({mail.security.value})"
    try:
        settings = SmtpSettings(
            host=mail.host,
            port=mail.port,
            security=mail.security,
            from_address=mail.from_address,
        )
        if not network:
            return ok(MAIL, f"{where}; --network asks it", **facts)
        greet(settings)
    except BillDeskError as error:
        return bad(MAIL, f"{company}: {error}", **facts)
    return ok(MAIL, f"{where} answers", **facts, reachable=True)
