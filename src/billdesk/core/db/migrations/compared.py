"""What the mapped classes do not describe, and so is no difference from them."""

from billdesk.core.db.postgres.search_index import INDEX as SERVER_INDEX
from billdesk.core.db.search_index import is_search_table


def is_mapped(name: str | None, kind: str, _parents: object) -> bool:
    """Alembic's ``include_name``: every table and index but those that a search goes through."""
    if kind == "index":
        return name != SERVER_INDEX
    return kind != "table" or name is None or not is_search_table(name)
