"""How long a job or a look waits after a failure."""

import random

from billdesk.core.domain.outside_services.circuit import LONGEST_WAIT, backoff

LONGEST_WAIT_S = LONGEST_WAIT.total_seconds()


def backoff_s(tries: int) -> float:
    """Seconds before try ``tries + 1``: 2, 4, 8 … 300 at most, spread by chance."""
    return backoff(tries, random.random()).total_seconds()  # noqa: S311 - guards nothing
