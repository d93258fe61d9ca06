"""Define the company's own fields for customers, items and documents."""

from dataclasses import replace

from sqlalchemy import func, select

from billdesk.core.db.tables import CustomField as Row
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.custom_fields import (
    CustomField,
    Entity,
    check_definition,
    key_of,
)
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.services.steps.rows import load

MOST_FIELDS = 50


class CustomFieldService:
    """Add, change, order, retire and bring back fields."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, entity: Entity, field: CustomField) -> int:
        """Add a field behind the others; returns its id. An empty key is made of the label.

        Raises ``UserError`` (with its field).
        """
        with self._uow.write() as tx:
            taken = _keys(tx, entity)
            if len(taken) >= MOST_FIELDS:
                raise UserError(f"There can be {MOST_FIELDS} fields at most.", field="label")
            if not field.key:
                field = replace(field, key=_free_key(key_of(field.label), taken))
            field = check_definition(entity, field)
            if field.key in taken:
                raise UserError(f"There is a field with the key {field.key}.", field="key")
            row = Row(
                company_id=tx.company_id,
                entity=entity.value,
                key=field.key,
                position=_next_position(tx, entity),
                created_at=tx.now,
            )
            _fill(row, field)
            tx.session.add(row)
            tx.session.flush()
            tx.audit("custom_field.created", f"custom_field:{row.id}", after=field)
            tx.tell(CompanyChanged(tx.company_id))
            return row.id

    @use_case
    def update(self, field_id: int, field: CustomField) -> None:
        """Change name, answers, required and printed; what rows have in it stays.

        Raises ``NotAllowed`` for another key or kind, ``UserError``, ``NotFound``.
        """
        with self._uow.write() as tx:
            row = load(tx, Row, field_id)
            if (field.key or row.key, field.field_type.value) != (row.key, row.field_type):
                raise NotAllowed("The kind of a field cannot change; add another field instead.")
            field = check_definition(Entity(row.entity), replace(field, key=row.key))
            before = {"label": row.label, "choices": row.choices, "is_required": row.is_required}
            _fill(row, field)
            tx.session.flush()
            tx.audit("custom_field.updated", f"custom_field:{row.id}", before=before, after=field)
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def move(self, field_id: int, by: int) -> None:
        """Move a field up (-1) or down (1) among those of its kind.

        Raises ``NotAllowed`` for a deleted one, ``NotFound``.
        """
        with self._uow.write() as tx:
            row = load(tx, Row, field_id)
            if row.deleted_at is not None:
                raise NotAllowed(f"{row.label} is deleted; restore it first.")
            rows = tx.session.scalars(
                select(Row)
                .where(
                    Row.company_id == tx.company_id,
                    Row.entity == row.entity,
                    Row.deleted_at.is_(None),
                )
                .order_by(Row.position, Row.id)
            ).all()
            ordered = [one for one in rows if one is not row]
            place = max(0, min(len(ordered), rows.index(row) + by))
            ordered.insert(place, row)
            for position, one in enumerate(ordered):
                one.position = position
            tx.session.flush()
            tx.audit("custom_field.moved", f"custom_field:{row.id}", after={"position": place})
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def delete(self, field_id: int) -> None:
        """No longer offer a field; values stay where they are. Raises ``NotFound``."""
        self._set_deleted(field_id, deleted=True)

    @use_case
    def restore(self, field_id: int) -> None:
        """Offer a field again, with the values rows still have. Raises ``NotFound``."""
        self._set_deleted(field_id, deleted=False)

    def _set_deleted(self, field_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, Row, field_id)
            row.deleted_at = tx.now if deleted else None
            verb = "deleted" if deleted else "restored"
            tx.audit(f"custom_field.{verb}", f"custom_field:{row.id}")
            tx.tell(CompanyChanged(tx.company_id))


def _fill(row: Row, field: CustomField) -> None:
    row.label = field.label
    row.field_type = field.field_type.value
    row.choices = canonical_json(field.choices)
    row.is_required = field.is_required
    row.is_printed = field.is_printed


def _keys(tx: Transaction, entity: Entity) -> set[str]:
    return set(
        tx.session.scalars(
            select(Row.key).where(Row.company_id == tx.company_id, Row.entity == entity.value)
        )
    )


def _free_key(key: str, taken: set[str]) -> str:
    number = 2
    free = key
    while free in taken:
        free = f"{key[:36]}_{number}"
        number += 1
    return free


def _next_position(tx: Transaction, entity: Entity) -> int:
    highest = tx.connection.scalar(
        select(func.max(Row.position)).where(
            Row.company_id == tx.company_id, Row.entity == entity.value
        )
    )
    return 0 if highest is None else highest + 1
