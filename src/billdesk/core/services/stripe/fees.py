"""Stripe's fees that are not known yet: which payments wait for theirs."""

from datetime import timedelta

from sqlalchemy import select, update

from billdesk.core.db.tables import Payment
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.outside import FeeState
from billdesk.core.services.steps.waiting import is_due


class StripeFeeService:
    """Transactions about looking a fee up."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def payments_without_fee(self, *, livemode: bool, limit: int = 50) -> tuple[str, ...]:
        """Payment intents of a mode whose fee is due for another look."""
        with self._uow.read() as connection:
            intents = connection.scalars(
                select(Payment.payment_intent)
                .where(
                    Payment.company_id == self._uow.company_id,
                    Payment.livemode == livemode,
                    Payment.fee_state == FeeState.PENDING.value,
                    is_due(Payment.fee_next_try_at, self._uow.now()),
                )
                .limit(limit)
            ).all()
        return tuple(intent for intent in intents if intent is not None)

    @use_case
    def put_off_fee(self, payment_intent: str, livemode: bool) -> None:
        """The fee of a payment cannot be looked up: not again before tomorrow."""
        with self._uow.write() as tx:
            tx.connection.execute(
                update(Payment)
                .where(
                    Payment.company_id == tx.company_id,
                    Payment.livemode == livemode,
                    Payment.payment_intent == payment_intent,
                )
                .values(fee_next_try_at=tx.now + timedelta(days=1))
            )
