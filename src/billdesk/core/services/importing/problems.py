"""What is wrong with the files of an import, place by place."""

from dataclasses import dataclass, field

MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. ``line`` is the physical line of the file, from 1; 0 is the file."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.reason}"


@dataclass(slots=True)
class Problems:
    """Collects problems; counts all of them, keeps the first ``MOST_KEPT``."""

    count: int = 0
    kept: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, column: str, reason: str) -> None:
        """Note a problem."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(file, line, column, reason))
