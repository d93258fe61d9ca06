"""What moved on the balance at Stripe besides our payments, above all the payouts to the bank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update

from billdesk.core.db.tables import BalanceTransaction, StripeCursor, StripePayout
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import MoneyChanged
from billdesk.core.domain.stripe_states import PAID_OUT, SENT_BACK
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.gateways.stripe.list_facts import BalancePage
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.payouts import join_line, take_payout_back
from billdesk.core.services.steps.stripe.ledger.balance import keep_row
from billdesk.core.services.steps.stripe.odd_rows import keep_odd_rows, were_read

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


@dataclass(frozen=True, slots=True)
class BalanceReading:
    """Where to read the balance: since when, on after which movement, begun when (Stripe's clock).

    ``after`` and ``begun_at`` are ``None`` where it is begun only now.
    """

    since_at: datetime
    after: str | None
    begun_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnlistedPayout:
    """A payout of which it is not known yet what it paid out; known up to ``after``."""

    stripe_id: str
    after: str | None


class StripeBalanceService:
    """Transactions about reading the balance."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def due(self, of: BalanceAccount) -> BalanceReading | None:
        """The reading that is due, or under way; ``None`` while there is no reason to read.

        Once a day, as long as money of ours is there to be paid out or a payout may come back.
        """
        now = self._uow.now()
        with self._uow.read() as connection:
            cursor = connection.execute(
                select(
                    StripeCursor.balance_through_at,
                    StripeCursor.balance_after,
                    StripeCursor.balance_begun_at,
                    StripeCursor.connected_at,
                ).where(
                    StripeCursor.company_id == self._uow.company_id,
                    StripeCursor.stripe_account == of.stripe_account,
                    StripeCursor.livemode == of.livemode,
                )
            ).one_or_none()
            if cursor is None:
                return None
            through = cursor.balance_through_at
            since = (through or cursor.connected_at) - OVERLAP
            if cursor.balance_after is not None:
                return BalanceReading(since, cursor.balance_after, cursor.balance_begun_at)
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
        return BalanceReading(since, None, None) if waiting else None

    @use_case
    def store(self, of: BalanceAccount, page: BalancePage, *, begun_at: datetime) -> None:
        """Keep what moved, payouts and their failures among it, and the place to go on from.

        With the last page the balance has been read up to ``begun_at`` (Stripe's clock).
        """
        with self._uow.write() as tx:
            self._keep(tx, of, page)
            place = {"balance_after": page.goes_on_after, "balance_begun_at": begun_at}
            if page.goes_on_after is None:
                place = {
                    "balance_after": None,
                    "balance_begun_at": None,
                    "balance_through_at": begun_at,
                }
            self._update_cursor(tx, of, place)

    @use_case
    def begin_anew(self, of: BalanceAccount) -> None:
        """The place to go on from is gone at Stripe."""
        with self._uow.write() as tx:
            self._update_cursor(tx, of, {"balance_after": None, "balance_begun_at": None})

    @staticmethod
    def _update_cursor(tx: Transaction, of: BalanceAccount, values: Mapping[str, object]) -> None:
        tx.connection.execute(
            update(StripeCursor)
            .where(
                StripeCursor.company_id == tx.company_id,
                StripeCursor.stripe_account == of.stripe_account,
                StripeCursor.livemode == of.livemode,
            )
            .values(**values)
        )

    @staticmethod
    def _keep(tx: Transaction, of: BalanceAccount, page: BalancePage) -> None:
        movements = page.movements
        keep_odd_rows(tx, livemode=of.livemode, odd=page.odd)
        read = [fact.id for fact in movements]
        were_read(tx, livemode=of.livemode, kind="balance_transaction", ids=read)
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

    def unlisted_payouts(self, of: BalanceAccount) -> tuple[UnlistedPayout, ...]:
        """Payouts of which it is not known yet what they paid out."""
        with self._uow.read() as connection:
            rows = connection.execute(
                select(StripePayout.stripe_payout, StripePayout.listed_after)
                .where(
                    *_of(StripePayout, self._uow.company_id, of), StripePayout.is_listed.is_(False)
                )
                .order_by(StripePayout.id)
            ).all()
        return tuple(UnlistedPayout(row.stripe_payout, row.listed_after) for row in rows)

    @use_case
    def store_paid(self, of: BalanceAccount, payout: str, page: BalancePage | None) -> None:
        """Keep which movements a payout paid out, and the place to go on from, if any.

        ``page`` is ``None`` where Stripe does not tell: it paid out itself, as far as is known.
        """
        with self._uow.write() as tx:
            row = _payout(tx, payout)
            if row is None:
                return
            ids = [row.balance_transaction]
            if page is not None:
                self._keep(tx, of, page)
                ids += [movement.id for movement in page.movements]
            row.listed_after = None if page is None else page.goes_on_after
            row.is_listed = row.listed_after is None
            row.updated_at = tx.now
            tx.session.flush()
            tx.connection.execute(
                update(BalanceTransaction)
                .where(*_of(BalanceTransaction, tx.company_id, of), BalanceTransaction.id.in_(ids))
                .values(payout=payout)
            )
            tx.tell(MoneyChanged(tx.company_id))

    @use_case
    def list_anew(self, payout: str) -> None:
        """The place to go on from in a payout's list is gone at Stripe."""
        with self._uow.write() as tx:
            row = _payout(tx, payout)
            if row is not None:
                row.listed_after = None


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
