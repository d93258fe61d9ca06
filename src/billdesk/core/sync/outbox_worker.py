"""Do the jobs of the outbox: network and drawing outside, facts in short transactions."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from billdesk.core.domain.correlation import correlated
from billdesk.core.domain.errors import BillDeskError, TemporaryError
from billdesk.core.domain.outside import JobKind
from billdesk.core.domain.outside_services.policy import ServicePolicy
from billdesk.core.domain.stripe_states import UnknownStripeStatus
from billdesk.core.gateways.mail.port import MailGateway, MailOutcomeUnknown
from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripeKeyParametersDrifted,
    StripeKeyRejected,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreachable,
)
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.services.outbox.jobs import Job, OutboxService
from billdesk.core.services.outbox.link_jobs import LinkJobService
from billdesk.core.services.outbox.mail_jobs import MailJobService
from billdesk.core.services.outbox.render_jobs import RenderJobService
from billdesk.core.services.outgoing_mail import MailConnector
from billdesk.core.services.stripe.connection import NoStripeKey, StripeConnector
from billdesk.core.services.stripe.payments import StripePaymentService
from billdesk.core.sync.order_worker import OrderWorker
from billdesk.core.sync.policy import LONGEST_WAIT_S, backoff_s

log = logging.getLogger(__name__)
AT_STRIPE = (JobKind.CREATE_LINK, JobKind.RETIRE_LINK, JobKind.SEND_ORDER)
BY_MAIL = (JobKind.SEND_MAIL,)
HERE = tuple(kind for kind in JobKind if kind not in (*AT_STRIPE, *BY_MAIL))
MOST_TRIES = 12
OTHER_ACCOUNT = (
    "This payment link was made in another Stripe account and may still be paid there. Connect "
    "that account again, or switch the link off in its Dashboard."
)


class OutboxWorker:
    """Takes one job after the other until none is due."""

    def __init__(
        self,
        outbox: OutboxService,
        links: LinkJobService,
        orders: OrderWorker,
        renders: RenderJobService,
        mails: MailJobService,
        payments: StripePaymentService,
        stripe: StripeConnector,
        mail: MailConnector,
        company: str,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._now = now
        self._outbox = outbox
        self._links = links
        self._orders = orders
        self._renders = renders
        self._mails = mails
        self._payments = payments
        self._stripe = stripe
        self._mail = mail
        self._company = company
        self._name = f"outbox-{uuid.uuid4()}"

    def run_due(self) -> int:
        """Do every job that is due; how many were taken."""
        if not self._outbox.is_something_due():
            return 0
        livemode = self._links.is_live()
        # With what other desks have found out; then as far as this run finds out itself.
        stripe, mail = self._stripe.standing(livemode=livemode), self._mail.standing()
        done = 0
        while (job := self._outbox.claim(self._name, self._possible(stripe, mail))) is not None:
            done += 1
            with correlated(job.correlation_id):
                self._run(job)
            stripe, mail = self._stripe.known(livemode=livemode), self._mail.known()
        self._stripe.settle()
        self._mail.settle()
        return done

    def _possible(self, stripe: ServicePolicy, mail: ServicePolicy) -> tuple[JobKind, ...]:
        """Jobs whose service may be called; the others wait and lose no try."""
        now = self._now()
        return (
            *(AT_STRIPE if stripe.may_call(now) else ()),
            *(BY_MAIL if mail.may_call(now) else ()),
            *HERE,
        )

    def close(self) -> None:
        """Close the calling thread's connections; for a thread that works no more."""
        self._stripe.close()

    def _run(self, job: Job) -> None:
        try:
            {
                JobKind.CREATE_LINK: self._create_link,
                JobKind.RETIRE_LINK: self._retire_link,
                JobKind.SEND_ORDER: self._orders.run,
                JobKind.RENDER: self._renders.run,
                JobKind.SEND_MAIL: self._send_mail,
            }[job.kind](job)
        except TemporaryError as error:
            self._outbox.retry_later(job, str(error), backoff_s(job.tries))
        except BillDeskError as error:
            self._outbox.fail(job, str(error))
        except Exception as error:
            # A bug must not stop the jobs behind it; the job itself is tried again a few times.
            log.exception("job %s (%s) failed", job.id, job.kind.value)
            sentence = f"Internal error ({type(error).__name__}); see the log."
            if job.tries >= MOST_TRIES:
                self._outbox.fail(job, sentence)
            else:
                self._outbox.retry_later(job, sentence, backoff_s(job.tries))

    def _create_link(self, job: Job) -> None:
        place = self._links.begin_create(job)
        if place is None:
            return
        wanted = None
        try:
            gateway = self._stripe.open(
                self._company, livemode=place.livemode, account=place.account
            )
            wanted = self._links.sending(job, gateway.server_time())
            if wanted is None:
                return
            if wanted.key_is_spent:
                found = gateway.find_active_link(wanted.uid)
                if found is None:
                    self._links.restart(job)
                    return
            else:
                found = gateway.create_payment_link(wanted.params, wanted.idempotency_key)
            # Nobody is shown what was not read back: until then the link only waits.
            self._links.created(job, gateway.read_payment_link(found.id))
        except (NoStripeKey, StripeKeyRejected, StripePermissionMissing) as error:
            never_sent = wanted is not None and wanted.is_first
            self._links.not_executed(job, str(error), LONGEST_WAIT_S, never_sent=never_sent)
        except StripeUnreachable as error:
            delay_s = error.retry_after_s or backoff_s(job.tries)
            self._links.unanswered(job, str(error), delay_s, replayed=error.replayed)
        except StripeGone as error:
            # What was just made can be read a moment later only.
            self._links.unanswered(job, str(error), backoff_s(job.tries), replayed=False)
        except StripeRefused as error:
            methods = (error.param or "").startswith("payment_method_types")
            too_large = error.code == "amount_too_large"
            if not methods or too_large or not self._links.without_link(job):
                self._links.refused(job, str(error))
        except StripeKeyParametersDrifted as error:
            self._links.refused(job, str(error))

    def _retire_link(self, job: Job) -> None:
        link = self._links.begin_retire(job)
        if link is None:
            return
        try:
            gateway = self._stripe.open(self._company, livemode=link.livemode, account=link.account)
            gateway.deactivate_payment_link(link.stripe_id)
            # Switching the link off leaves open pay pages payable for up to a day.
            seen = gateway.sessions_of_link(link.stripe_id)
            ended = [
                gateway.expire_session(session.id) if session.status == "open" else session
                for session in seen
            ]
            paid = [session.id for session in ended if session.status == "complete"]
            for session_id in self._links.unknown_sessions(paid, livemode=link.livemode):
                # Paid just before: before anybody is asked for the whole amount again.
                snapshot = gateway.fetch_payment(RootKind.SESSION, session_id)
                self._payments.apply(snapshot, livemode=link.livemode)
        except StripeGone:
            log.info("a link to retire no longer exists at Stripe")
        except (NoStripeKey, StripeKeyRejected, StripePermissionMissing) as error:
            sentence = str(error) if link.here else OTHER_ACCOUNT
            self._outbox.retry_later(job, sentence, LONGEST_WAIT_S)
            return
        except UnknownStripeStatus as error:
            # Money that cannot be read yet: nothing may be asked for in its place.
            self._outbox.retry_later(job, str(error), LONGEST_WAIT_S)
            return
        self._links.retired(job)
        if not link.here and not self._links.needs_key_of(link.account, livemode=link.livemode):
            # The last link of an account that was left: its key has done its work.
            self._stripe.forget(self._company, livemode=link.livemode, account=link.account)

    def _send_mail(self, job: Job) -> None:
        try:
            handover = self._mails.begin(job)
            if handover is None:
                return
            message = handover.mail.message(handover.settings)
            gateway = self._mail.open(handover.settings, self._company)
        except TemporaryError:
            raise
        except BillDeskError as error:
            self._mails.failed(job, str(error))
            return
        self._hand_over(job, gateway, message)

    def _hand_over(self, job: Job, gateway: MailGateway, message: EmailMessage) -> None:
        try:
            accepted = self._mail.send(gateway, message)
        except MailOutcomeUnknown:
            self._mails.unknown(job)
        except TemporaryError as error:
            if job.tries >= MOST_TRIES:
                self._mails.failed(job, str(error))
                return
            self._mails.not_sent(job, str(error))
            raise
        except BillDeskError as error:
            self._mails.failed(job, str(error))
        else:
            self._mails.accepted(job, accepted.reply)
