"""Open Stripe with the key of the keychain; the one place that knows where the key is kept."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside_services.policy import ServicePolicy
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.gateways.stripe.keys import check_key, livemode_of
from billdesk.core.services.service_watch import ServiceWatch

if TYPE_CHECKING:
    from billdesk.core.gateways.stripe.guard import CallGuard
    from billdesk.core.gateways.stripe.port import StripeGateway

SECRET_SERVICE = "BillDesk/stripe"  # noqa: S105 - the name of the entry, not the secret

OpenGateway = Callable[[str, "CallGuard | None"], "StripeGateway"]


class NoStripeKey(UserError):
    """Online payment is on, but this computer has no key for it."""


class StripeConnector:
    """Finds the key of a company and mode and opens a gateway with it.

    ``open_gateway`` turns a key into a gateway, whose calls a watch guards. One gateway per key is
    kept and shared by threads, so that calls reuse their connections.
    """

    def __init__(
        self,
        secrets: SecretStore,
        open_gateway: OpenGateway,
        watches: Mapping[bool, ServiceWatch] | None = None,
    ) -> None:
        """``watches`` are those of live and of test mode; without them nothing is watched."""
        self.secrets = secrets
        self._open_gateway = open_gateway
        self._watches = watches or {}
        self._gateways: dict[str, tuple[str, StripeGateway]] = {}
        self._lock = Lock()

    def open(self, company_uid: str, *, livemode: bool) -> "StripeGateway":
        """A gateway for the company. Raises ``NoStripeKey`` when there is no key here."""
        entry = _entry(company_uid, livemode)
        key = self.stored_key(company_uid, livemode=livemode)
        if key is None:
            raise NoStripeKey(
                "This computer has no Stripe key for this company. Enter it in Settings, Online "
                "payment.",
                field="stripe_key",
            )
        with self._lock:
            kept = self._gateways.get(entry)
            if kept is None or kept[0] != key:
                kept = (key, self._open_gateway(key, self._watches.get(livemode)))
                self._gateways[entry] = kept
            return kept[1]

    def open_with(self, key: str) -> "StripeGateway":
        """A gateway for a key that was just typed; the caller closes it.

        Raises ``UserError`` for a wrong kind of key.
        """
        return self._open_gateway(check_key(key), None)

    def standing(self, *, livemode: bool) -> ServicePolicy:
        """How Stripe does, with what other desks have found out."""
        watch = self._watches.get(livemode)
        return ServicePolicy() if watch is None else watch.begin()

    def begin_afresh(self, *, livemode: bool) -> None:
        """Try everything again: the key was changed, or the owner asks."""
        watch = self._watches.get(livemode)
        if watch is not None:
            watch.begin_afresh()

    def settle(self) -> None:
        """Record how calls went."""
        for watch in self._watches.values():
            watch.settle()

    def stored_key(self, company_uid: str, *, livemode: bool) -> str | None:
        """The key of a mode on this computer, if there is one. Never to be shown unmasked."""
        return self.secrets.get(SECRET_SERVICE, _entry(company_uid, livemode))

    def keep(self, company_uid: str, key: str) -> None:
        """Store the key of its mode."""
        self.secrets.set(SECRET_SERVICE, _entry(company_uid, livemode_of(key)), key)

    def forget(self, company_uid: str, *, livemode: bool) -> None:
        """Remove the key of a mode."""
        self.secrets.delete(SECRET_SERVICE, _entry(company_uid, livemode))

    def close(self) -> None:
        """Close the calling thread's connections; for a thread that will not call again."""
        with self._lock:
            gateways = [gateway for _, gateway in self._gateways.values()]
        for gateway in gateways:
            gateway.close()


def _entry(company_uid: str, livemode: bool) -> str:
    return f"{company_uid}:{'live' if livemode else 'test'}"
