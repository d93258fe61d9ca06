"""What the Stripe key may do: the form that makes a key, and probing the key in use."""

import logging
from collections.abc import Callable, Collection
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import select

from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_access import (
    AccessReport,
    PermissionFinding,
    PermissionLine,
    PermissionNeed,
    PermissionState,
)
from billdesk.core.gateways.stripe.permissions import form_url, keys_url, lines_of
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.stripe_access import read_report
from billdesk.core.services.steps.settings import read_setting
from billdesk.core.services.steps.stripe.cursor import cursor_of, keep_access
from billdesk.core.services.stripe.connection import StripeConnector

log = logging.getLogger(__name__)
EVERY = timedelta(days=1)
# After a probe that failed.
_AGAIN_AFTER = timedelta(hours=1)


class StripePermissionService:
    """Rows to tick, and whether they are."""

    def __init__(self, uow: UnitOfWork, stripe: StripeConnector) -> None:
        self._uow = uow
        self._stripe = stripe
        self._failed_at: datetime | None = None

    @staticmethod
    def rows() -> tuple[PermissionLine, ...]:
        """Every row of the form, none of them probed."""
        return lines_of(None)

    @staticmethod
    def form_url(needs: Collection[PermissionNeed], *, livemode: bool) -> str:
        """The Dashboard's form for a new key with the rows for ``needs`` ticked."""
        return form_url(needs, livemode=livemode)

    @staticmethod
    def keys_url(*, livemode: bool) -> str:
        """Where the rows of a key that exists are changed."""
        return keys_url(livemode=livemode)

    def probe(self, told: Callable[[PermissionFinding], object] | None = None) -> AccessReport:
        """Probe the key in use and keep what is found.

        Blocks on the network, outside any transaction. Raises ``UserError`` without a key here or
        for one Stripe rejects, ``TemporaryError`` when Stripe cannot be reached.
        """
        with self._uow.read() as connection:
            of = self._uow.company_id
            uid = connection.scalars(select(Company.uid).where(Company.id == of)).one()
            online = stored_setting(connection, of, OnlinePayment)
            before = read_report(connection, of)
        with closing(self._stripe.open_unwatched(uid, livemode=online.livemode)) as gateway:
            report = AccessReport(self._uow.now(), gateway.probe(told))
        self._keep(online, report, changed=before is None or before.findings != report.findings)
        if before is not None and _missing(before) - _missing(report):
            # Ticked meanwhile: what was left alone for want of it is tried again.
            self._stripe.begin_afresh(livemode=online.livemode)
        return report

    def probe_daily(self) -> bool:
        """Probe when the last time is a day ago; whether it was due. For what runs by itself."""
        with self._uow.read() as connection:
            of = self._uow.company_id
            online = stored_setting(connection, of, OnlinePayment)
            before = read_report(connection, of)
        if not online.enabled or not online.account:
            return False
        now = self._uow.now()
        # A probe in the future was made under a clock that ran ahead.
        if before is not None and before.probed_at <= now < before.probed_at + EVERY:
            return False
        if self._failed_at is not None and self._failed_at <= now < self._failed_at + _AGAIN_AFTER:
            return False
        try:
            self.probe()
        except BillDeskError as error:
            self._failed_at = now
            log.info("what the Stripe key may do could not be found out: %s", error)
        return True

    @use_case
    def _keep(self, online: OnlinePayment, report: AccessReport, *, changed: bool) -> None:
        with self._uow.write() as tx:
            now = read_setting(tx, OnlinePayment)
            if (now.account, now.livemode) != (online.account, online.livemode):
                # Connected anew meanwhile: this is about another key.
                return
            keep_access(cursor_of(tx, now), report)
            if changed:
                tx.tell(CompanyChanged(tx.company_id))


def _missing(report: AccessReport) -> frozenset[str]:
    return frozenset(one.slug for one in report.findings if one.state is PermissionState.MISSING)
