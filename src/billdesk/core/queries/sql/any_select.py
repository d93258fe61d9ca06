"""The type of a select whatever its columns are; rows are read by name."""

from typing import Any

from sqlalchemy import Select

AnySelect = Select[*tuple[Any, ...]]
