"""What is answered about cost centres."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostCentreRow:
    """A cost centre: a project, a branch."""

    id: int
    code: str
    name: str
    deleted: bool
