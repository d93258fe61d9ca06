"""The account's events, kept as the JSON text they were written in.

An event never changes, so its text is made once: a page of a hundred is only put together.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from billdesk.sandbox.errors import Json
from billdesk.sandbox.shelf import Shelf


@dataclass(frozen=True)
class EventRecord:
    """One event; ``about`` is the kind of object it tells of."""

    id: str
    created: int
    kind: str
    about: str
    text: str
    visible_at: float


class EventLog:
    """Every event there ever was. Within a second their order means nothing: ids are random."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self._records: dict[str, EventRecord] = {}

    def __iter__(self) -> Iterator[EventRecord]:
        """In the order they happened."""
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def add(self, event: Json, visible_at: float) -> None:
        record = EventRecord(
            event["id"],
            event["created"],
            event["type"],
            event["data"]["object"].get("object", ""),
            json.dumps(event),
            visible_at,
        )
        self._records[record.id] = record
        self.shelf.put(record.id, record.created, record.id)

    def get(self, event_id: str) -> EventRecord | None:
        return self._records.get(event_id)
