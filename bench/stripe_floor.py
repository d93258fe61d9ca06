"""What reading from Stripe takes at least: the requests of a look, with nothing done about them."""

from typing import Any

import requests

from billdesk.sandbox import StripeSandbox

_EXPAND = "latest_charge.balance_transaction"


def same_requests(stripe: StripeSandbox) -> None:
    """Ask for every page of events and once for each payment of BillDesk; drop the answers."""
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
                if thing["metadata"]:
                    intent = thing["id"] if thing["object"] == "payment_intent" else None
                    intents.add(intent or thing.get("payment_intent") or "")
        for intent in intents - {""}:
            _get(session, f"{stripe.url}/v1/payment_intents/{intent}", {"expand[]": _EXPAND})


def _get(session: requests.Session, url: str, params: dict[str, str]) -> Any:
    answer = session.get(url, params=params, timeout=30)
    answer.raise_for_status()
    return answer.json()
