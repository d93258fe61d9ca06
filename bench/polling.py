"""Apply Stripe's events to the books, beside making the same requests and dropping the answers."""

from pathlib import Path

from bench.books import Desk, bench_books
from bench.measure import Comparison, timed
from bench.stripe_floor import same_requests
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import StripeSandbox

_EVENTS = 1000
_FULL_EVENTS = 10_000
_EVENTS_PER_PAYMENT = 4


def polling(folder: Path, *, full: bool) -> list[Comparison]:
    """One look that finds 1,000 events, read from a Stripe on this computer and applied."""
    payments = (_FULL_EVENTS if full else _EVENTS) // _EVENTS_PER_PAYMENT
    with (
        StripeSandbox(settle_delay_s=0) as stripe,
        bench_books(folder / "polling") as (books, company_id),
    ):
        desk = Desk(books, company_id, stripe_url=stripe.url)
        desk.app.connecting.connect(stripe.api_key)
        desk.app.settings.save_online_payment(OnlinePayment(enabled=True))
        for _ in range(payments):
            desk.issue(1, online=True)
        return [_look(desk, stripe)]


def _look(desk: Desk, stripe: StripeSandbox) -> Comparison:
    desk.app.sync.work_outbox_now()
    for link in stripe.state()["payment_links"]:
        stripe.pay(link["url"])
    floor_ms = timed(lambda: same_requests(stripe))
    results = []
    ours_ms = timed(lambda: results.append(desk.app.sync.poll_now()))
    (result,) = results
    if result.error or not result.applied:
        raise RuntimeError(f"the look failed: {result}")
    return Comparison(
        f"apply {result.events} events",
        "the same requests",
        ours_ms,
        floor_ms,
        1,
        note=f"{result.events * 1000 / ours_ms:.0f} events per second",
    )
