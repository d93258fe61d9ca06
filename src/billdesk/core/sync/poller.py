"""Look at Stripe: read new events into the inbox, fetch what they are about, apply it."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from billdesk.core.domain.errors import BillDeskError, TemporaryError
from billdesk.core.domain.stripe_states import UnknownStripeStatus
from billdesk.core.gateways.stripe.errors import StripeGone, StripeRefused
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.links import LinkService
from billdesk.core.services.stripe_connection import StripeConnector
from billdesk.core.services.stripe_fees import StripeFeeService
from billdesk.core.services.stripe_inbox import Root, StripeInboxService
from billdesk.core.services.stripe_payments import StripePaymentService
from billdesk.core.services.stripe_window import LeaseLost, StripeWindowService, Window

log = logging.getLogger(__name__)
MOST_PAGES = 50
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one look brought: events read, payments applied, and what went wrong, if anything.

    ``skipped`` where another desk looks, or the reads of the month are to last. ``wait_s`` is how
    long Stripe is left alone, ``low_budget`` whether looks are to be rare.
    """

    events: int = 0
    applied: int = 0
    error: str = ""
    skipped: bool = False
    wait_s: float = 0.0
    low_budget: bool = False


@dataclass(slots=True)
class _Tally:
    """What one look has done so far."""

    events: int = 0
    applied: int = 0


class Poller:
    """One look at Stripe for one company. Never two at once: the cursor has a lease."""

    def __init__(
        self,
        windows: StripeWindowService,
        inbox: StripeInboxService,
        payments: StripePaymentService,
        fees: StripeFeeService,
        links: LinkService,
        stripe: StripeConnector,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._windows = windows
        self._inbox = inbox
        self._payments = payments
        self._fees = fees
        self._links = links
        self._stripe = stripe
        self._name = f"poller-{uuid.uuid4()}"

    def poll(self, *, deep: bool = False, by_hand: bool = False) -> PollResult:
        """Read, fetch and apply until nothing is due. ``deep`` looks further back (start, wake).

        Errors end the look and are reported in the result; what was stored stays stored. A look
        ``by_hand`` is made whatever Stripe did before.
        """
        window = self._windows.begin(self._name, deep=deep)
        if window is None:
            return PollResult(skipped=True)
        if by_hand:
            self._stripe.begin_afresh(livemode=window.livemode)
        if not self._may_read(window, borrowing=deep or by_hand):
            self._windows.end(window, applied=0)
            return PollResult(skipped=True, low_budget=True)
        tally = _Tally()
        error = ""
        lost = False
        try:
            gateway = self._stripe.open(
                window.company_uid, livemode=window.livemode, account=window.stripe_account
            )
            self._read(gateway, window, tally)
            self._apply_due(gateway, window, tally)
            self._complete_fees(gateway, window, tally)
            # After what was paid is known: nobody's payment is cut off by a day's delay.
            self._links.retire_expired()
        except LeaseLost:
            log.info("this look took too long; another desk looks at Stripe now")
            lost = True
        except BillDeskError as failure:
            error = str(failure)
        except Exception as failure:
            log.exception("looking at Stripe failed")
            error = _internal(failure)
        self._windows.end(window, applied=tally.applied, error=error)
        self._stripe.settle()
        standing = self._stripe.standing(livemode=window.livemode)
        return PollResult(
            tally.events,
            tally.applied,
            error,
            skipped=lost,
            wait_s=standing.wait_s(self._now()),
            low_budget=standing.budget.is_low(self._now()),
        )

    def _may_read(self, window: Window, *, borrowing: bool) -> bool:
        """Whether the month's reads allow a look; what is known to wait is read in any case."""
        if window.starting_after is not None or self._inbox.due_roots(livemode=window.livemode):
            return True
        budget = self._stripe.standing(livemode=window.livemode).budget
        return budget.allows(1, self._now(), borrowing=borrowing)

    def close(self) -> None:
        """Close the calling thread's connections; for a thread that looks no more."""
        self._stripe.close()

    def _read(self, gateway: StripeGateway, window: Window, tally: _Tally) -> None:
        """Follow the pages, newest first, down to the window's start; each page is kept at once."""
        after = window.starting_after
        through_at = window.through_at
        for _ in range(MOST_PAGES):
            try:
                page = gateway.list_events(created_gte=window.since_at, starting_after=after)
            except StripeGone:
                if after is None:
                    raise
                # The place to go on from has aged out: once more from the top.
                self._windows.forget_place(window)
                after = through_at = None
                continue
            through_at = through_at or page.server_at - timedelta(seconds=1)
            tally.events += len(page.events)
            self._windows.store(
                window,
                page.events,
                through_at=through_at,
                reached_start=not page.has_more,
            )
            if not page.has_more:
                break
            after = page.events[-1].id

    def _apply_due(self, gateway: StripeGateway, window: Window, tally: _Tally) -> None:
        for _ in range(MOST_ROUNDS):
            roots = self._inbox.due_roots(livemode=window.livemode)
            if not roots:
                break
            for root in roots:
                self._windows.keep(window)
                tally.applied += self._apply(gateway, root, window)

    def _apply(self, gateway: StripeGateway, root: Root, window: Window) -> int:
        try:
            if root.kind is RootKind.PAYMENT_LINK:
                self._inbox.link_seen(root, gateway.read_payment_link(root.id))
                return 0
            snapshot = gateway.fetch_payment(
                root.kind, root.id, refunds=root.refunds, disputes=root.disputes
            )
        except StripeGone as error:
            self._inbox.bury(root, str(error))
            return 0
        except (TemporaryError, StripeRefused) as error:
            self._inbox.put_off(root, str(error))
            return 0
        try:
            outcome = self._payments.apply(
                snapshot, event_ids=root.event_ids, livemode=window.livemode
            )
        except UnknownStripeStatus as error:
            log.warning("an event could not be read: %s", error)
            self._inbox.set_aside(root, str(error))
            return 0
        except BillDeskError as error:
            # Never marked done: it stays in the inbox, in view, and is tried again.
            log.warning("an event could not be applied: %s", error)
            self._inbox.put_off(root, str(error))
            return 0
        except Exception as error:
            # A bug met on one payment must not hold up the others.
            log.exception("events about %s could not be applied", root.id)
            self._inbox.put_off(root, _internal(error))
            return 0
        return 0 if outcome.foreign else 1

    def _complete_fees(self, gateway: StripeGateway, window: Window, tally: _Tally) -> None:
        livemode = window.livemode
        for intent in self._fees.payments_without_fee(livemode=livemode):
            self._windows.keep(window)
            try:
                snapshot = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent)
                outcome = self._payments.apply(snapshot, livemode=livemode)
            except StripeGone:
                log.warning("payment %s, whose fee is missing, is gone at Stripe", intent)
                self._fees.put_off_fee(intent, livemode)
            except StripeRefused as error:
                log.warning("the fee of %s cannot be read: %s", intent, error)
                self._fees.put_off_fee(intent, livemode)
            except UnknownStripeStatus as error:
                log.warning("the fee of %s must wait: %s", intent, error)
                self._fees.put_off_fee(intent, livemode)
            else:
                tally.applied += 0 if outcome.foreign else 1


def _internal(error: Exception) -> str:
    return f"Internal error ({type(error).__name__}); see the log."
