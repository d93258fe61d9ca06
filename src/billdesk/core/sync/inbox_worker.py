"""Apply what waits in the inbox, and complete fees: fetch first, then one short transaction."""

import logging
from dataclasses import dataclass

from billdesk.core.domain.errors import BillDeskError, TemporaryError
from billdesk.core.domain.stripe_states import OlderAnswer, UnknownStripeStatus
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripeKeyRejected,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreadable,
)
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.steps.stripe.cursor import Window
from billdesk.core.services.stripe.fees import StripeFeeService
from billdesk.core.services.stripe.inbox import Root, StripeInboxService
from billdesk.core.services.stripe.payments import Applied, StripePaymentService
from billdesk.core.services.stripe.window import StripeWindowService

log = logging.getLogger(__name__)
MOST_ROUNDS = 100


@dataclass(slots=True)
class Tally:
    """What one look has done so far; ``arrived`` of the applied payments are new money.

    ``missing`` is the first permission that the key lacks.
    """

    events: int = 0
    applied: int = 0
    arrived: int = 0
    missing: str = ""

    def lacks(self, error: StripePermissionMissing) -> None:
        """Something is not told to this key; what else there is goes on."""
        self.missing = self.missing or str(error)

    def count(self, outcome: Applied) -> None:
        """One more payment was read and applied, if it is ours."""
        self.applied += not outcome.foreign
        self.arrived += outcome.has_arrived


class InboxWorker:
    """Applies events of one company."""

    def __init__(
        self,
        windows: StripeWindowService,
        inbox: StripeInboxService,
        payments: StripePaymentService,
        fees: StripeFeeService,
    ) -> None:
        self._windows = windows
        self._inbox = inbox
        self._payments = payments
        self._fees = fees

    def has_due(self, *, livemode: bool) -> bool:
        """Whether anything waits to be read."""
        return bool(self._inbox.due_roots(livemode=livemode))

    def apply_due(self, gateway: StripeGateway, window: Window, tally: Tally) -> None:
        """Apply until nothing is due. Raises ``LeaseLost``."""
        for _ in range(MOST_ROUNDS):
            roots = self._inbox.due_roots(livemode=window.livemode)
            if not roots:
                break
            for root in roots:
                self._windows.keep(window)
                self._apply(gateway, root, window, tally)

    def _apply(self, gateway: StripeGateway, root: Root, window: Window, tally: Tally) -> None:
        try:
            if root.kind is RootKind.PAYMENT_LINK:
                self._inbox.link_seen(root, gateway.read_payment_link(root.id))
                return
            snapshot = gateway.fetch_payment(
                root.kind, root.id, refunds=root.refunds, disputes=root.disputes
            )
        except StripeGone as error:
            self._inbox.bury(root, str(error))
            return
        except StripePermissionMissing as error:
            tally.lacks(error)
            self._inbox.put_off(root, str(error))
            return
        except StripeKeyRejected:
            raise
        except BillDeskError as error:
            self._inbox.put_off(root, str(error))
            return
        except Exception as error:
            # What Stripe says of one payment must not hold up the others either.
            log.exception("%s could not be read", root.id)
            self._inbox.put_off(root, internal(error))
            return
        try:
            outcome = self._payments.apply(
                snapshot, event_ids=root.event_ids, livemode=window.livemode
            )
        except UnknownStripeStatus as error:
            log.warning("an event could not be read: %s", error)
            self._inbox.set_aside(root, str(error))
        except BillDeskError as error:
            # Never marked done: it stays in the inbox, in view, and is tried again.
            log.warning("an event could not be applied: %s", error)
            self._inbox.put_off(root, str(error))
        except Exception as error:
            # A bug met on one payment must not hold up the others.
            log.exception("events about %s could not be applied", root.id)
            self._inbox.put_off(root, internal(error))
        else:
            tally.count(outcome)

    def complete_fees(self, gateway: StripeGateway, window: Window, tally: Tally) -> None:
        """Look up the fees that are due; what is wrong with one payment holds up no other.

        Raises ``LeaseLost``, and ``StripeKeyRejected`` or ``StripeUnreachable`` where no other
        could be looked up either.
        """
        livemode = window.livemode
        for intent in self._fees.payments_without_fee(livemode=livemode):
            self._windows.keep(window)
            try:
                snapshot = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent)
                outcome = self._payments.apply(snapshot, livemode=livemode)
            except StripeGone:
                log.warning("payment %s, whose fee is missing, is gone at Stripe", intent)
                self._fees.put_off_fee(intent, livemode)
            except StripePermissionMissing as error:
                tally.lacks(error)
                self._fees.put_off_fee(intent, livemode)
            except (StripeRefused, StripeUnreadable, UnknownStripeStatus) as error:
                log.warning("the fee of %s must wait: %s", intent, error)
                self._fees.put_off_fee(intent, livemode)
            except OlderAnswer:
                log.info("somebody else looked at payment %s meanwhile", intent)
            except (StripeKeyRejected, TemporaryError):
                raise
            except Exception:
                log.exception("the fee of %s could not be completed", intent)
                self._fees.put_off_fee(intent, livemode)
            else:
                tally.count(outcome)


def internal(error: Exception) -> str:
    """What the owner is told of a bug."""
    return f"Internal error ({type(error).__name__}); see the log."
