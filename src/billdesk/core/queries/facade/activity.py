"""Work with the outside, and who did what."""

from datetime import timedelta

from billdesk.core.queries.activity import AuditFilter, AuditRow, OutboxRow, StripeActivity
from billdesk.core.queries.facade.reading import CompanyReading
from billdesk.core.queries.health import Health
from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.core.queries.sql.audit_list import audit_page
from billdesk.core.queries.sql.health import read_health
from billdesk.core.queries.sql.outbox_list import read_outbox
from billdesk.core.queries.sql.stripe_access import read_stripe_access
from billdesk.core.queries.sql.stripe_activity import read_stripe_activity
from billdesk.core.queries.sql.sync_status import read_sync_status
from billdesk.core.queries.stripe_access import StripeAccess
from billdesk.core.queries.sync_status import SyncStatus


class ActivityQueries(CompanyReading):
    """Reads what runs by itself, how it goes, and what was done."""

    def sync_status(self) -> SyncStatus:
        """How the work with Stripe and the outbox stands, in short."""
        with self._uow.read() as connection:
            return read_sync_status(connection, self._company_id)

    def stripe_activity(self) -> StripeActivity:
        """How the work with the connected Stripe account stands."""
        with self._uow.read() as connection:
            return read_stripe_activity(connection, self._company_id, self._uow.now())

    def stripe_access(self) -> StripeAccess:
        """What the key of the connected Stripe account may do, as it was probed last."""
        with self._uow.read() as connection:
            return read_stripe_access(connection, self._company_id)

    def outbox(self) -> tuple[OutboxRow, ...]:
        """What was given up and what waits, and why."""
        with self._uow.read() as connection:
            return read_outbox(connection, self._company_id, self._uow.now())

    def health(self, window: timedelta = timedelta(days=1)) -> Health:
        """How well the work with outside services went in the last ``window``."""
        with self._uow.read() as connection:
            return read_health(connection, self._company_id, self._uow.now(), window)

    def audit(
        self, wanted: AuditFilter, after: Key | None = None, limit: int = PAGE
    ) -> Page[AuditRow]:
        """One page of the audit log. Raises ``NotFound`` for a document that is not there."""
        with self._uow.read() as connection:
            return audit_page(connection, self._company_id, wanted, after, limit)
