"""What is answered about the company's own fields."""

from dataclasses import dataclass

from billdesk.core.domain.custom_fields import CustomField, Entity


@dataclass(frozen=True, slots=True)
class CustomFieldRow:
    """A field as it is defined."""

    id: int
    entity: Entity
    field: CustomField
