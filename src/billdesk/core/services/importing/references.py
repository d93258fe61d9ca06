"""Rows that other files name by a key: customers by their number, items by their code."""

from dataclasses import dataclass, field

from billdesk.core.services.importing.records import Record, Records


@dataclass(slots=True)
class References:
    """Ids by key. ``None`` stands for a row of the files whose own problem is reported already."""

    ids: dict[str, int | None] = field(default_factory=dict)

    def find(self, key: str) -> int | None:
        """The id, or ``None`` when it is not known yet. Raises ``KeyError`` for an unknown key."""
        return self.ids[key]


def key_of(record: Record, column: str) -> str:
    """The key other files use: the column ``key``, else the row's own number or code."""
    return record.text("key") or record.text(column)


def refuse_twins(records: Records, column: str) -> set[int]:
    """Report keys and numbers that occur twice; returns the lines of the later rows."""
    twins: set[int] = set()
    for name in ("key", column):
        first: dict[str, int] = {}
        for record in records.rows:
            value = record.text(name)
            if not value:
                continue
            if value in first:
                reason = f"“{value}” is on line {first[value]} already."
                records.report(record, name, reason)
                twins.add(record.line)
            else:
                first[value] = record.line
    return twins
