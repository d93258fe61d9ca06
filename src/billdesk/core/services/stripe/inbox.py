"""The inbox of Stripe events: what waits to be applied, and what became of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, literal_column, select, update

from billdesk.core.db.tables import Payment, PaymentLink, StripeEvent
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.outside import FeeState, InboxState, LinkState, PaymentState
from billdesk.core.gateways.stripe.facts import LinkFact, RootKind
from billdesk.core.services.steps.stripe.links import notice_link
from billdesk.core.services.steps.waiting import is_due
from billdesk.core.services.stripe.window import LONGEST_ERROR

LONGEST_BACKOFF_S = 300
# A status may be a passing one; beyond these it waits for another version of BillDesk.
UNREADABLE_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=6))


@dataclass(frozen=True, slots=True)
class Root:
    """Events about one payment, fetched and applied together."""

    kind: RootKind
    id: str
    event_ids: tuple[str, ...]
    livemode: bool
    refunds: bool
    disputes: bool
    tries: int


class StripeInboxService:
    """Transactions about events that were read."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def due_roots(self, *, livemode: bool, limit: int = 100) -> tuple[Root, ...]:
        """Payments of a mode with unapplied events, oldest first, all events of one together.

        Those of the other mode wait until the company is connected in that one again.
        """
        with self._uow.read() as connection:
            rows = connection.execute(
                select(StripeEvent.__table__)
                .where(
                    StripeEvent.company_id == self._uow.company_id,
                    StripeEvent.livemode == livemode,
                    StripeEvent.state == InboxState.NEW.value,
                    # Odd rows of lists have none; they are only to be seen.
                    StripeEvent.root != "",
                    is_due(StripeEvent.next_try_at, self._uow.now()),
                )
                .order_by(StripeEvent.created_at, StripeEvent.id)
                .limit(limit * 10)
            ).all()
        grouped: dict[str, list[Row[Any]]] = {}
        for row in rows:
            # What is told of a session and what of its payment is read and applied together.
            grouped.setdefault(row.intent or row.root, []).append(row)
        return tuple(_root(group) for group in list(grouped.values())[:limit])

    @use_case
    def put_off(self, root: Root, sentence: str) -> None:
        """The look failed: the events stay new and are tried again later, ever more rarely."""
        with self._uow.write() as tx:
            delay = min(LONGEST_BACKOFF_S, 2 ** min(root.tries + 1, 9))
            self._try_later(tx, root, sentence, timedelta(seconds=delay))

    @use_case
    def set_aside(self, root: Root, sentence: str) -> None:
        """Stripe says what this version cannot read: still new, looked at again now and then."""
        with self._uow.write() as tx:
            wait = UNREADABLE_WAITS[min(root.tries, len(UNREADABLE_WAITS) - 1)]
            self._try_later(tx, root, sentence, wait)

    @use_case
    def bury(self, root: Root, sentence: str) -> None:
        """What the events were about no longer exists (deleted test data)."""
        with self._uow.write() as tx:
            self._update(tx, root, state=InboxState.DEAD.value, error=_storable(sentence))

    def is_busy(self) -> bool:
        """Whether a customer may pay at any moment: a link is open or money is on its way."""
        company_id = self._uow.company_id
        # One look per index: a condition over both states would read every payment.
        looks = (
            select(PaymentLink.id).where(
                PaymentLink.company_id == company_id,
                PaymentLink.state == literal_column(f"'{LinkState.ACTIVE.value}'"),
            ),
            select(Payment.id).where(
                Payment.company_id == company_id,
                Payment.state == literal_column(f"'{PaymentState.PENDING.value}'"),
            ),
            select(Payment.id).where(
                Payment.company_id == company_id,
                Payment.fee_state == literal_column(f"'{FeeState.PENDING.value}'"),
            ),
        )
        with self._uow.read() as connection:
            return any(connection.scalar(look.limit(1)) is not None for look in looks)

    @use_case
    def link_seen(self, root: Root, fact: LinkFact) -> None:
        """A link changed at Stripe: notice when somebody switched it off in the Dashboard."""
        with self._uow.write() as tx:
            known = notice_link(tx, fact)
            state = InboxState.APPLIED if known else InboxState.FOREIGN
            self._update(tx, root, state=state.value, applied_at=tx.now, error="")

    def _try_later(self, tx: Transaction, root: Root, sentence: str, wait: timedelta) -> None:
        self._update(
            tx,
            root,
            tries=root.tries + 1,
            next_try_at=tx.now + wait,
            error=_storable(sentence),
        )

    @staticmethod
    def _update(tx: Transaction, root: Root, **values: object) -> None:
        tx.connection.execute(
            update(StripeEvent)
            .where(
                StripeEvent.company_id == tx.company_id,
                StripeEvent.livemode == root.livemode,
                StripeEvent.id.in_(root.event_ids),
                StripeEvent.state == InboxState.NEW.value,
            )
            .values(**values)
        )


def _storable(sentence: str) -> str:
    """Without what no database takes; a sentence may quote what Stripe says."""
    return sentence.replace("\0", "").encode(errors="replace").decode()[:LONGEST_ERROR]


def _root(rows: list[Row[Any]]) -> Root:
    """What the events are about; a session is read with its payment at once."""
    sessions = (row.root for row in rows if row.root.startswith(f"{RootKind.SESSION.value}:"))
    kind, _, root_id = next(sessions, rows[0].root).partition(":")
    return Root(
        kind=RootKind(kind),
        id=root_id,
        event_ids=tuple(row.id for row in rows),
        livemode=rows[0].livemode,
        refunds=any("refund" in row.type for row in rows),
        disputes=any("dispute" in row.type for row in rows),
        tries=max(row.tries for row in rows),
    )
