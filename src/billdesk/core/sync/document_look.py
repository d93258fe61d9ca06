"""Look at one document's payments right now, whatever events tell."""

import logging
from dataclasses import dataclass

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.stripe_states import OlderAnswer, UnknownStripeStatus
from billdesk.core.gateways.stripe.errors import StripeGone
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.services.stripe.connection import StripeConnector
from billdesk.core.services.stripe.payments import StripePaymentService
from billdesk.core.services.stripe.reconciling import StripeReconcilingService, ToLookAt
from billdesk.core.services.stripe.window import StripeWindowService

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DocumentLook:
    """What a look at one document brought: payments read, and what went wrong, if anything."""

    payments: int = 0
    error: str = ""


class DocumentLooker:
    """Reads the sessions of a document's links and its payments, and applies them.

    It needs no lease: applying a payment twice is applying it once.
    """

    def __init__(
        self,
        windows: StripeWindowService,
        reconciling: StripeReconcilingService,
        payments: StripePaymentService,
        stripe: StripeConnector,
    ) -> None:
        self._windows = windows
        self._reconciling = reconciling
        self._payments = payments
        self._stripe = stripe

    def look_at(self, document_id: int) -> DocumentLook:
        """Compare what the books and Stripe say of a document; errors are in the result."""
        connection = self._windows.connection()
        if connection is None:
            return DocumentLook(error="Connect Stripe in Settings first.")
        wanted = self._reconciling.to_look_at(document_id, livemode=connection.livemode)
        self._stripe.begin_afresh(livemode=connection.livemode)
        read: set[str] = set()
        error = ""
        try:
            gateway = self._stripe.open(connection.company_uid, livemode=connection.livemode)
            self._look(gateway, wanted, read, livemode=connection.livemode)
        except BillDeskError as failure:
            error = str(failure)
        except Exception as failure:
            log.exception("looking at document %s failed", document_id)
            error = f"Internal error ({type(failure).__name__}); see the log."
        self._stripe.settle()
        return DocumentLook(len(read), error)

    def _look(
        self, gateway: StripeGateway, wanted: ToLookAt, read: set[str], *, livemode: bool
    ) -> None:
        unread: UnknownStripeStatus | None = None
        roots: dict[str, tuple[RootKind, str]] = {
            intent: (RootKind.PAYMENT_INTENT, intent) for intent in wanted.intents
        }
        for link_id in wanted.links:
            try:
                self._reconciling.link_seen(gateway.read_payment_link(link_id))
                for session in gateway.sessions_of_link(link_id):
                    if session.intent_id is not None:
                        roots[session.intent_id] = (RootKind.SESSION, session.id)
            except StripeGone:
                log.info("link %s is unknown to this account", link_id)
        for intent, (kind, root) in roots.items():
            known = intent in wanted.intents
            try:
                seen = gateway.fetch_payment(kind, root, refunds=known, disputes=known)
                self._payments.apply(seen, livemode=livemode)
            except StripeGone:
                log.info("payment %s is unknown to this account", intent)
            except UnknownStripeStatus as status:
                unread = status
            except OlderAnswer:
                # Somebody else looked meanwhile: the books show more than was wanted.
                read.add(intent)
            else:
                read.add(intent)
        if unread is not None:
            raise unread
