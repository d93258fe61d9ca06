"""Go through Stripe's lists, whatever events told: daily, after a gap and after a restore.

Each page is compared and what is news put into the inbox, together with the place to go on from;
a reconciliation that is cut short goes on there.
"""

import logging
from dataclasses import replace
from datetime import datetime

from billdesk.core.domain.reconciliation import Place, Stage
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreadable,
)
from billdesk.core.gateways.stripe.facts import LinkFact
from billdesk.core.gateways.stripe.list_facts import OddRow, RecordKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.steps.stripe.cursor import Window
from billdesk.core.services.stripe.reconciling import OwnLink, Progress, StripeReconcilingService
from billdesk.core.services.stripe.window import StripeWindowService
from billdesk.core.sync.inbox_worker import Tally

log = logging.getLogger(__name__)
# Lists and links read in one look; the next look goes on.
MOST_STEPS = 50
# A link that completes once has a few sessions; this bounds the reading of a strange one.
MOST_PAGES_OF_A_LINK = 10
_KINDS = {
    Stage.SESSIONS: RecordKind.SESSION,
    Stage.INTENTS: RecordKind.PAYMENT_INTENT,
    Stage.REFUNDS: RecordKind.REFUND,
    Stage.DISPUTES: RecordKind.DISPUTE,
}


class Reconciler:
    """Finds what events did not tell, for one company."""

    def __init__(
        self,
        reconciling: StripeReconcilingService,
        windows: StripeWindowService,
    ) -> None:
        self._reconciling = reconciling
        self._windows = windows

    def run(
        self, gateway: StripeGateway, window: Window, server_at: datetime, tally: Tally
    ) -> bool:
        """Go on with the reconciliation under way; whether there is more of it to do.

        ``server_at`` is Stripe's clock now. Raises ``LeaseLost`` and what the gateway raises, but
        for a list that the key may not read: that one is left out and told.
        """
        under_way = self._reconciling.progress(window)
        if under_way is None:
            return False
        place = under_way.place
        for _ in range(MOST_STEPS):
            self._windows.keep(window)
            try:
                goes_on_at = self._step(gateway, window, replace(under_way, place=place))
            except StripePermissionMissing as error:
                log.warning("%s cannot be compared: %s", place.stage.value, error)
                tally.lacks(error)
                goes_on_at = place.next_stage()
            except StripeGone:
                if not place.after:
                    raise
                # The place to go on from is gone: the list once more from its top.
                goes_on_at = place.behind("")
            if goes_on_at is None:
                self._reconciling.finish(window, server_at)
                return False
            place = goes_on_at
            self._reconciling.goes_on_at(window, place)
        return True

    def _step(self, gateway: StripeGateway, window: Window, progress: Progress) -> Place | None:
        """Read and compare one page; where it goes on."""
        place = progress.place
        match place.stage:
            case Stage.OWN_LINKS:
                return self._own_links(gateway, window, place)
            case Stage.LINKS_THERE:
                return self._links_there(gateway, window, place)
            case Stage.OPEN_PAYMENTS:
                return self._reconciling.keep_open_payments(window, place) or place.next_stage()
        page = gateway.list_records(
            _KINDS[place.stage],
            created_gte=self._reconciling.listed_since(window, progress),
            starting_after=place.after or None,
        )
        behind = page.goes_on_after
        goes_on_at = place.next_stage() if behind is None else place.behind(behind)
        self._reconciling.keep(window, page, goes_on_at or place)
        return goes_on_at

    def _own_links(self, gateway: StripeGateway, window: Window, place: Place) -> Place | None:
        links = self._reconciling.own_links(window, place.after)
        for link in links:
            self._windows.keep(window)
            try:
                self._look_at(gateway, window, link, place)
            except (StripeGone, StripeRefused) as error:
                # Of another account, or deleted test data.
                log.info("link %s cannot be read: %s", link.stripe_id, error)
            except StripeUnreadable as error:
                log.warning("link %s cannot be read: %s", link.stripe_id, error)
                self._reconciling.put_aside(
                    window, OddRow.named("own_link", link.stripe_id, "could not be understood")
                )
            place = place.behind(str(link.id))
            self._reconciling.goes_on_at(window, place)
        return place if links else place.next_stage()

    def _look_at(self, gateway: StripeGateway, window: Window, link: OwnLink, place: Place) -> None:
        """Its payments first, then whether it is still on."""
        after: str | None = None
        for _ in range(MOST_PAGES_OF_A_LINK):
            page = gateway.list_records(
                RecordKind.SESSION, starting_after=after, payment_link=link.stripe_id
            )
            after = page.goes_on_after
            self._reconciling.keep(window, page, place)
            if after is None:
                break
        if link.is_active:
            self._reconciling.link_seen(gateway.read_payment_link(link.stripe_id))

    def _links_there(self, gateway: StripeGateway, window: Window, place: Place) -> Place | None:
        page = gateway.list_payment_links(starting_after=place.after or None)
        for fact in self._reconciling.to_switch_off(window, page):
            self._windows.keep(window)
            try:
                self._switch_off(gateway, fact)
            except StripeGone:
                log.info("link %s is gone", fact.id)
            except (StripeRefused, StripeUnreadable) as error:
                log.warning("link %s cannot be switched off: %s", fact.id, error)
                why = f"is to be off and could not be switched off: {error}"
                self._reconciling.put_aside(window, OddRow.named("payment_link", fact.id, why))
        behind = page.goes_on_after
        return place.next_stage() if behind is None else place.behind(behind)

    def _switch_off(self, gateway: StripeGateway, fact: LinkFact) -> None:
        """Nobody may pay it any more; pages that are open already are closed, too."""
        gateway.deactivate_payment_link(fact.id)
        for session in gateway.sessions_of_link(fact.id, status="open"):
            gateway.expire_session(session.id)
        log.warning("switched off the payment link %s, which the books do not have", fact.id)
        self._reconciling.switched_off(fact)
