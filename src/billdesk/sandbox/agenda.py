"""What happens by itself once the sandbox clock reaches its time."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """An action on an object (``target``), due at ``due_at`` (seconds)."""

    due_at: int
    action: str
    target: str


class Agenda:
    """The jobs still to come. Adding and taking stay quick with a hundred thousand of them."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._heap: list[tuple[int, int]] = []
        self._jobs: dict[int, Job] = {}
        self._of_target: dict[str, set[int]] = {}
        self._added = 0
        for job in jobs:
            self.add(job)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def add(self, job: Job) -> None:
        self._added += 1
        self._jobs[self._added] = job
        self._of_target.setdefault(job.target, set()).add(self._added)
        heapq.heappush(self._heap, (job.due_at, self._added))

    def holds(self, target: str) -> bool:
        return target in self._of_target

    def take_due(self, now: int) -> list[Job]:
        """Remove and return the jobs whose time has come, earliest first."""
        due: list[Job] = []
        while self._heap and self._heap[0][0] <= now:
            number = heapq.heappop(self._heap)[1]
            job = self._jobs.pop(number, None)
            if job is not None:
                self._forget(job.target, number)
                due.append(job)
        return due

    def next_due(self) -> int | None:
        """When the earliest job is due."""
        while self._heap and self._heap[0][1] not in self._jobs:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def cancel(self, target: str) -> None:
        """Forget every job of an object."""
        for number in self._of_target.pop(target, ()):
            del self._jobs[number]

    def _forget(self, target: str, number: int) -> None:
        numbers = self._of_target[target]
        numbers.discard(number)
        if not numbers:
            del self._of_target[target]
