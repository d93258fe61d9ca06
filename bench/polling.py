"""Apply Stripe's events to the books, beside making the same requests and dropping the answers."""

from pathlib import Path
from typing import Any

import requests

from bench.books import Desk, bench_books
from bench.measure import Comparison, timed
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import StripeSandbox

_EVENTS = 1000
_FULL_EVENTS = 10_000
_EVENTS_PER_PAYMENT = 4
_EXPAND = "latest_charge.balance_transaction"


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
    floor_ms = timed(lambda: _same_requests(stripe))
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


def _same_requests(stripe: StripeSandbox) -> None:
    """Every page of events, and each payment once."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {stripe.api_key}"
        after: dict[str, str] = {}
        more, intents = True, set[str]()
        while more:
            page = _get(session, f"{stripe.url}/v1/events", {"limit": "100", **after})
            more = page["has_more"]
            after = {"starting_after": page["data"][-1]["id"]}
            for event in page["data"]:
                thing = event["data"]["object"]
                intent = thing["id"] if thing["object"] == "payment_intent" else None
                intents.add(intent or thing.get("payment_intent") or "")
        for intent in intents - {""}:
            _get(session, f"{stripe.url}/v1/payment_intents/{intent}", {"expand[]": _EXPAND})


def _get(session: requests.Session, url: str, params: dict[str, str]) -> Any:
    answer = session.get(url, params=params, timeout=30)
    answer.raise_for_status()
    return answer.json()
