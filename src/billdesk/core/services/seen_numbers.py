"""Numbers seen elsewhere after a restore, such as in Stripe's payment links."""

from collections.abc import Sequence

from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.numbering import SeenNumber
from billdesk.core.services.steps.restored_numbers import RaisedCounter, raise_counters


class SeenNumberService:
    """Lets the counters of one company go on after what was given out."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def keep_past(self, numbers: Sequence[SeenNumber]) -> tuple[RaisedCounter, ...]:
        """Raise the counters past ``numbers``; the gap is explained in the audit log.

        Numbers of other companies and other patterns are left alone; what was raised comes back.
        """
        with self._uow.write() as tx:
            raised = raise_counters(tx, numbers)
            if raised:
                tx.tell(CompanyChanged(tx.company_id))
            return raised
