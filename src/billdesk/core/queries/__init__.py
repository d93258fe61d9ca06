"""The read side: frozen rows for the window and the command line, never ORM objects.

The modules of this package hold what is asked and answered; ``sql`` holds how. ``Queries`` is
looked up on first use, because pages import the row types before SQLAlchemy may be loaded.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billdesk.core.queries.facade import Queries

__all__ = ["Queries"]


def __getattr__(name: str) -> Any:
    if name != "Queries":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from billdesk.core.queries.facade import Queries

    return Queries
