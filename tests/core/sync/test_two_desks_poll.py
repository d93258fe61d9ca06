"""Two desks on the same books look at Stripe in turns: one look at a time, nothing twice."""

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from books import Shop
from calls import catch_up, listed, tell
from in_process_stripe import InProcessStripe
from test_long_away import paid

from billdesk.core.domain.documents import DocumentState
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.sync.poller import PollResult

pytestmark = pytest.mark.both_engines
MOST_CALLS = 24


@pytest.fixture
def other(near: Shop, in_process: InProcessStripe) -> Iterator[Shop]:
    """Another desk at the same company."""
    shop = Shop.open(near.books, near.app.company_id, near.time, stripe=in_process)
    yield shop
    shop.app.close()


def at_once(*shops: Shop) -> list[PollResult]:
    """Every desk looks at the same moment."""
    start = Barrier(len(shops))
    results: list[PollResult] = []

    def look(shop: Shop) -> None:
        start.wait()
        results.append(shop.poll(deep=True))

    threads = [Thread(target=look, args=(shop,)) for shop in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_desks_poll(
    near: Shop,
    other: Shop,
    in_process: InProcessStripe,
    place: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    documents = [paid(near, in_process, price) for price in ("10", "20", "30")]
    in_process.act("events", lose_types=["checkout.*"])
    near.pass_time(hours=30)
    in_process.calls.clear()
    for _ in range(4):
        results = at_once(near, other)
        assert [one.error for one in results] == ["", ""]
        near.pass_time(seconds=20)
    calls = len(in_process.calls)
    # Whoever came second left it to the first: the lists were gone through once.
    assert listed(in_process, "/v1/disputes") == 1
    assert [near.state(one) for one in documents] == [DocumentState.PAID] * 3
    assert len(near.rows("SELECT * FROM payment")) == 3
    kind = "a file" if near.books.paths.server is None else "a server"
    tell(capsys, f"two desks on {kind}, 4 looks each, 3 payments", calls, MOST_CALLS)
    near.settle_down()
    near.check()


def test_a_desk_without_a_key_leaves_the_lease(
    near: Shop, other: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = paid(near, in_process, "10")
    monkeypatch.setattr(other.app.sync._poller._stripe, "secrets", MemorySecretStore("none"))
    near.pass_time(hours=2)
    result = other.poll()
    assert "has no Stripe key" in result.error
    cursor = near.one("SELECT claimed_by, lease_until_at, error FROM stripe_cursor")
    assert (cursor.claimed_by, cursor.lease_until_at) == (None, None)
    assert "has no Stripe key" in cursor.error, "nobody else looks"
    catch_up(near, in_process)
    assert near.state(document) is DocumentState.PAID
    other.poll()
    assert near.one("SELECT error FROM stripe_cursor").error == "", "another desk looks"
