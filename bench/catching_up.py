"""Back after a while: an account that other programs use as well has many events to read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.books import Desk, bench_books
from bench.measure import Comparison, timed
from bench.stripe_floor import same_requests
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import SandboxClock, StripeSandbox

_EVENTS = 5_000
_FULL_EVENTS = 100_000
# Of so many payments at Stripe one is BillDesk's; an account of BillDesk alone is ``polling``.
_ONE_IN = 40
_EVENTS_PER_PAYMENT = 4
_AWAY = timedelta(hours=2)


class _Clock:
    """The present, and from ``leave`` on two hours later."""

    def __init__(self) -> None:
        self._away = timedelta()

    def now(self) -> datetime:
        """The current instant, at the desk and at Stripe."""
        return datetime.now(UTC) + self._away

    def leave(self) -> None:
        """Nobody looks for a while."""
        self._away = _AWAY


def catching_up(folder: Path, *, full: bool) -> list[Comparison]:
    """All events since the last look, most of them another program's."""
    events = _FULL_EVENTS if full else _EVENTS
    payments = events // _EVENTS_PER_PAYMENT // _ONE_IN
    clock = _Clock()
    at_stripe = SandboxClock(lambda: clock.now().timestamp())
    with (
        StripeSandbox(settle_delay_s=0, clock=at_stripe) as stripe,
        bench_books(folder / "catching-up", clock.now) as (books, company_id),
    ):
        desk = Desk(books, company_id, stripe_url=stripe.url)
        desk.app.connecting.connect(stripe.api_key)
        desk.app.settings.save_online_payment(OnlinePayment(enabled=True))
        for _ in range(payments):
            desk.issue(1, online=True)
        desk.app.sync.work_outbox_now()
        links = [link["url"] for link in stripe.state()["payment_links"]]
        desk.app.sync.poll_now()
        clock.leave()
        others = events - payments * _EVENTS_PER_PAYMENT
        for url in links:
            _let_others_sell(stripe, others // len(links))
            stripe.pay(url)
        return [_look(desk, stripe, payments)]


def _let_others_sell(stripe: StripeSandbox, events: int) -> None:
    """What a shop on the same account makes Stripe tell about, without a sign of BillDesk."""
    with stripe.simulation.running() as account:
        for _ in range(events):
            payment = {
                "id": account.ids.new("pi"),
                "object": "payment_intent",
                "amount": 4_900,
                "currency": "eur",
                "customer": None,
                "livemode": False,
                "metadata": {},
                "status": "succeeded",
            }
            account.emit("payment_intent.succeeded", payment)


def _look(desk: Desk, stripe: StripeSandbox, payments: int) -> Comparison:
    floor_took = timed(lambda: same_requests(stripe))
    seen = applied = looks = 0

    def catch_up() -> None:
        nonlocal seen, applied, looks
        is_more = True
        while is_more:
            result = desk.app.sync.poll_now()
            if result.error or result.skipped:
                raise RuntimeError(f"the look failed: {result}")
            seen, applied, looks = seen + result.events, applied + result.applied, looks + 1
            is_more = result.is_more
        if applied < payments:
            raise RuntimeError(f"only {applied} of {payments} payments were applied")

    took = timed(catch_up)
    return Comparison(
        f"catch up on {seen} events",
        "the same requests",
        took,
        floor_took,
        1,
        note=f"{seen * 1000 / took:.0f} events per second, {payments} payments, {looks} looks",
    )
