"""Open Stripe with the key of the keychain; the one place that knows where the key is kept."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside_services.policy import ServicePolicy
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.gateways.stripe.keys import check_key
from billdesk.core.services.watching.watch import ServiceWatch

if TYPE_CHECKING:
    from billdesk.core.gateways.stripe.guard import CallGuard
    from billdesk.core.gateways.stripe.port import StripeGateway

SECRET_SERVICE = "BillDesk/stripe"  # noqa: S105 - the name of the entry, not the secret

# So many characters of an account's fingerprint tell its key from others of the company.
_TOLD_BY = 8

OpenGateway = Callable[[str, "CallGuard | None"], "StripeGateway"]


class NoStripeKey(UserError):
    """Online payment is on, but this computer has no key for it."""


class StripeConnector:
    """Finds the key of a company, account and mode and opens a gateway with it.

    ``account`` is the fingerprint under which the books know an account; left out, it is the one
    connected now. Each account has its own entry in the keychain: connecting another one leaves
    the key by which links of the first can still be switched off. One gateway per key is kept and
    shared by threads, so that calls reuse their connections.
    """

    def __init__(
        self,
        secrets: SecretStore,
        open_gateway: OpenGateway,
        connected: Callable[[], str],
        watches: Mapping[bool, ServiceWatch] | None = None,
    ) -> None:
        """``open_gateway`` turns a key into a gateway, whose calls a watch guards.

        ``connected`` tells the account connected now, empty before any. ``watches`` are those of
        live and of test mode; without them nothing is watched.
        """
        self.secrets = secrets
        self._open_gateway = open_gateway
        self._connected = connected
        self._watches = watches or {}
        self._gateways: dict[str, tuple[str, StripeGateway]] = {}
        self._lock = Lock()

    def open(
        self, company_uid: str, *, livemode: bool, account: str | None = None
    ) -> "StripeGateway":
        """A gateway for the company. Raises ``NoStripeKey`` when there is no key here."""
        connected = self._connected()
        wanted = connected if account is None else account
        entry = _entry(company_uid, livemode, wanted)
        key = self._key_of(entry)
        # How a former account does says nothing about the one in use.
        watch = self._watches.get(livemode) if wanted == connected else None
        with self._lock:
            kept = self._gateways.get(entry)
            if kept is None or kept[0] != key:
                kept = (key, self._open_gateway(key, watch))
                self._gateways[entry] = kept
            return kept[1]

    def open_unwatched(self, company_uid: str, *, livemode: bool) -> "StripeGateway":
        """A gateway whose refusals are expected; the caller closes it. Raises ``NoStripeKey``."""
        return self._open_gateway(
            self._key_of(_entry(company_uid, livemode, self._connected())), None
        )

    def open_with(self, key: str) -> "StripeGateway":
        """A gateway for a key that was just typed; the caller closes it.

        Raises ``UserError`` for a wrong kind of key.
        """
        return self._open_gateway(check_key(key), None)

    def standing(self, *, livemode: bool) -> ServicePolicy:
        """How Stripe does, with what other desks have found out."""
        watch = self._watches.get(livemode)
        return ServicePolicy() if watch is None else watch.begin()

    def known(self, *, livemode: bool) -> ServicePolicy:
        """How Stripe does, as far as this program has found out or been told by ``standing``."""
        watch = self._watches.get(livemode)
        return ServicePolicy() if watch is None else watch.known()

    def begin_afresh(self, *, livemode: bool) -> None:
        """Try everything again: the key was changed, or the owner asks."""
        watch = self._watches.get(livemode)
        if watch is not None:
            watch.begin_afresh()

    def settle(self) -> None:
        """Record how calls went."""
        for watch in self._watches.values():
            watch.settle()

    def paid(self, payments: int, *, livemode: bool) -> None:
        """Record how calls went, and that ``payments`` came in that may be read."""
        watch = self._watches.get(livemode)
        if watch is not None:
            watch.paid(payments)

    def stored_key(self, company_uid: str, *, livemode: bool) -> str | None:
        """The key in use on this computer, if there is one. Never to be shown unmasked."""
        return self.secrets.get(SECRET_SERVICE, _entry(company_uid, livemode, self._connected()))

    def keep(self, company_uid: str, key: str, *, livemode: bool, account: str) -> None:
        """Store the key of a mode for ``account``."""
        self.secrets.set(SECRET_SERVICE, _entry(company_uid, livemode, account), key)

    def forget(self, company_uid: str, *, livemode: bool, account: str) -> None:
        """Remove the key of a mode for ``account``."""
        entry = _entry(company_uid, livemode, account)
        self.secrets.delete(SECRET_SERVICE, entry)
        with self._lock:
            self._gateways.pop(entry, None)

    def open_anew(self) -> None:
        """Open connections anew: how Stripe is reached was changed."""
        with self._lock:
            self._gateways.clear()

    def close(self) -> None:
        """Close the calling thread's connections; for a thread that will not call again."""
        with self._lock:
            gateways = [gateway for _, gateway in self._gateways.values()]
        for gateway in gateways:
            gateway.close()

    def _key_of(self, entry: str) -> str:
        key = self.secrets.get(SECRET_SERVICE, entry)
        if key is None:
            raise NoStripeKey(
                "This computer has no Stripe key for this company. Enter it in Settings, Online "
                "payment.",
                field="stripe_key",
            )
        return key


def _entry(company_uid: str, livemode: bool, account: str) -> str:
    return f"{company_uid}:{'live' if livemode else 'test'}:{account[:_TOLD_BY]}"
