"""What stands between each request and Stripe."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class CallGuard(Protocol):
    """Asked before each request, told after it (``services.watching.watch``)."""

    def ask(self, function: Callable[[], T], *, permission: str = "", reads: int = 0) -> T:
        """Make the request ``function``. Raises ``ServiceResting`` without making it."""


class Unguarded:
    """For a key that is being tried out: it says nothing about the one in use."""

    def ask(self, function: Callable[[], T], *, permission: str = "", reads: int = 0) -> T:
        """Make the request."""
        return function()
