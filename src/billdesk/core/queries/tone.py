"""How good or bad a piece of news is."""

from enum import StrEnum


class Tone(StrEnum):
    """The colour of a pill, a line of history or a task; words say the same."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"
    NEUTRAL = "neutral"
