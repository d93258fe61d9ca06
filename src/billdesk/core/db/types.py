"""Column types that keep exact values on every database."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.orm import mapped_column


class DecimalText(TypeDecorator[Decimal]):
    """A ``Decimal`` stored as text: SQLite's NUMERIC would keep it as a float."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"a Decimal is needed, not {type(value).__name__}")
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; refuses naive datetimes."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def new_uid() -> str:
    """A random identifier for rows that are known outside this database."""
    return str(uuid.uuid4())


# SQLite only auto-numbers columns declared INTEGER.
Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Uid = Annotated[str, mapped_column(String(36), default=new_uid)]
Minor = Annotated[int, mapped_column(BigInteger)]
Exact = Annotated[Decimal, mapped_column(DecimalText)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
