"""Stripe's lists compared with the books, page by page: what is news goes into the inbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, or_, select

from billdesk.core.db.tables import Document, Payment, PaymentLink, StripeEvent
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.outside import InboxState, LinkState
from billdesk.core.domain.reconciliation import (
    DEBITS_FOLLOWED_FOR,
    EVENTS_KEPT_FOR,
    FOLLOWED_FOR,
    Place,
    Stage,
)
from billdesk.core.gateways.stripe.facts import LinkFact
from billdesk.core.gateways.stripe.list_facts import LinkPage, OddRow, RecordPage
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.stripe.cursor import Window, own_cursor, reconciled_since
from billdesk.core.services.steps.stripe.findings import Finding, find_news, keep_findings
from billdesk.core.services.steps.stripe.links import is_of_these_books, notice_link
from billdesk.core.services.steps.stripe.odd_rows import keep_odd_rows, were_read
from billdesk.core.services.steps.stripe.open_payments import open_payments

# So many rows of the books are gone through together.
_TOGETHER = 50
# Links that somebody may still pay; the others are to be off.
_MAY_BE_PAID = (LinkState.QUEUED.value, LinkState.SENT.value, LinkState.ACTIVE.value)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a reconciliation under way goes on, and since when things are looked at."""

    place: Place
    since_at: datetime


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link of these books whose payments are looked for."""

    id: int
    stripe_id: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A document's links and payments at Stripe, by Stripe's ids."""

    links: tuple[str, ...]
    intents: frozenset[str]


class StripeReconcilingService:
    """Transactions of a reconciliation; each moves its place with what it found."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def progress(self, window: Window) -> Progress | None:
        """The reconciliation under way, if any. Raises ``LeaseLost``."""
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
            if not cursor.deep_place:
                return None
            return Progress(Place.read(cursor.deep_place), reconciled_since(cursor))

    def listed_since(self, window: Window, progress: Progress) -> datetime:
        """From when on a list is read: payment intents further back where there are debits.

        A card comes back as a dispute, which has a list of its own; a debit just fails, weeks after
        it arrived, and its payment intent says so.
        """
        place, since = progress.place, progress.since_at
        if place.stage is not Stage.INTENTS:
            return since
        followed_for = FOLLOWED_FOR if place.whole else DEBITS_FOLLOWED_FOR
        with self._uow.read() as connection:
            debits = connection.scalar(
                select(
                    exists().where(
                        Payment.company_id == self._uow.company_id,
                        Payment.livemode == window.livemode,
                        Payment.method_type.not_in(("", "card")),
                        Payment.received_on >= self._uow.today() - followed_for,
                    )
                )
            )
        return min(since, self._uow.now() - followed_for) if debits else since

    @use_case
    def keep(self, window: Window, page: RecordPage, goes_on_at: Place) -> int:
        """Put what is news of a page into the inbox, and what could not be read; how much was news.

        Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
            found = find_news(tx, window, page.records)
            keep_findings(tx, window, found)
            keep_odd_rows(tx, livemode=window.livemode, odd=page.odd)
            for kind in {one.kind for one in page.records}:
                ids = [one.id for one in page.records if one.kind is kind]
                were_read(tx, livemode=window.livemode, kind=kind.value, ids=ids)
            cursor.deep_place = str(goes_on_at)
            return len(found)

    def own_links(self, window: Window, after: str) -> tuple[OwnLink, ...]:
        """The next links that can be paid, or were paid in the last half year."""
        since = self._uow.today() - FOLLOWED_FOR
        paid = exists().where(
            Payment.link_id == PaymentLink.id,
            Payment.company_id == PaymentLink.company_id,
            Payment.received_on >= since,
        )
        with self._uow.read() as connection:
            rows = connection.execute(
                select(PaymentLink.id, PaymentLink.stripe_id, PaymentLink.state)
                .where(
                    PaymentLink.company_id == self._uow.company_id,
                    PaymentLink.livemode == window.livemode,
                    PaymentLink.stripe_id.is_not(None),
                    PaymentLink.id > int(after or 0),
                    or_(
                        PaymentLink.state.in_((LinkState.ACTIVE.value, LinkState.RETIRING.value)),
                        paid,
                    ),
                )
                .order_by(PaymentLink.id)
                .limit(_TOGETHER)
            ).all()
        return tuple(OwnLink(row.id, row.stripe_id, row.state == LinkState.ACTIVE) for row in rows)

    def to_look_at(self, document_id: int, *, livemode: bool) -> ToLookAt:
        """The links and payments of one document in a mode, newest link first."""
        with self._uow.read() as connection:
            links = connection.scalars(
                select(PaymentLink.stripe_id)
                .where(
                    PaymentLink.company_id == self._uow.company_id,
                    PaymentLink.document_id == document_id,
                    PaymentLink.livemode == livemode,
                    PaymentLink.stripe_id.is_not(None),
                )
                .order_by(PaymentLink.id.desc())
            ).all()
            intents = connection.scalars(
                select(Payment.payment_intent).where(
                    Payment.company_id == self._uow.company_id,
                    Payment.document_id == document_id,
                    Payment.livemode == livemode,
                    Payment.payment_intent.is_not(None),
                )
            ).all()
        return ToLookAt(
            tuple(one for one in links if one), frozenset(one for one in intents if one)
        )

    @use_case
    def link_seen(self, fact: LinkFact) -> None:
        """A link of ours as Stripe has it: somebody may have switched it off there."""
        with self._uow.write() as tx:
            notice_link(tx, fact)
            were_read(tx, livemode=fact.livemode, kind="own_link", ids=[fact.id])

    @use_case
    def keep_open_payments(self, window: Window, place: Place) -> Place | None:
        """Have the next open payments read again, however old; ``None`` when these were the last.

        Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
            rows = open_payments(
                tx, window, whole=place.whole, after=int(place.after or 0), limit=_TOGETHER
            )
            keep_findings(
                tx,
                window,
                [Finding.open_payment(row.payment_intent) for row in rows if row.payment_intent],
            )
            if len(rows) < _TOGETHER:
                return None
            goes_on_at = place.behind(str(rows[-1].id))
            cursor.deep_place = str(goes_on_at)
            return goes_on_at

    @use_case
    def to_switch_off(self, window: Window, page: LinkPage) -> tuple[LinkFact, ...]:
        """Which links at Stripe are ours and active although these books know them not, or as off.

        Books restored from a backup do not know what was made after it.
        """
        active = [fact for fact in page.links if fact.active]
        with self._uow.write() as tx:
            keep_odd_rows(tx, livemode=window.livemode, odd=page.odd)
            read = [fact.id for fact in page.links]
            were_read(tx, livemode=window.livemode, kind="payment_link", ids=read)
            wanted = or_(
                PaymentLink.stripe_id.in_([fact.id for fact in active]),
                PaymentLink.uid.in_([fact.metadata.get("link", "") for fact in active]),
            )
            rows = tx.connection.execute(
                select(PaymentLink.stripe_id, PaymentLink.uid, PaymentLink.state).where(
                    PaymentLink.company_id == tx.company_id, wanted
                )
            ).all()
            to_be_paid = {(row.uid, row.stripe_id) for row in rows if row.state in _MAY_BE_PAID}
            waits = {row.stripe_id for row in rows if row.state == LinkState.RETIRING}
            return tuple(
                fact
                for fact in active
                if is_of_these_books(tx, fact.metadata)
                and fact.id not in waits
                and not to_be_paid
                & {(fact.metadata.get("link", ""), one) for one in (fact.id, None)}
            )

    @use_case
    def put_aside(self, window: Window, odd: OddRow) -> None:
        """Something is wrong with one of Stripe's objects: it is shown, and the others go on."""
        with self._uow.write() as tx:
            keep_odd_rows(tx, livemode=window.livemode, odd=[odd])

    @use_case
    def switched_off(self, fact: LinkFact) -> None:
        """Write down that a link at Stripe was switched off that nobody was to pay any more."""
        with self._uow.write() as tx:
            uid = tx.connection.scalar(
                select(Document.uid).where(
                    Document.company_id == tx.company_id,
                    Document.uid == fact.metadata.get("invoice", ""),
                )
            )
            subject = f"document:{uid}" if uid else f"company:{company_row(tx).uid}"
            number = fact.metadata.get("invoice_no", "")
            tx.audit("link.stray_off", subject, after={"stripe_id": fact.id, "number": number})

    @use_case
    def goes_on_at(self, window: Window, place: Place) -> None:
        """Go on there next. Raises ``LeaseLost``."""
        with self._uow.write() as tx:
            own_cursor(tx, window).deep_place = str(place)

    @use_case
    def finish(self, window: Window, server_at: datetime) -> None:
        """Everything has been gone through; what Stripe no longer tells is forgotten here too.

        Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
            # Lists that were read first say nothing of what was made since: the next one does.
            begun_at = cursor.deep_from_at or server_at
            cursor.last_deep_at = max(cursor.last_deep_at or begun_at, begun_at)
            cursor.deep_place = cursor.deep_from_at = None
            tx.connection.execute(
                delete(StripeEvent).where(
                    StripeEvent.company_id == tx.company_id,
                    StripeEvent.livemode == window.livemode,
                    StripeEvent.state.in_((InboxState.APPLIED.value, InboxState.FOREIGN.value)),
                    StripeEvent.created_at < server_at - EVENTS_KEPT_FOR,
                )
            )
