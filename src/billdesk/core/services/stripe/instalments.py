"""Invoices that are paid in parts, by a plan."""

from collections.abc import Sequence

from sqlalchemy import delete, insert

from billdesk.core.db.tables import Document
from billdesk.core.db.tables import Instalment as InstalmentRow
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import LinkChanged
from billdesk.core.domain.instalments import Instalment, check_plan
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.links import (
    amount_to_ask,
    live_link,
    plan_of,
    request_link,
)
from billdesk.core.services.steps.renditions import render_link
from billdesk.core.services.steps.rows import load


class InstalmentService:
    """Agree on parts, and take that back."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def plan(self, document_id: int, parts: Sequence[Instalment]) -> None:
        """Let what is open be paid in ``parts``, in place of an earlier plan.

        A payment link that can be paid is replaced by one over what the plan asks for today.
        Raises ``UserError`` for parts that do not make up what is open, or that Stripe cannot
        charge while there is a link; ``NotAllowed`` where nothing can be paid in parts.
        """
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            # Whatever cannot be asked for online cannot be asked for in parts either.
            require(tx, Action.LINK, document)
            check_plan(parts, document.open_minor)
            self._store(tx, document, parts)

    @use_case
    def drop(self, document_id: int) -> None:
        """Take the plan back: what is open is due as the invoice says."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            if not plan_of(tx, document):
                raise NotAllowed("This invoice has no plan of instalments.")
            self._store(tx, document, ())

    @staticmethod
    def _store(tx: Transaction, document: Document, parts: Sequence[Instalment]) -> None:
        before = plan_of(tx, document)
        if tuple(parts) == before:
            return
        tx.connection.execute(
            delete(InstalmentRow).where(
                InstalmentRow.company_id == tx.company_id, InstalmentRow.document_id == document.id
            )
        )
        if parts:
            rows = [
                {
                    "company_id": tx.company_id,
                    "document_id": document.id,
                    "position": position,
                    "due_on": part.due_on,
                    "minor": part.minor,
                    "created_at": tx.now,
                }
                for position, part in enumerate(parts, start=1)
            ]
            tx.connection.execute(insert(InstalmentRow), rows)
        tx.audit(
            "instalments.planned" if parts else "instalments.dropped",
            f"document:{document.uid}",
            before=before or None,
            after=tuple(parts) or None,
        )
        link = live_link(tx, document)
        if link is not None and link.amount_minor != amount_to_ask(tx, document):
            job = request_link(tx, document)
            render_link(tx, document, job)
        tx.tell(LinkChanged(tx.company_id, document.id))
