"""Looks until all is read, and what they cost."""

import sys

import pytest
from books import Shop
from in_process_stripe import InProcessStripe

MOST_LOOKS = 20


def catch_up(shop: Shop, stripe: InProcessStripe) -> int:
    """Look and work until there is no more to do; the number of calls to Stripe."""
    stripe.calls.clear()
    for _ in range(MOST_LOOKS):
        result = shop.app.sync.poll_now(deep=True)
        said = result.error or result.missing
        assert not said, said
        worked = shop.work()
        if not (result.is_more or worked or result.applied):
            return len(stripe.calls)
    raise AssertionError("there is no end of it")


def listed(stripe: InProcessStripe, path: str) -> int:
    """How often a list was read."""
    return sum(call == ("GET", path) for call in stripe.calls)


def tell(capsys: pytest.CaptureFixture[str], what: str, calls: int, most: int) -> None:
    """Print what looks cost, and hold it to a bound."""
    with capsys.disabled():
        sys.stdout.write(f"\n{what}: {calls} calls to Stripe\n")
    assert calls <= most, calls
