"""Money that Stripe paid out to the bank."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import StripePayout
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.currencies import check_rate, exponent
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import CompanyChanged, MoneyChanged
from billdesk.core.domain.ledger import to_base
from billdesk.core.domain.texts import clean_line
from billdesk.core.services.payments.inputs import (
    LONGEST_REFERENCE,
    check_amount,
    check_past,
)
from billdesk.core.services.steps.base_currency import require_open
from billdesk.core.services.steps.payouts import (
    book_payout,
    books_no_payout,
    clearing_value,
    stands,
    take_payout_back,
)
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row


@dataclass(frozen=True, slots=True)
class PayoutInput:
    """A payout on the bank statement, in minor units of ``currency`` (empty: the company's)."""

    minor: int
    arrived_on: date
    currency: str = ""
    exchange_rate: Decimal | None = None
    reference: str = ""


class PayoutService:
    """Record and undo payouts."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def record(self, given: PayoutInput) -> str:
        """Bank / Stripe clearing; returns the payout's uid. Raises ``UserError``."""
        check_amount(given.minor, "minor")
        given = replace(
            given, reference=clean_line(given.reference, "reference", LONGEST_REFERENCE)
        )
        with self._uow.write() as tx:
            check_past(given.arrived_on, tx.today, "arrived_on")
            require_open(tx, given.arrived_on, "arrived_on")
            base = company_row(tx).currency
            currency = given.currency or base
            scale = exponent(currency)
            value = given.minor
            if currency != base:
                if given.exchange_rate is None:
                    raise UserError(
                        f"Give the exchange rate from {currency} to {base}.", field="exchange_rate"
                    )
                check_rate(given.exchange_rate)
                value = to_base(given.minor, scale, given.exchange_rate, exponent(base))
            uid = new_uid()
            book_payout(
                tx, uid, currency, given.minor, value, given.arrived_on, memo=given.reference
            )
            tx.audit("payout.recorded", f"payout:{uid}", after=given)
            tx.tell(CompanyChanged(tx.company_id))
            return uid

    @use_case
    def arrived(self, payout_id: int, arrived_on: date) -> None:
        """Bank / Stripe clearing for a payout that Stripe told of, where no statement is imported.

        A bank line that comes in later takes its place. Raises ``NotAllowed`` for one that failed,
        is of test mode after going live or is in the bank already, ``NotFound``, ``UserError``.
        """
        with self._uow.write() as tx:
            payout = load(tx, StripePayout, payout_id)
            check_past(arrived_on, tx.today, "arrived_on")
            require_open(tx, arrived_on, "arrived_on")
            if payout.failed_on is not None:
                raise NotAllowed("The bank sent this payout back to Stripe.")
            if books_no_payout(tx, payout):
                raise NotAllowed("This payout was made in test mode; no money went to the bank.")
            if payout.bank_line_id is not None or stands(tx, payout.uid):
                raise NotAllowed("This payout is in the bank already.")
            value = clearing_value(tx, payout.currency, payout.amount_minor)
            book_payout(
                tx,
                payout.uid,
                payout.currency,
                payout.amount_minor,
                value,
                arrived_on,
                memo=payout.stripe_payout,
            )
            tx.audit(
                "payout.recorded",
                f"payout:{payout.uid}",
                after={"minor": payout.amount_minor, "currency": payout.currency},
            )
            tx.tell(MoneyChanged(tx.company_id))

    @use_case
    def undo(self, uid: str) -> None:
        """Take a payout back by a reversing entry. Raises ``NotAllowed``."""
        with self._uow.write() as tx:
            if not take_payout_back(tx, uid):
                raise NotAllowed("There is no such payout, or it was undone already.")
            tx.audit("payout.undone", f"payout:{uid}")
            tx.tell(CompanyChanged(tx.company_id))
