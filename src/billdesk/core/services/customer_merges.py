"""Merge duplicate customers, and take it back.

Issued documents and ledger entries stay as they were frozen; what is read of the one customer
counts for both. Drafts, templates, contacts and addresses move. The audit row of the merge lists
what moved, so that it can be moved back.
"""

import json
from typing import Any

from sqlalchemy import select, update

from billdesk.core.db.tables import (
    AuditDetail,
    AuditLog,
    Customer,
    CustomerAddress,
    CustomerContact,
    Document,
    RecurringTemplate,
    SavedCard,
)
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import CustomerChanged, DraftSaved
from billdesk.core.services.steps.moved_numbers import raised_since
from billdesk.core.services.steps.rows import load

_MERGED = "customer.merged"


class CustomerMergeService:
    """Use cases about customers that are there twice."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def merge(self, duplicate_id: int, into_id: int) -> None:
        """Let ``duplicate_id`` count for ``into_id`` from now on.

        Raises ``UserError`` for the same customer, ``NotAllowed`` for one that is merged, deleted
        or erased, ``NotFound``.
        """
        if duplicate_id == into_id:
            raise UserError("Choose two different customers.", field="into_id")
        with self._uow.write() as tx:
            rows = {one: load(tx, Customer, one) for one in sorted((duplicate_id, into_id))}
            duplicate, into = rows[duplicate_id], rows[into_id]
            for row in (duplicate, into):
                _check_mergeable(row)
            # Whoever was merged into the duplicate before goes along.
            tx.connection.execute(
                update(Customer)
                .where(
                    Customer.company_id == tx.company_id, Customer.merged_into_id == duplicate.id
                )
                .values(merged_into_id=into.id)
            )
            duplicate.merged_into_id = into.id
            duplicate.updated_at = into.updated_at = tx.now
            tx.session.flush()
            moved = _move(tx, duplicate, into, None)
            tx.audit(
                _MERGED,
                f"customer:{duplicate.uid}",
                after={"into": into.uid, "moved": moved},
            )
            _tell(tx, (duplicate, into), moved)

    @use_case
    def undo(self, duplicate_id: int) -> None:
        """Let a merged customer stand on its own again, with what moved and is still there.

        Raises ``NotAllowed`` for one that is not merged, ``NotFound``.
        """
        with self._uow.write() as tx:
            duplicate = load(tx, Customer, duplicate_id)
            if duplicate.merged_into_id is None:
                raise NotAllowed(f"{duplicate.name} is not merged with another customer.")
            into = load(tx, Customer, duplicate.merged_into_id)
            duplicate.merged_into_id = None
            duplicate.updated_at = into.updated_at = tx.now
            tx.session.flush()
            moved = _move(tx, into, duplicate, _moved_then(tx, duplicate))
            tx.audit(
                "customer.merge_undone",
                f"customer:{duplicate.uid}",
                after={"from": into.uid, "moved": moved},
            )
            _tell(tx, (duplicate, into), moved)


def _check_mergeable(row: Customer) -> None:
    if row.merged_into_id is not None:
        raise NotAllowed(f"{row.name} ({row.number}) is merged with another customer already.")
    if row.deleted_at is not None:
        raise NotAllowed(f"{row.name} ({row.number}) is deleted; restore it first.")
    if row.erased_at is not None:
        raise NotAllowed(f"The personal data of {row.number} was erased; it stays as it is.")


def _move(
    tx: Transaction, source: Customer, target: Customer, only: dict[str, list[int]] | None
) -> dict[str, list[int]]:
    """Give the rows of ``source`` that are not frozen to ``target``; returns their ids."""
    moved: dict[str, list[int]] = {}
    for kind in (Document, RecurringTemplate, CustomerContact, CustomerAddress, SavedCard):
        # A working draft, a template or a person is nobody's record yet.
        wanted: list[Any] = [kind.company_id == tx.company_id, kind.customer_id == source.id]
        if kind is Document:
            wanted.append(Document.issued_at.is_(None))
        if only is not None:
            wanted.append(kind.id.in_(only.get(kind.__tablename__, [])))
        ids = sorted(tx.connection.scalars(select(kind.id).where(*wanted)))
        if not ids:
            continue
        values: dict[str, Any] = {"customer_id": target.id}
        if kind is Document:
            values["customer_name"] = target.name
        if kind in (CustomerContact, CustomerAddress) and only is None:
            values["is_default"] = False
        tx.connection.execute(
            update(kind).where(kind.company_id == tx.company_id, kind.id.in_(ids)).values(values)
        )
        moved[kind.__tablename__] = ids
    return moved


def _moved_then(tx: Transaction, duplicate: Customer) -> dict[str, list[int]]:
    """What moved with the last merge, by its numbers now; nothing where its detail was erased."""
    row = tx.connection.execute(
        select(AuditLog.seq, AuditDetail.body)
        .join(
            AuditLog,
            (AuditLog.company_id == AuditDetail.company_id) & (AuditLog.seq == AuditDetail.seq),
        )
        .where(
            AuditLog.company_id == tx.company_id,
            AuditLog.subject == f"customer:{duplicate.uid}",
            AuditLog.action == _MERGED,
        )
        .order_by(AuditLog.seq.desc())
        .limit(1)
    ).first()
    if row is None or not row.body:
        return {}
    moved: dict[str, list[int]] = json.loads(row.body)["after"]["moved"]
    raised = raised_since(tx, row.seq)
    return {table: [one + raised.get(table, 0) for one in ids] for table, ids in moved.items()}


def _tell(tx: Transaction, rows: tuple[Customer, ...], moved: dict[str, list[int]]) -> None:
    for row in rows:
        tx.tell(CustomerChanged(tx.company_id, row.id))
    for document_id in moved.get(Document.__tablename__, []):
        tx.tell(DraftSaved(tx.company_id, document_id))
