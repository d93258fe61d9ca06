"""Payment links from the worker's side: what is committed around each call to Stripe."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from billdesk.core.db.tables import Document, Outbox, Payment, PaymentLink
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import LinkChanged
from billdesk.core.domain.idempotency import KEY_LIFETIME, is_spent
from billdesk.core.domain.outside import JobKind, JobState, LinkState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import LinkFact
from billdesk.core.gateways.stripe.links import asks_for_link
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.outbox.jobs import LONGEST_ERROR, Job, finish
from billdesk.core.services.steps.link_checks import why_not_shown
from billdesk.core.services.steps.links import request_link, retire_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting, write_setting
from billdesk.core.services.stripe.accounts import needs_key

NOT_AS_ASKED = "BillDesk switched the new payment link off: {wrong}."


@dataclass(frozen=True, slots=True)
class WantedLink:
    """The account and mode a link is to be made in."""

    account: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class LinkToCreate:
    """The stored request, resent unchanged however often it is tried.

    ``key_is_spent``: Stripe may have forgotten the key, or gives the same failure for ever.
    ``is_first``: it has never been sent before.
    """

    uid: str
    params: dict[str, Any]
    idempotency_key: str
    key_is_spent: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class LinkToRetire:
    """A link that must not be payable any more.

    ``here`` tells whether its account and mode are what the company is connected to now.
    """

    stripe_id: str
    account: str
    livemode: bool
    here: bool


class LinkJobService:
    """Transactions before and after the calls that make and retire links."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def is_live(self) -> bool:
        """Whether the account connected now is in live mode."""
        with self._uow.read() as connection:
            return stored_setting(connection, self._uow.company_id, OnlinePayment).livemode

    @use_case
    def begin_create(self, job: Job) -> WantedLink | None:
        """Where the link is wanted; ``None`` when nobody wants it.

        Nothing is marked as sent yet: until Stripe can be asked at all the link only waits.
        """
        with self._uow.write() as tx:
            link = self._wanted(tx, job)
            return None if link is None else WantedLink(link.stripe_account, link.livemode)

    @use_case
    def sending(self, job: Job, server_at: datetime) -> LinkToCreate | None:
        """Mark the link as sent before it is ordered; ``None`` when nobody wants it any more.

        ``server_at`` is Stripe's clock just now: the key's age is told by it. A link that has
        waited as long before its first try may have been sent by the books that these were
        restored from: it is looked for, too.
        """
        with self._uow.write() as tx:
            link = self._wanted(tx, job)
            if link is None:
                return None
            if link.state == LinkState.QUEUED:
                link.state = LinkState.SENT.value
                link.first_try_at = tx.now
                link.first_try_server_at = server_at
            link.tries += 1
            link.updated_at = tx.now
            waited = link.tries == 1 and tx.now - link.created_at > KEY_LIFETIME
            return LinkToCreate(
                link.uid,
                json.loads(link.params),
                link.idempotency_key,
                waited or is_spent(link.first_try_server_at, link.replays, server_at),
                link.tries == 1,
            )

    def _wanted(self, tx: Transaction, job: Job) -> PaymentLink | None:
        link = load(tx, PaymentLink, job.link_id or 0)
        if link.state in (LinkState.CLOSED, LinkState.FAILED, LinkState.ACTIVE):
            finish(tx, job, JobState.CANCELLED)
            return None
        online = read_setting(tx, OnlinePayment)
        elsewhere = (link.stripe_account, link.livemode) != (online.account, online.livemode)
        if link.state == LinkState.QUEUED and elsewhere:
            # Stripe was connected anew before anything was sent: ask there instead.
            self._ask_anew(tx, job, link, wanted=online.enabled)
            return None
        return link

    @use_case
    def created(self, job: Job, fact: LinkFact) -> None:
        """Stripe made the link (or had made it): it can be paid now, if it is what was asked for.

        ``fact`` was read back after the order. A link that asks for anything else is never shown:
        it is switched off and the owner is told.
        """
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            document = load(tx, Document, job.document_id)
            link.stripe_id = fact.id
            link.replays = 0
            link.updated_at = tx.now
            # It may have been taken back meanwhile; then its retirement is waiting for this id.
            wanted = link.state == LinkState.SENT
            wrong = why_not_shown(link, fact) if wanted else ""
            if wrong:
                self._withhold(tx, job, document, link, wrong)
                return
            link.url = fact.url
            link.error = ""
            if wanted:
                link.state = LinkState.ACTIVE.value
            finish(tx, job, JobState.DONE)
            tx.audit(
                "link.created",
                f"document:{document.uid}",
                after={"revision": link.revision, "stripe_id": fact.id, "state": link.state},
            )
            tx.tell(LinkChanged(tx.company_id, document.id))

    @staticmethod
    def _withhold(
        tx: Transaction, job: Job, document: Document, link: PaymentLink, wrong: str
    ) -> None:
        sentence = NOT_AS_ASKED.format(wrong=wrong)[:LONGEST_ERROR]
        finish(tx, job, JobState.FAILED, sentence)
        tx.session.flush()
        retire_link(tx, document, link)
        link.error = sentence
        tx.audit(
            "link.withheld",
            f"document:{document.uid}",
            after={"revision": link.revision, "stripe_id": link.stripe_id, "error": sentence},
        )

    @use_case
    def without_link(self, job: Job) -> bool:
        """The account lacks the payment method Link: ask again, and from now on, without it.

        ``False`` where the request did not ask for it: then that is not what was refused.
        """
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            if not asks_for_link(json.loads(link.params)):
                return False
            write_setting(tx, replace(read_setting(tx, OnlinePayment), has_link=False))
            self._ask_anew(tx, job, link, wanted=link.state == LinkState.SENT)
            return True

    @use_case
    def refused(self, job: Job, sentence: str) -> None:
        """Stripe will not make this link; a corrected try is a new one."""
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            link.state = (
                LinkState.CLOSED if link.state == LinkState.RETIRING else LinkState.FAILED
            ).value
            link.error = sentence[:LONGEST_ERROR]
            link.updated_at = tx.now
            finish(tx, job, JobState.FAILED, sentence)
            # Nothing exists that would have to be switched off.
            tx.connection.execute(
                update(Outbox)
                .where(
                    Outbox.link_id == link.id,
                    Outbox.kind == JobKind.RETIRE_LINK.value,
                    Outbox.state == JobState.QUEUED.value,
                )
                .values(state=JobState.CANCELLED.value, done_at=tx.now)
            )
            document = load(tx, Document, job.document_id)
            tx.audit("link.failed", f"document:{document.uid}", after={"error": sentence})
            tx.tell(LinkChanged(tx.company_id, document.id))

    @use_case
    def not_executed(self, job: Job, sentence: str, delay_s: float, *, never_sent: bool) -> None:
        """Stripe refused the key, not the link: the same request is valid once it is mended.

        ``never_sent``: it was the first order, so nothing of it can have been executed before.
        """
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            if link.state == LinkState.SENT and never_sent:
                link.state = LinkState.QUEUED.value
                link.first_try_at = link.first_try_server_at = None
                link.tries = 0
            self._wait(tx, job, link, sentence, delay_s)

    @use_case
    def unanswered(self, job: Job, sentence: str, delay_s: float, *, replayed: bool) -> None:
        """No usable answer came; ``replayed`` when it was the failure stored with the key."""
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            link.replays = link.replays + 1 if replayed else 0
            self._wait(tx, job, link, sentence, delay_s)

    @staticmethod
    def _wait(tx: Transaction, job: Job, link: PaymentLink, sentence: str, delay_s: float) -> None:
        link.error = sentence[:LONGEST_ERROR]
        row = load(tx, Outbox, job.id)
        if row.state == JobState.WORKING:
            row.state = JobState.QUEUED.value
            row.claimed_by = row.lease_until_at = None
            row.not_before_at = tx.now + timedelta(seconds=delay_s)
            row.error = sentence[:LONGEST_ERROR]
        tx.tell(LinkChanged(tx.company_id, job.document_id))

    @use_case
    def restart(self, job: Job) -> None:
        """The key is too old to be trusted and Stripe shows no link: ask anew with a new one."""
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            self._ask_anew(tx, job, link, wanted=link.state == LinkState.SENT)

    @staticmethod
    def _ask_anew(tx: Transaction, job: Job, link: PaymentLink, *, wanted: bool) -> None:
        """Close a link that does not exist at Stripe; another takes its place if ``wanted``."""
        link.state = LinkState.CLOSED.value
        link.updated_at = tx.now
        finish(tx, job, JobState.CANCELLED)
        if wanted:
            tx.session.flush()
            part = link.amount_minor if link.is_part else None
            request_link(tx, load(tx, Document, job.document_id), part)

    @use_case
    def begin_retire(self, job: Job) -> LinkToRetire | None:
        """What to switch off; ``None`` when the link never came to exist."""
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            if link.stripe_id is None:
                link.state = LinkState.CLOSED.value
                finish(tx, job, JobState.CANCELLED)
                return None
            online = read_setting(tx, OnlinePayment)
            connected = (online.enabled, online.account, online.livemode)
            here = connected == (True, link.stripe_account, link.livemode)
            return LinkToRetire(link.stripe_id, link.stripe_account, link.livemode, here)

    def needs_key_of(self, account: str, *, livemode: bool) -> bool:
        """Whether a key of the account is still needed, to switch something off or for an order."""
        with self._uow.read() as connection:
            return needs_key(connection, self._uow.company_id, account, livemode=livemode)

    def unknown_sessions(self, session_ids: Sequence[str], *, livemode: bool) -> tuple[str, ...]:
        """Those whose payment the books have not heard of."""
        with self._uow.read() as connection:
            known = connection.scalars(
                select(Payment.checkout_session).where(
                    Payment.company_id == self._uow.company_id,
                    Payment.livemode == livemode,
                    Payment.checkout_session.in_(session_ids),
                )
            ).all()
        return tuple(one for one in session_ids if one not in known)

    @use_case
    def retired(self, job: Job) -> None:
        """The link is off and its open pay pages are closed."""
        with self._uow.write() as tx:
            link = load(tx, PaymentLink, job.link_id or 0)
            link.state = LinkState.CLOSED.value
            link.updated_at = tx.now
            finish(tx, job, JobState.DONE)
            document = load(tx, Document, job.document_id)
            tx.audit("link.retired", f"document:{document.uid}", after={"revision": link.revision})
            tx.tell(LinkChanged(tx.company_id, document.id))
