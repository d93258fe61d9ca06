"""An office and its Stripe: how often it is asked in a day, how soon a payment is seen."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from threading import Event as Flag

from bench.books import Desk, bench_books
from bench.measure import Comparison, timed
from billdesk.core.domain.events import PaymentChanged
from billdesk.core.domain.outside_services.pacing import (
    AFTER_LINK_FOR_S,
    AFTER_LINK_S,
    Attention,
    Pace,
)
from billdesk.core.domain.outside_services.read_budget import PER_MONTH, PER_PAYMENT
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import SandboxClock, StripeSandbox
from billdesk.sandbox.exchange import Exchange

_OPEN_LINKS = 50
_PAYMENTS_A_DAY = 6
_DAYS = 2
_FULL_DAYS = 28
_OPENS, _CLOSES = 8, 18
# Customers who pay while the owner has the window open.
_CUSTOMERS = 4
_FULL_CUSTOMERS = 20
_PATIENCE_S = 60


def office(folder: Path, *, full: bool) -> list[Comparison]:
    """Days with fifty open links, and customers who pay while somebody watches."""
    return [
        _calls(folder / "days", _FULL_DAYS if full else _DAYS),
        _latency(folder / "watched", _FULL_CUSTOMERS if full else _CUSTOMERS),
    ]


class _Clock:
    """The time in the office and at Stripe: the present, or what ``at`` is set to."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime.now(UTC)
        self._stands = at is not None

    def now(self) -> datetime:
        """The current instant."""
        return self.at if self._stands else datetime.now(UTC)

    def pace(self, *, touched_at: datetime, low_budget: bool) -> Pace:
        """How often to look at this hour; the window is open in the daytime."""
        open_now = _OPENS <= self.at.hour < _CLOSES
        since = (self.at - touched_at).total_seconds()
        touched = since if since < 2 * AFTER_LINK_FOR_S else None
        attention = Attention.ACTIVE if open_now else Attention.BACKGROUND
        return Pace(attention, touched, awaiting=True, low_budget=low_budget)


@contextmanager
def _open_office(
    folder: Path, clock: _Clock, links: int, reads: list[Exchange]
) -> Iterator[tuple[Desk, StripeSandbox]]:
    """A company with so many open links; ``reads`` collects what it asks Stripe."""
    with (
        StripeSandbox(
            settle_delay_s=0,
            clock=SandboxClock(lambda: clock.now().timestamp()),
            on_exchange=lambda asked: reads.append(asked) if asked.method == "GET" else None,
        ) as stripe,
        bench_books(folder, clock.now) as (books, company_id),
    ):
        desk = Desk(books, company_id, stripe_url=stripe.url)
        desk.app.connecting.connect(stripe.api_key)
        desk.app.settings.save_online_payment(OnlinePayment(enabled=True))
        for _ in range(links):
            desk.issue(1, online=True)
        desk.app.sync.work_outbox_now()
        yield desk, stripe
        desk.app.close()


def _calls(folder: Path, days: int) -> Comparison:
    """Reads a day, the window open for ten hours, a link copied or paid every hour and a half."""
    clock, chance = _Clock(datetime(2026, 11, 2, tzinfo=UTC)), random.Random(7)
    reads: list[Exchange] = []
    end = clock.at + timedelta(days=days)
    links = _OPEN_LINKS + days * _PAYMENTS_A_DAY
    with _open_office(folder, clock, links, reads) as (desk, stripe):
        urls = [link["url"] for link in stripe.state()["payment_links"]]
        reads.clear()
        paid_at = [
            clock.at + timedelta(days=day, hours=_OPENS, minutes=97 * number)
            for day in range(days)
            for number in range(_PAYMENTS_A_DAY)
        ]
        touched_at = clock.at - timedelta(days=1)
        while clock.at < end:
            while paid_at and paid_at[0] <= clock.at:
                touched_at = paid_at.pop(0)
                stripe.pay(urls.pop())
            result = desk.app.sync.poll_now()
            desk.app.sync.work_outbox_now()
            if result.error:
                raise RuntimeError(result.error)
            pace = clock.pace(touched_at=touched_at, low_budget=result.low_budget)
            clock.at += timedelta(seconds=pace.interval_s(chance.random()))
    planned = PER_MONTH / 30 + PER_PAYMENT * _PAYMENTS_A_DAY
    return Comparison(
        f"a day with {_OPEN_LINKS} open links",
        "what Stripe allows",
        len(reads) / days,
        max(10_000, 500 * 30 * _PAYMENTS_A_DAY) / 30,
        1,
        # The first days draw on what was saved: only a month says what it comes to.
        target=1 if days == _FULL_DAYS else None,
        note=f"{days} days, {_PAYMENTS_A_DAY} payments a day; planned are {planned:.0f}",
        unit="reads",
    )


def _latency(folder: Path, customers: int) -> Comparison:
    """From a payment to the window being told, the link just copied and the window in front."""
    chance, waits = random.Random(7), []
    with _open_office(folder, _Clock(), customers + 1, []) as (desk, stripe):
        urls = [link["url"] for link in stripe.state()["payment_links"]]
        stripe.pay(urls.pop())
        floor_took = timed(desk.app.sync.poll_now)
        told = Flag()
        desk.app.bus.subscribe(
            lambda event: told.set() if isinstance(event, PaymentChanged) else None
        )
        desk.app.sync.start()
        desk.app.sync.attend(Attention.ACTIVE)
        for url in urls:
            desk.app.sync.link_touched()
            # A customer takes some time on the page.
            time.sleep(chance.uniform(0, AFTER_LINK_S))
            told.clear()
            paid_at = time.perf_counter()
            stripe.pay(url)
            if not told.wait(_PATIENCE_S):
                raise RuntimeError("the payment was not seen")
            waits.append(time.perf_counter() - paid_at)
        desk.app.sync.stop()
    return Comparison(
        "a payment is seen, window in front",
        "the look that finds it",
        mean(waits) * 1000,
        floor_took,
        customers,
        note=f"between {min(waits):.1f} and {max(waits):.1f} s after it was made",
    )
