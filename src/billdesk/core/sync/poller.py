"""Look at Stripe: read new events into the inbox, fetch what they are about, apply it."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.outside_services.read_budget import RARELY
from billdesk.core.gateways.stripe.errors import StripeGone, StripePermissionMissing
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.steps.stripe.cursor import LeaseLost, Window
from billdesk.core.services.stripe.connection import NoStripeKey, StripeConnector
from billdesk.core.services.stripe.window import StripeWindowService
from billdesk.core.sync.inbox_worker import InboxWorker, Tally, internal
from billdesk.core.sync.payout_reader import PayoutReader
from billdesk.core.sync.reconciler import Reconciler

log = logging.getLogger(__name__)
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one look brought: events read, payments applied, and what went wrong, if anything.

    ``skipped`` where another desk looks, or the reads of the month are to last. ``missing`` names
    what the key may not read; the rest was read all the same. ``is_more``: there was too much for
    one look. ``wait_s`` is how long Stripe is left alone, ``low_budget`` whether looks are to be
    rare.
    """

    events: int = 0
    applied: int = 0
    error: str = ""
    missing: str = ""
    skipped: bool = False
    is_more: bool = False
    wait_s: float = 0.0
    low_budget: bool = False


class Poller:
    """One look at Stripe for one company. Never two at once: the cursor has a lease."""

    def __init__(
        self,
        windows: StripeWindowService,
        inbox: InboxWorker,
        reconciler: Reconciler,
        payouts: PayoutReader,
        stripe: StripeConnector,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._windows = windows
        self._inbox = inbox
        self._reconciler = reconciler
        self._payouts = payouts
        self._stripe = stripe
        self._name = f"poller-{uuid.uuid4()}"

    def poll(self, *, deep: bool = False, by_hand: bool = False) -> PollResult:
        """Read, fetch and apply until nothing is due. ``deep`` looks further back (start, wake).

        Errors end the look and are reported in the result; what was stored stays stored. A look
        ``by_hand`` is made whatever Stripe did before.
        """
        connection = self._windows.connection()
        if connection is None:
            return PollResult(skipped=True)
        try:
            gateway = self._stripe.open(
                connection.company_uid, livemode=connection.livemode, account=connection.account
            )
        except NoStripeKey as missing:
            # Another desk may have it, and is not to be kept from looking.
            self._windows.cannot_begin(str(missing))
            return PollResult(error=str(missing))
        window = self._windows.begin(self._name, deep=deep)
        if window is None:
            return PollResult(skipped=True)
        if window.stripe_account != connection.account:
            # Connected anew this very moment.
            self._windows.end(window, applied=0)
            return PollResult(skipped=True)
        if by_hand:
            self._stripe.begin_afresh(livemode=window.livemode)
        if not self._may_read(window, borrowing=deep or by_hand):
            self._windows.end(window, applied=0)
            return PollResult(skipped=True, low_budget=True)
        tally = Tally()
        error = ""
        lost = is_more = False
        try:
            is_more = self._look(gateway, window, tally)
        except LeaseLost:
            log.info("this look took too long; another desk looks at Stripe now")
            lost = True
        except BillDeskError as failure:
            error = str(failure)
        except Exception as failure:
            log.exception("looking at Stripe failed")
            error = internal(failure)
        self._windows.end(window, applied=tally.applied, error=error, missing=tally.missing)
        self._stripe.paid(tally.arrived, livemode=window.livemode)
        standing = self._stripe.standing(livemode=window.livemode)
        return PollResult(
            tally.events,
            tally.applied,
            error,
            tally.missing,
            skipped=lost,
            is_more=is_more,
            wait_s=standing.wait_s(self._now()),
            low_budget=standing.budget.is_low(self._now()),
        )

    def _may_read(self, window: Window, *, borrowing: bool) -> bool:
        """Whether the month's reads allow a look; what is known to wait is read in any case.

        So is what came since a look long ago.
        """
        last = window.looked_at
        if last is None or not timedelta(0) <= self._now() - last < RARELY:
            return True
        if window.starting_after is not None or self._inbox.has_due(livemode=window.livemode):
            return True
        budget = self._stripe.standing(livemode=window.livemode).budget
        return budget.allows(1, self._now(), borrowing=borrowing)

    def close(self) -> None:
        """Close the calling thread's connections; for a thread that looks no more."""
        self._stripe.close()

    def _look(self, gateway: StripeGateway, window: Window, tally: Tally) -> bool:
        """Events, what they are about, Stripe's lists, fees; whether there is more to do."""
        try:
            server_at, is_more = self._read(gateway, window, tally)
        except StripePermissionMissing as error:
            tally.lacks(error)
            server_at, is_more = gateway.server_time(), False
            self._windows.pass_by(window, server_at)
        self._inbox.apply_due(gateway, window, tally)
        if not is_more:
            is_more = self._reconciler.run(gateway, window, server_at, tally)
            self._inbox.apply_due(gateway, window, tally)
        self._inbox.complete_fees(gateway, window, tally)
        return self._payouts.read(gateway, window, tally) or is_more

    def _read(self, gateway: StripeGateway, window: Window, tally: Tally) -> tuple[datetime, bool]:
        """Follow the pages, newest first, down to the window's start; each page is kept at once.

        Stripe's clock, and whether there are more pages than one look reads.
        """
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
            server_at = page.server_at
            through_at = through_at or server_at - timedelta(seconds=1)
            tally.events += len(page.events)
            self._windows.store(
                window,
                page.events,
                through_at=through_at,
                goes_on_after=page.goes_on_after if page.has_more else None,
            )
            if not page.has_more:
                return server_at, False
            after = page.goes_on_after
        return server_at, True
