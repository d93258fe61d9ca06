"""Read the balance at Stripe once a day: payouts, what they paid out, and those that failed."""

import logging
from datetime import datetime

from billdesk.core.gateways.stripe.errors import StripeGone, StripePermissionMissing, StripeRefused
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.steps.stripe.cursor import Window
from billdesk.core.services.stripe.balance import BalanceAccount, StripeBalanceService
from billdesk.core.sync.inbox_worker import Tally

log = logging.getLogger(__name__)
MOST_PAGES = 50


class PayoutReader:
    """Part of a look at Stripe; most looks find nothing due here and ask nothing."""

    def __init__(self, balance: StripeBalanceService) -> None:
        self._balance = balance
        # Where a list too long for one look goes on: Stripe's time at its start, the last id read.
        self._places: dict[BalanceAccount, tuple[datetime, str]] = {}

    def read(self, gateway: StripeGateway, window: Window, tally: Tally) -> None:
        """Read what is due. Raises the gateway's errors but for what may not be listed."""
        of = BalanceAccount(window.stripe_account, window.livemode)
        since = self._balance.due_since(of)
        if since is None:
            return
        try:
            self._read(gateway, of, since)
        except StripePermissionMissing as error:
            tally.lacks(error)

    def _read(self, gateway: StripeGateway, of: BalanceAccount, since: datetime) -> None:
        # Taken out: after an error the next look begins anew.
        through, after = self._places.pop(of, (None, None))
        for _ in range(MOST_PAGES):
            page = gateway.list_balance_transactions(created_gte=since, starting_after=after)
            through = through or page.server_at
            self._balance.store(of, page.movements)
            if not page.has_more:
                break
            after = page.movements[-1].id
        else:
            # The newest come first: the mark stays until the oldest are read too.
            if through is not None and after is not None:
                self._places[of] = (through, after)
            return
        for payout in self._balance.unlisted_payouts(of):
            self._list(gateway, of, payout)
        if through is not None:
            self._balance.done(of, through)

    def _list(self, gateway: StripeGateway, of: BalanceAccount, payout: str) -> None:
        found: list[str] = []
        after: str | None = None
        try:
            for _ in range(MOST_PAGES):
                page = gateway.list_balance_transactions(starting_after=after, payout=payout)
                self._balance.store(of, page.movements)
                found += [movement.id for movement in page.movements]
                if not page.has_more:
                    break
                after = page.movements[-1].id
        except (StripeGone, StripeRefused) as error:
            # One that was made by hand: Stripe does not say what it paid out.
            log.info("payout %s is not broken down: %s", payout, error)
        self._balance.store_paid(of, payout, found)
