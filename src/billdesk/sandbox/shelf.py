"""The order in which a list shows the objects of one kind, kept sorted as they are added."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

# Second of creation, what decides within a second, and the object's id.
Rank = tuple[int, int | str, str]


class Shelf:
    """Ids sorted by creation; a page of any place is found without looking at the others."""

    def __init__(self) -> None:
        self._sorted: list[Rank] = []
        self._ranks: dict[str, Rank] = {}

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._ranks

    def put(self, object_id: str, created: int, tie: int | str) -> None:
        """Add an id once; ``tie`` decides among those of one second."""
        rank = (created, tie, object_id)
        self._ranks[object_id] = rank
        insort(self._sorted, rank)

    def rank(self, object_id: str) -> Rank | None:
        return self._ranks.get(object_id)

    def newest_first(self, below: Rank | None, until: int | None) -> Iterator[Rank]:
        """Ranks below a cursor, down to the second ``until``."""
        place = len(self._sorted) if below is None else bisect_left(self._sorted, below)
        for index in range(place - 1, -1, -1):
            rank = self._sorted[index]
            if until is not None and rank[0] < until:
                return
            yield rank

    def oldest_first(self, above: Rank) -> Iterator[Rank]:
        """Ranks above a cursor."""
        for index in range(bisect_right(self._sorted, above), len(self._sorted)):
            yield self._sorted[index]
