"""The change sequence: what each transaction told, for the other desks on the same books."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, text

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.tables import Change
from billdesk.core.domain.event_text import encode_events
from billdesk.core.domain.events import Event

# Rows kept for desks that were away for a while; who missed more starts over.
KEPT = 1000
_PRUNE_EVERY = 100
# "Desk" in ASCII, so that the lock is nobody else's.
_LOCK_CLASS = 0x4465736B
_LOCK = text("SELECT pg_advisory_xact_lock(:class, :company)")
_ADD = insert(Change)
_PRUNE = delete(Change).where(Change.id <= bindparam("through"))


def note_change(
    connection: Connection, company_id: int, desk: str, events: Sequence[Event], at: datetime
) -> None:
    """Add the row of a transaction; the last thing it does.

    Held until the commit, the lock makes the ids become visible in their order: a desk that has
    read one will not miss a lower one.
    """
    if not is_sqlite(connection):
        connection.execute(_LOCK, {"class": _LOCK_CLASS, "company": company_id})
    row = {
        "company_id": company_id,
        "desk": desk,
        "events": encode_events(company_id, events),
        "at": at,
    }
    (new_id,) = connection.execute(_ADD, row).inserted_primary_key or (0,)
    # The newest row always stays, so that no id is given twice.
    if new_id % _PRUNE_EVERY == 0:
        connection.execute(_PRUNE, {"through": new_id - KEPT})
