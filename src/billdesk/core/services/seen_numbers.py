"""Numbers seen elsewhere after a restore, such as in Stripe's payment links."""

from collections.abc import Sequence

from sqlalchemy import select

from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.numbering import SeenNumber
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.steps.restored_numbers import (
    RaisedCounter,
    numbers_in_links,
    raise_counters,
)
from billdesk.core.services.stripe.connection import StripeConnector


class SeenNumberService:
    """Lets the counters of one company go on after what was given out."""

    def __init__(self, uow: UnitOfWork, stripe: StripeConnector) -> None:
        self._uow = uow
        self._stripe = stripe

    def keep_past_stripe(self) -> tuple[RaisedCounter, ...]:
        """As ``keep_past``, with the numbers on the newest payment links at Stripe.

        Nothing is asked where online payment is off. Blocks on the network, outside any
        transaction. Raises ``UserError`` without a key here, ``TemporaryError`` when Stripe cannot
        be reached.
        """
        with self._uow.read() as connection:
            of = self._uow.company_id
            uid = connection.scalar(select(Company.uid).where(Company.id == of)) or ""
            online = stored_setting(connection, of, OnlinePayment)
        if not online.enabled:
            return ()
        gateway = self._stripe.open(uid, livemode=online.livemode)
        try:
            seen = numbers_in_links(gateway.link_metadata(), self._uow.today())
        finally:
            self._stripe.close()
        return self.keep_past(seen)

    @use_case
    def keep_past(self, numbers: Sequence[SeenNumber]) -> tuple[RaisedCounter, ...]:
        """Raise the counters past ``numbers``; the gap is explained in the audit log.

        Numbers of other companies and other patterns are left alone; what was raised comes back.
        """
        with self._uow.write() as tx:
            raised = raise_counters(tx, numbers)
            if raised:
                tx.tell(CompanyChanged(tx.company_id))
            return raised
