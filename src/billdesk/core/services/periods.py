"""Close periods, so that what was reported stays as it was, and open them again."""

from datetime import date

from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.texts import clean_paragraphs
from billdesk.core.services.steps.owner import require_owner
from billdesk.core.services.steps.rows import load_company


class PeriodService:
    """The day through which the books are closed."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def close_through(self, day: date | None, reason: str = "") -> None:
        """Nothing is posted on or before ``day`` from now on; ``None`` opens everything.

        Opening a closed day again takes an owner and a reason; both are in the audit log. Raises
        ``UserError`` for a day that is not over or a reason that is missing, ``NotAllowed`` for
        another role.
        """
        check_day(day, "locked_through")
        reason = clean_paragraphs(reason, "reason").strip()
        with self._uow.write() as tx:
            company: Company = load_company(tx)
            before = company.locked_through
            if day == before:
                return
            if day is not None and day >= tx.today:
                raise UserError(
                    "Close the books through a day that is over; today is still being worked on.",
                    field="locked_through",
                )
            opens = before is not None and (day is None or day < before)
            if opens:
                require_owner(tx, "open a closed period")
                if not reason:
                    raise UserError(
                        "Say why the closed period is opened again; it stays in the audit log.",
                        field="reason",
                    )
            company.locked_through = day
            tx.audit(
                "period.opened" if opens else "period.closed",
                f"company:{company.uid}",
                before={"locked_through": before},
                after={"locked_through": day, "reason": reason},
            )
            tx.tell(CompanyChanged(tx.company_id))
