"""Read the balance at Stripe once a day: payouts, what they paid out, and those that failed.

Each page is kept together with the place to go on from: a reading that is cut short goes on there.
"""

import logging

from billdesk.core.gateways.stripe.errors import StripeGone, StripePermissionMissing, StripeRefused
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.steps.stripe.cursor import Window
from billdesk.core.services.stripe.balance import (
    BalanceAccount,
    BalanceReading,
    StripeBalanceService,
    UnlistedPayout,
)
from billdesk.core.sync.inbox_worker import Tally

log = logging.getLogger(__name__)
# Pages read in one look; the next look goes on.
MOST_PAGES = 50


class PayoutReader:
    """Part of a look at Stripe; most looks find nothing due here and ask nothing."""

    def __init__(self, balance: StripeBalanceService) -> None:
        self._balance = balance

    def read(self, gateway: StripeGateway, window: Window, tally: Tally) -> bool:
        """Read what is due; whether there is more of it than one look reads.

        Raises the gateway's errors but for what may not be listed.
        """
        of = BalanceAccount(window.stripe_account, window.livemode)
        try:
            return self._read(gateway, of) <= 0
        except StripePermissionMissing as error:
            tally.lacks(error)
            return False

    def _read(self, gateway: StripeGateway, of: BalanceAccount) -> int:
        """How many pages are left of what one look may read; none where there is more to read."""
        left = MOST_PAGES
        reading = self._balance.due(of)
        if reading is not None:
            left = self._balance_since(gateway, of, reading, left)
        for payout in self._balance.unlisted_payouts(of):
            if left <= 0:
                break
            left = self._list(gateway, of, payout, left)
        return left

    def _balance_since(
        self, gateway: StripeGateway, of: BalanceAccount, reading: BalanceReading, left: int
    ) -> int:
        after, begun_at = reading.after, reading.begun_at
        while left > 0:
            try:
                page = gateway.list_balance_transactions(
                    created_gte=reading.since_at, starting_after=after
                )
            except StripeGone:
                if after is None:
                    raise
                self._balance.begin_anew(of)
                return 0
            begun_at = begun_at or page.server_at
            self._balance.store(of, page, begun_at=begun_at)
            if page.goes_on_after is None:
                return left
            after = page.goes_on_after
            left -= 1
        return left

    def _list(
        self, gateway: StripeGateway, of: BalanceAccount, payout: UnlistedPayout, left: int
    ) -> int:
        after = payout.after
        while left > 0:
            try:
                page = gateway.list_balance_transactions(
                    starting_after=after, payout=payout.stripe_id
                )
            except (StripeGone, StripeRefused) as error:
                if after is not None:
                    self._balance.list_anew(payout.stripe_id)
                    return 0
                # One that was made by hand: Stripe does not say what it paid out.
                log.info("payout %s is not broken down: %s", payout.stripe_id, error)
                self._balance.store_paid(of, payout.stripe_id, None)
                return left
            self._balance.store_paid(of, payout.stripe_id, page)
            if page.goes_on_after is None:
                return left
            after = page.goes_on_after
            left -= 1
        return left
