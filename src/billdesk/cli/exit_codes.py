"""What the process ends with; scripts may rely on these numbers."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes; the last ones are 128 plus the signal, as shells report them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    # Done, and something waits for a person.
    ATTENTION = 3
    # EX_SOFTWARE of sysexits.h.
    FAULT = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143
