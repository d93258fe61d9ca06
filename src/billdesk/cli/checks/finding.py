"""What a check found out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: nothing to do, worth knowing, in the way of working."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``sentence`` says what to do unless all is well.

    ``facts`` repeats what programs may want to read, in plain JSON values.
    """

    area: str
    level: Level
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)


def ok(area: str, sentence: str, **facts: object) -> Finding:
    """Nothing to do."""
    return Finding(area, Level.OK, sentence, facts)


def warn(area: str, sentence: str, **facts: object) -> Finding:
    """Worth knowing."""
    return Finding(area, Level.WARN, sentence, facts)


def bad(area: str, sentence: str, **facts: object) -> Finding:
    """In the way of working."""
    return Finding(area, Level.BAD, sentence, facts)
