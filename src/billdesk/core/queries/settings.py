"""Read typed groups of business settings."""

from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import Setting
from billdesk.core.domain.canonical import from_json
from billdesk.core.domain.settings import GROUPS

T = TypeVar("T")
# Built once: every transaction asks for the settings.
_GROUPS = select(Setting.name, Setting.body).where(Setting.company_id == bindparam("of"))


_GROUP = select(Setting.body).where(
    Setting.company_id == bindparam("of"), Setting.name == bindparam("name")
)


def stored_setting(connection: Connection, company_id: int, kind: type[T]) -> T:
    """The stored group of ``kind``, or its defaults."""
    body = connection.scalar(_GROUP, {"of": company_id, "name": GROUPS[kind].value})
    return kind() if body is None else from_json(kind, body)


def stored_bodies(connection: Connection, company_id: int) -> dict[str, str]:
    """Every stored group by its name, as it is stored."""
    return {row.name: row.body for row in connection.execute(_GROUPS, {"of": company_id})}


def stored_settings(connection: Connection, company_id: int) -> dict[type, Any]:
    """Every group, by its type."""
    bodies = stored_bodies(connection, company_id)
    return {
        kind: from_json(kind, bodies[name]) if name in bodies else kind()
        for kind, name in GROUPS.items()
    }
