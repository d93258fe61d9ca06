"""The state file: what the practice company's Stripe holds, across restarts.

Lines of JSON. The first is everything, each later one what a request changed; so a change costs
one small write, and a process that dies in the middle of one loses at most that line.
"""

import json
from dataclasses import asdict
from pathlib import Path

from billdesk.sandbox.agenda import Agenda, Job
from billdesk.sandbox.errors import Json
from billdesk.sandbox.event_policy import EventPolicy
from billdesk.sandbox.keys import KeyRecord
from billdesk.sandbox.quirks import Quirks
from billdesk.sandbox.settlement import Settlement
from billdesk.sandbox.store import SavedReply, Store

_FORMAT = 1


class StateFile:
    """Reads and writes one file; the caller holds the lock around the store."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, store: Store) -> Json | None:
        """Fill an empty store; the rest that was saved (``port``, ``clock_offset_s``).

        None when there is no file yet. Raises ValueError for a file of another kind.
        """
        if not self._path.exists():
            return None
        rest: Json = {}
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
            # After the last line's end there is nothing, or what a dying process had begun.
            for number, line in enumerate(lines[:-1]):
                part = json.loads(line)
                if number == 0 and part["format"] != _FORMAT:
                    raise ValueError(f"format {part['format']}")
                _merge(store, part)
                rest = part["rest"]
            if not rest:
                raise ValueError("no line")
        except (ValueError, KeyError, TypeError) as problem:
            raise ValueError(f"{self._path.name} is not a state file of this sandbox") from problem
        return rest

    def write_all(self, store: Store, rest: Json) -> None:
        """Replace the file by one line with everything, atomically."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(self._path.name + ".new")
        store.touch(*store.objects.values())
        store.changed_events.update(record.id for record in store.events)
        store.changed_replies.update(store.replies)
        store.plans_changed = True
        unfinished.write_text(_line(store, rest), encoding="utf-8", newline="")
        unfinished.replace(self._path)
        store.mark_saved()

    def append(self, store: Store, rest: Json) -> None:
        """Add one line with what changed since the last."""
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write(_line(store, rest))
        store.mark_saved()


def _line(store: Store, rest: Json) -> str:
    # In the order of the store, which is the order objects were made in.
    changed = [store.objects[key] for key in store.objects if key in store.changed_objects]
    events = [record for record in store.events if record.id in store.changed_events]
    part: Json = {
        "format": _FORMAT,
        "rest": rest,
        "objects": [*changed, *(json.loads(record.text) for record in events)],
        "line_items": {
            item["id"]: store.line_items[item["id"]]
            for item in changed
            if item["id"] in store.line_items
        },
        "visible_at": {record.id: record.visible_at for record in events},
        "payout_of": {
            item["id"]: store.payout_of[item["id"]]
            for item in changed
            if item["id"] in store.payout_of
        },
        "replies": {
            key: asdict(store.replies[key]) for key in store.replies if key in store.changed_replies
        },
    }
    if store.plans_changed:
        part["jobs"] = [asdict(job) for job in store.agenda]
        part["policy"] = asdict(store.policy)
        part["quirks"] = asdict(store.quirks)
        part["settlement"] = asdict(store.settlement)
        part["keys"] = {key: asdict(record) for key, record in store.keys.items()}
    return json.dumps(part) + "\n"


def _merge(store: Store, part: Json) -> None:
    for item in part["objects"]:
        if item["object"] == "event":
            store.add_event(item, part["visible_at"][item["id"]])
            continue
        store.add(item)
        if item["object"] == "payment_link":
            store.tokens[item["url"].rpartition("/")[2]] = item["id"]
    store.line_items.update(part["line_items"])
    store.payout_of.update(part.get("payout_of", {}))
    store.replies.update({key: SavedReply(**kept) for key, kept in part["replies"].items()})
    if "jobs" in part:
        store.agenda = Agenda(Job(**job) for job in part["jobs"])
        store.policy = EventPolicy(**part["policy"])
        store.quirks = Quirks(**part.get("quirks", {}))
        store.settlement = Settlement(**part.get("settlement", {}))
        store.keys = {key: KeyRecord(**kept) for key, kept in part.get("keys", {}).items()}
