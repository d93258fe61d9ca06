"""Close a company for good: after its export, its books stay as they stand, read only."""

from pathlib import Path

from sqlalchemy import func, select

from billdesk.core.db.tables import AuditHead, Company, Outbox, PaymentLink
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.outside import LIVE_LINKS, JobState
from billdesk.core.services.steps.owner import require_owner
from billdesk.core.services.steps.rows import load_company
from billdesk.core.services.transfer.export_reading import read_export
from billdesk.core.services.transfer.whole import check_whole


class CompanyClosingService:
    """The last use case of a company."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def close(self, export: Path, name: str) -> None:
        """Close the company; ``export`` is the file it was written to, ``name`` types its name.

        Nothing is erased: the rows stay and can be verified, but no use case changes them any
        more. Raises ``UserError`` for another name and for a file that is not this company as it
        stands, all of it; ``NotAllowed`` for another role and while something is on its way.
        """
        with read_export(export) as reader:
            check_whole(export, reader)
            exported = reader.manifest
        with self._uow.write() as tx:
            require_owner(tx, "close the company")
            company = load_company(tx)
            if name.strip() != company.name:
                raise UserError(
                    f"Type the company's name, {company.name}, to close it.", field="name"
                )
            _check_export(tx, company, exported)
            _check_at_rest(tx)
            company.closed_at = tx.now
            tx.audit(
                "company.closed",
                f"company:{company.uid}",
                after={"exported_audit": exported["figures"]["audit"]},
            )
            tx.tell(CompanyChanged(tx.company_id))


def _check_export(tx: Transaction, company: Company, exported: dict[str, object]) -> None:
    """The file must hold everything: this company, and nothing has happened since."""
    of = exported["company"]
    if not isinstance(of, dict) or of.get("uid") != company.uid:
        raise UserError("The export is of another company; choose this one's.", field="export")
    figures = exported["figures"]
    audit = figures["audit"] if isinstance(figures, dict) else None
    head = tx.connection.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.company_id == tx.company_id)
    ).one()
    if audit != {"seq": head.seq, "head": head.hash}:
        raise UserError(
            "The books have changed since the export was written; export the company again.",
            field="export",
        )


def _check_at_rest(tx: Transaction) -> None:
    """Nothing may still happen outside: no job waits, no link can be paid."""
    jobs = tx.connection.scalar(
        select(func.count()).where(
            Outbox.company_id == tx.company_id,
            Outbox.state.in_([JobState.QUEUED.value, JobState.WORKING.value]),
        )
    )
    if jobs:
        raise NotAllowed(
            "Mails, PDFs or payment links are still being worked on; wait until they are done."
        )
    links = tx.connection.scalar(
        select(func.count()).where(
            PaymentLink.company_id == tx.company_id,
            PaymentLink.state.in_([state.value for state in LIVE_LINKS]),
        )
    )
    if links:
        raise NotAllowed(
            "Customers can still pay through payment links; switch them off before you close "
            "(company-close --switch-off-links does it for all)."
        )
