"""What the simulated Stripe account holds: API objects by id, and what is still to happen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from billdesk.sandbox.agenda import Agenda, Job
from billdesk.sandbox.errors import Json, missing
from billdesk.sandbox.event_log import EventLog
from billdesk.sandbox.event_policy import EventPolicy
from billdesk.sandbox.keys import KeyRecord
from billdesk.sandbox.quirks import Quirks
from billdesk.sandbox.settlement import Settlement
from billdesk.sandbox.shelf import Shelf

# Members that lists filter by and whose value, once there, stays.
_RELATED = {
    "balance_transaction": ("source",),
    "charge": ("customer", "payment_intent"),
    "checkout.session": ("customer", "payment_intent", "payment_link"),
    "dispute": ("charge", "payment_intent"),
    "payment_intent": ("customer",),
    "refund": ("charge", "payment_intent"),
}


@dataclass(frozen=True)
class SavedReply:
    """The first answer to an Idempotency-Key: what was asked, and what was answered."""

    method: str
    path: str
    parameters: str
    status: int
    body: Json
    request_id: str
    saved_at: int


@dataclass
class Store:
    """All state behind the API. Objects are JSON as Stripe returns it, references being ids."""

    objects: dict[str, Json] = field(default_factory=dict)
    events: EventLog = field(default_factory=EventLog)
    line_items: dict[str, list[Json]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    payout_of: dict[str, str] = field(default_factory=dict)
    agenda: Agenda = field(default_factory=Agenda)
    replies: dict[str, SavedReply] = field(default_factory=dict)
    policy: EventPolicy = field(default_factory=EventPolicy)
    quirks: Quirks = field(default_factory=Quirks)
    settlement: Settlement = field(default_factory=Settlement)
    keys: dict[str, KeyRecord] = field(default_factory=dict)
    changed_objects: set[str] = field(default_factory=set)
    changed_events: set[str] = field(default_factory=set)
    changed_replies: set[str] = field(default_factory=set)
    plans_changed: bool = False
    _shelves: dict[str, Shelf] = field(default_factory=dict)
    _kinds: dict[str, list[str]] = field(default_factory=dict)
    _related: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def add(self, item: Json) -> Json:
        self.objects[item["id"]] = item
        shelf = self.shelf(item["object"])
        if item["id"] not in shelf:
            shelf.put(item["id"], item.get("created", 0), len(shelf))
            self._kinds.setdefault(item["object"], []).append(item["id"])
        self.touch(item)
        return item

    def add_event(self, event: Json, visible_at: float) -> None:
        self.events.add(event, visible_at)
        self.changed_events.add(event["id"])

    def touch(self, *items: Json) -> None:
        """Note that these objects changed and have to reach the state file."""
        for item in items:
            self.changed_objects.add(item["id"])
            for name in _RELATED.get(item["object"], ()):
                value = item[name]
                if value is not None:
                    ids = self._related.setdefault((item["object"], name, value), [])
                    if item["id"] not in ids:
                        ids.append(item["id"])

    def keep_reply(self, key: str, reply: SavedReply) -> None:
        self.replies.pop(key, None)
        self.replies[key] = reply
        self.changed_replies.add(key)

    @property
    def changed(self) -> bool:
        return bool(
            self.changed_objects
            or self.changed_events
            or self.changed_replies
            or self.plans_changed
        )

    def mark_saved(self) -> None:
        self.changed_objects.clear()
        self.changed_events.clear()
        self.changed_replies.clear()
        self.plans_changed = False

    def get(self, kind: str, object_id: str, *, param: str = "id", status: int = 404) -> Json:
        """The object of that kind. Raises ApiError with ``status`` when there is none."""
        found = self.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise missing(kind, object_id, param=param, status=status)
        return found

    def shelf(self, kind: str) -> Shelf:
        return self._shelves.setdefault(kind, Shelf())

    def oldest_first(self, kind: str) -> Iterator[Json]:
        return (self.objects[object_id] for object_id in self._kinds.get(kind, ()))

    def related(self, kind: str, name: str, value: str) -> list[str] | None:
        """The ids of that kind whose member has the value; None for a member without index."""
        if name not in _RELATED.get(kind, ()):
            return None
        return self._related.get((kind, name, value), [])

    def schedule(self, due_at: int, action: str, target: str) -> None:
        self.agenda.add(Job(due_at, action, target))
        self.plans_changed = True

    def take_due(self, now: int) -> list[Job]:
        """Remove and return the jobs whose time has come, earliest first."""
        due = self.agenda.take_due(now)
        self.plans_changed = self.plans_changed or bool(due)
        return due

    def cancel_jobs(self, target: str) -> None:
        if self.agenda.holds(target):
            self.agenda.cancel(target)
            self.plans_changed = True
