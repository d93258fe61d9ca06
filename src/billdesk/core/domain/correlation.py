"""One id for everything that one click, command or job brings about.

It is on the rows of the audit log, on what waits in the outbox, in the log file and in the metadata
of what is made at Stripe, so that one search finds all of it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("correlation", default="")


def current_correlation() -> str:
    """The id of what is going on in this thread; empty outside of ``correlated``."""
    return _current.get()


@contextmanager
def correlated(known: str = "") -> Iterator[str]:
    """Everything in here belongs together, under ``known`` or a new id."""
    token = _current.set(known or str(uuid.uuid4()))
    try:
        yield _current.get()
    finally:
        _current.reset(token)
