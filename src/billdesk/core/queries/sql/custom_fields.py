"""The company's own fields, as they are defined and as documents print them."""

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import CustomField as Row
from billdesk.core.domain.custom_fields import CustomField, CustomValues, Entity, FieldType
from billdesk.core.domain.snapshot import SnapshotField
from billdesk.core.queries.custom_fields import CustomFieldRow

Definitions = dict[Entity, tuple[CustomField, ...]]
# Built once: every issue asks.
_ALL = (
    select(Row.__table__)
    .where(Row.company_id == bindparam("of"))
    .order_by(Row.entity, Row.position, Row.id)
)


def read_custom_fields(
    connection: Connection, company_id: int, *, deleted: bool
) -> tuple[CustomFieldRow, ...]:
    """The fields of all entities in their order; or the deleted ones."""
    return tuple(
        CustomFieldRow(row.id, Entity(row.entity), _definition(row))
        for row in connection.execute(_ALL, {"of": company_id})
        if (row.deleted_at is not None) == deleted
    )


def definitions(connection: Connection, company_id: int) -> Definitions:
    """Every field by what it belongs to, the retired ones too: rows may still have values."""
    found: dict[Entity, list[CustomField]] = {entity: [] for entity in Entity}
    for row in connection.execute(_ALL, {"of": company_id}):
        found[Entity(row.entity)].append(_definition(row))
    return {entity: tuple(fields) for entity, fields in found.items()}


def printed_fields(
    known: Definitions, document: CustomValues, customer: CustomValues
) -> tuple[SnapshotField, ...]:
    """What a document says of its own and its customer's fields, the customer's first."""
    printed = []
    for entity, values in ((Entity.CUSTOMER, customer), (Entity.DOCUMENT, document)):
        by_key = {one.key: one.value for one in values}
        printed += [
            SnapshotField(field.label, by_key[field.key], field.field_type)
            for field in known[entity]
            if field.is_printed and not field.is_retired and field.key in by_key
        ]
    return tuple(printed)


def _definition(row: Any) -> CustomField:
    return CustomField(
        row.key,
        row.label,
        FieldType(row.field_type),
        tuple(json.loads(row.choices)),
        row.is_required,
        row.is_printed,
        row.deleted_at is not None,
    )
