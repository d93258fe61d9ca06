"""How a guard is written down, for whichever database enforces it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

PREFIX = "guard_"
Event = Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]


@dataclass(frozen=True, slots=True)
class Check:
    """``sentence`` is what a statement is refused with when ``condition`` holds.

    The condition is SQL about ``OLD`` and ``NEW``; an empty one always holds.
    """

    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A trigger on one event of one table; ``columns`` narrows an update to those."""

    name: str
    table: str
    event: Event
    checks: tuple[Check, ...]
    columns: tuple[str, ...] = ()
    is_after: bool = False


class GuardKeeper(Protocol):
    """Writes guards into a database and reads them back."""

    differs: str
    """The operator that takes NULL for a value like any other."""
    held: str
    """What makes a subquery wait for those who are changing its rows."""
    more_that_grows: tuple[str, ...]
    """Append-only tables that only this database has."""
    upkeep: Mapping[str, str]
    """Triggers of this database alone that keep something up to date: SQL by name."""

    def create(self, guard: Guard) -> None:
        """Install ``guard``."""

    def create_upkeep(self) -> None:
        """Install the triggers of ``upkeep``."""

    def remove_all(self) -> None:
        """Drop every guard, of this version or another."""

    def installed(self) -> dict[str, str]:
        """Every trigger on BillDesk's tables by name, as the database has it."""

    def seal(self) -> None:
        """Remember which guards are installed, where the database has a place for it."""

    def is_sealed(self) -> bool:
        """Whether the guards are the ones that were remembered; unknown is no."""

    def wanted(self, guard: Guard) -> str | None:
        """What ``installed`` gives for ``guard``; ``None`` where it is not needed."""
