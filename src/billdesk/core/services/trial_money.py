"""Going live: what was booked while trying Stripe out with its test mode is taken back."""

from sqlalchemy import select

from billdesk.core.db.tables import Allocation, Payment
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.steps.movements import lock_documents
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting
from billdesk.core.services.steps.settlement import recompute_document
from billdesk.core.services.steps.trial_payments import take_trial_back


class TrialMoneyService:
    """One use case: no test payment is left in the books of a company that takes real money."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def take_back(self) -> int:
        """Take every test payment back by reversing entries; how many there were.

        ``queries.trial_payments`` lists them. Invoices they settled are open again. Raises
        ``NotAllowed`` as long as no live key was ever connected: until then test money is there
        to try everything out.
        """
        with self._uow.write() as tx:
            if read_setting(tx, OnlinePayment).live_since is None:
                raise NotAllowed(
                    "Connect your live key first. Until then test payments are there to try "
                    "everything out."
                )
            payments = _trials(tx)
            for payment_id in payments:
                self._take_back(tx, payment_id)
            tx.tell(MoneyChanged(tx.company_id))
            return len(payments)

    @staticmethod
    def _take_back(tx: Transaction, payment_id: int) -> None:
        settled = tx.connection.scalars(
            select(Allocation.document_id).where(
                Allocation.company_id == tx.company_id, Allocation.payment_id == payment_id
            )
        ).all()
        meant = tx.connection.scalar(
            select(Payment.document_id).where(
                Payment.company_id == tx.company_id, Payment.id == payment_id
            )
        )
        documents = lock_documents(tx, [meant, *settled])
        payment = load(tx, Payment, payment_id)
        take_trial_back(tx, payment)
        for _, document in sorted(documents.items()):
            recompute_document(tx, document, tx.today)
            tx.tell(PaymentChanged(tx.company_id, document.id))


def _trials(tx: Transaction) -> list[int]:
    return list(
        tx.connection.scalars(
            select(Payment.id)
            .where(
                Payment.company_id == tx.company_id,
                Payment.method == PaymentMethod.STRIPE.value,
                Payment.livemode.is_(False),
                Payment.state != PaymentState.TEST.value,
            )
            .order_by(Payment.id)
        )
    )
