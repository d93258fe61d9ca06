"""What moved on the balance at Stripe besides our payments, above all the payouts to the bank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update

from billdesk.core.db.tables import BalanceTransaction, StripeCursor, StripePayout
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import MoneyChanged
from billdesk.core.domain.stripe_states import PAID_OUT, SENT_BACK
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.payouts import join_line, take_payout_back
from billdesk.core.services.steps.stripe.ledger.balance import keep_row

EVERY = timedelta(hours=24)
# Movements show late, and a payout is made of what came in days before.
OVERLAP = timedelta(days=7)
# A bank sends a payout back within days, if at all.
MAY_FAIL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class BalanceAccount:
    """Whose balance: the account as the books know it, in one mode."""

    stripe_account: str
    livemode: bool


class StripeBalanceService:
    """Transactions about reading the balance."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def due_since(self, of: BalanceAccount) -> datetime | None:
        """From when on the balance is to be read; ``None`` while there is no reason to.

        Once a day, as long as money of ours is there to be paid out or a payout may come back.
        """
        now = self._uow.now()
        with self._uow.read() as connection:
            cursor = connection.execute(
                select(StripeCursor.balance_through_at, StripeCursor.connected_at).where(
                    StripeCursor.company_id == self._uow.company_id,
                    StripeCursor.stripe_account == of.stripe_account,
                    StripeCursor.livemode == of.livemode,
                )
            ).one_or_none()
            if cursor is None:
                return None
            through = cursor.balance_through_at
            if through is not None and abs(now - through) < EVERY:
                return None
            waiting = connection.scalar(
                select(
                    or_(
                        exists().where(
                            *_of(BalanceTransaction, self._uow.company_id, of),
                            # Ours, or what a bank sent back: the next payout has it.
                            or_(BalanceTransaction.is_ours, BalanceTransaction.type.in_(SENT_BACK)),
                            BalanceTransaction.payout.is_(None),
                            BalanceTransaction.available_on <= now.date(),
                        ),
                        exists().where(
                            *_of(StripePayout, self._uow.company_id, of),
                            StripePayout.failed_on.is_(None),
                            StripePayout.available_on >= (now - MAY_FAIL).date(),
                        ),
                    )
                )
            )
        return (through or cursor.connected_at) - OVERLAP if waiting else None

    @use_case
    def store(self, of: BalanceAccount, movements: Sequence[BalanceFact]) -> None:
        """Keep what moved; payouts and their failures among it."""
        with self._uow.write() as tx:
            for fact in movements:
                keep_row(tx, fact, livemode=of.livemode, account=of.stripe_account)
            tx.session.flush()
            # A payout first, whatever the order, then what became of it.
            new = [
                _keep_payout(tx, of, fact, fact.source_id)
                for fact in movements
                if fact.type == PAID_OUT and fact.source_id
            ]
            for fact in movements:
                if fact.type in SENT_BACK and fact.source_id:
                    _fail_payout(tx, fact, fact.source_id)
            for row in new:
                if row is not None and row.failed_on is None:
                    join_line(tx, row)

    def unlisted_payouts(self, of: BalanceAccount) -> tuple[str, ...]:
        """Payouts of which it is not known yet what they paid out."""
        known = exists().where(
            *_of(BalanceTransaction, self._uow.company_id, of),
            BalanceTransaction.payout == StripePayout.stripe_payout,
        )
        with self._uow.read() as connection:
            return tuple(
                connection.scalars(
                    select(StripePayout.stripe_payout)
                    .where(*_of(StripePayout, self._uow.company_id, of), ~known)
                    .order_by(StripePayout.id)
                )
            )

    @use_case
    def store_paid(self, of: BalanceAccount, payout: str, ids: Iterable[str]) -> None:
        """Keep which movements a payout paid out; only itself where Stripe does not tell."""
        with self._uow.write() as tx:
            own = tx.connection.scalar(
                select(StripePayout.balance_transaction).where(
                    *_of(StripePayout, tx.company_id, of), StripePayout.stripe_payout == payout
                )
            )
            tx.connection.execute(
                update(BalanceTransaction)
                .where(
                    *_of(BalanceTransaction, tx.company_id, of),
                    BalanceTransaction.id.in_([*ids, own or ""]),
                )
                .values(payout=payout)
            )
            tx.tell(MoneyChanged(tx.company_id))

    @use_case
    def done(self, of: BalanceAccount, through_at: datetime) -> None:
        """The balance has been read up to ``through_at`` (Stripe's clock)."""
        with self._uow.write() as tx:
            tx.connection.execute(
                update(StripeCursor)
                .where(
                    StripeCursor.company_id == tx.company_id,
                    StripeCursor.stripe_account == of.stripe_account,
                    StripeCursor.livemode == of.livemode,
                )
                .values(balance_through_at=through_at)
            )


def _of(
    table: type[BalanceTransaction] | type[StripePayout], company_id: int, of: BalanceAccount
) -> tuple[ColumnElement[bool], ...]:
    return (
        table.company_id == company_id,
        table.livemode == of.livemode,
        table.stripe_account == of.stripe_account,
    )


def _payout(tx: Transaction, stripe_payout: str) -> StripePayout | None:
    return tx.session.scalar(
        select(StripePayout).where(
            StripePayout.company_id == tx.company_id, StripePayout.stripe_payout == stripe_payout
        )
    )


def _keep_payout(
    tx: Transaction, of: BalanceAccount, fact: BalanceFact, payout: str
) -> StripePayout | None:
    """The row of a payout that was not known before."""
    if _payout(tx, payout) is not None:
        return None
    row = StripePayout(
        uid=new_uid(),
        company_id=tx.company_id,
        livemode=of.livemode,
        stripe_account=of.stripe_account,
        stripe_payout=payout,
        balance_transaction=fact.id,
        currency=fact.currency,
        amount_minor=-fact.amount_minor,
        available_on=fact.available_on,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    facts = {"payout": payout, "minor": row.amount_minor, "currency": row.currency}
    tx.audit("payout.sent", f"payout:{row.uid}", after=facts)
    tx.tell(MoneyChanged(tx.company_id))
    return row


def _fail_payout(tx: Transaction, fact: BalanceFact, payout: str) -> None:
    """The bank sent a payout back: it is on the balance again, and not in the bank."""
    row = _payout(tx, payout)
    if row is None or row.failed_on is not None:
        return
    row.failed_on = open_day(tx, fact.created_at.date())
    row.updated_at = tx.now
    reversed_ = take_payout_back(tx, row.uid)
    facts = {"payout": payout, "minor": row.amount_minor, "currency": row.currency}
    tx.audit("payout.failed", f"payout:{row.uid}", after={**facts, "reversed": reversed_})
    tx.tell(MoneyChanged(tx.company_id))
