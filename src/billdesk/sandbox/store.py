"""What the simulated Stripe account holds: API objects by id, and what is still to happen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from billdesk.sandbox.errors import Json, missing


@dataclass(frozen=True)
class Job:
    """Something that happens by itself once the sandbox clock reaches ``due_at`` (seconds)."""

    due_at: int
    action: str
    target: str


@dataclass
class EventPolicy:
    """How events reach the list: hidden for ``delay_s``, in ``copies``, the next ``drop`` lost."""

    delay_s: float = 0.0
    copies: int = 1
    drop: int = 0


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
    line_items: dict[str, list[Json]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    visible_at: dict[str, float] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    replies: dict[str, SavedReply] = field(default_factory=dict)
    policy: EventPolicy = field(default_factory=EventPolicy)
    changed_objects: set[str] = field(default_factory=set)
    changed_replies: set[str] = field(default_factory=set)
    plans_changed: bool = False

    def add(self, item: Json) -> Json:
        self.objects[item["id"]] = item
        self.touch(item)
        return item

    def touch(self, *items: Json) -> None:
        """Note that these objects changed and have to reach the state file."""
        self.changed_objects.update(item["id"] for item in items)

    def keep_reply(self, key: str, reply: SavedReply) -> None:
        self.replies[key] = reply
        self.changed_replies.add(key)

    @property
    def changed(self) -> bool:
        return bool(self.changed_objects or self.changed_replies or self.plans_changed)

    def mark_saved(self) -> None:
        self.changed_objects.clear()
        self.changed_replies.clear()
        self.plans_changed = False

    def get(self, kind: str, object_id: str, *, param: str = "id", status: int = 404) -> Json:
        """The object of that kind. Raises ApiError with ``status`` when there is none."""
        found = self.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise missing(kind, object_id, param=param, status=status)
        return found

    def oldest_first(self, kind: str) -> Iterator[Json]:
        return (item for item in self.objects.values() if item["object"] == kind)

    def schedule(self, due_at: int, action: str, target: str) -> None:
        self.jobs.append(Job(due_at, action, target))
        self.plans_changed = True

    def take_due(self, now: int) -> list[Job]:
        """Remove and return the jobs whose time has come, earliest first."""
        due = sorted((job for job in self.jobs if job.due_at <= now), key=lambda job: job.due_at)
        if due:
            self.jobs = [job for job in self.jobs if job.due_at > now]
            self.plans_changed = True
        return due

    def cancel_jobs(self, target: str) -> None:
        self.jobs = [job for job in self.jobs if job.target != target]
        self.plans_changed = True
