"""Going live: what was booked while trying Stripe out with its test mode is taken back."""

from sqlalchemy import select

from billdesk.core.db.tables import Allocation, BankLine, Payment, StripePayout
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.banking.booking import unbook
from billdesk.core.services.steps.bank_lines import reopen
from billdesk.core.services.steps.movements import lock_documents
from billdesk.core.services.steps.payouts import take_payout_back
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
        """Take every test payment back by reversing entries, and test payouts; how many payments.

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
            # A line of the bank that was booked as a test payout waits for a decision again.
            for line_id in _lines_of_trial_payouts(tx):
                line = load(tx, BankLine, line_id)
                unbook(tx, line)
                reopen(tx, line)
            for uid in _trial_payouts(tx):
                if take_payout_back(tx, uid):
                    tx.audit("payout.undone", f"payout:{uid}")
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


def _trial_payouts(tx: Transaction) -> list[str]:
    return list(
        tx.connection.scalars(
            select(StripePayout.uid)
            .where(StripePayout.company_id == tx.company_id, StripePayout.livemode.is_(False))
            .order_by(StripePayout.id)
        )
    )


def _lines_of_trial_payouts(tx: Transaction) -> list[int]:
    return list(
        tx.connection.scalars(
            select(BankLine.id)
            .join(StripePayout, StripePayout.bank_line_id == BankLine.id)
            .where(
                BankLine.company_id == tx.company_id,
                StripePayout.company_id == tx.company_id,
                StripePayout.livemode.is_(False),
            )
            .order_by(BankLine.id)
        )
    )
