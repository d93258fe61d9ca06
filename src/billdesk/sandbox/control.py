"""The control API ``/_sim/*``: what a test, or the owner of the practice company, may cause.

Guarded by a random token in the header ``X-Sandbox-Token``; bodies and replies are JSON.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billdesk.sandbox import checkout, disputes, refunds
from billdesk.sandbox.account import Account
from billdesk.sandbox.errors import ApiError, Json
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.simulation import Simulation

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header, no secret

Act = Callable[[Account, Json], Json]


class ControlApi:
    """The control routes. ``token`` must come with every request."""

    def __init__(self, simulation: Simulation, token: str) -> None:
        self._simulation = simulation
        self._token = token

    def routes(self) -> list[Route]:
        actions: dict[str, Act] = {
            "advance": self._advance,
            "dispute": _dispute,
            "dispute/close": _close_dispute,
            "events": _events,
            "faults": self._fault,
            "refund": _refund,
            "refund/fail": _fail_refund,
            "reset": self._reset,
            "settle": _settle,
        }
        return [
            Route("/_sim/state", self._endpoint(lambda account, given: dump(account))),
            *(
                Route(f"/_sim/{name}", self._endpoint(act), methods=["POST"])
                for name, act in actions.items()
            ),
        ]

    def _endpoint(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                return JSONResponse({"error": "The control token is missing or wrong."}, 401)
            body = await request.body()
            try:
                values = json.loads(body) if body else {}
                with self._simulation.running() as account:
                    return JSONResponse(act(account, values))
            except ApiError as error:
                return JSONResponse(error.body(), error.status)
            except (ValueError, TypeError, KeyError) as problem:
                return JSONResponse({"error": f"Not understood: {problem}"}, 400)

        return endpoint

    def _advance(self, account: Account, given: Json) -> Json:
        account.clock.advance(float(given["seconds"]))
        account.store.plans_changed = True
        # Enter again so that what became due by this step has happened when we answer.
        with self._simulation.running():
            return {"now": account.clock.now()}

    def _fault(self, account: Account, given: Json) -> Json:
        self._simulation.plan(Fault(**given))
        return {"planned": True}

    def _reset(self, account: Account, given: Json) -> Json:
        self._simulation.reset()
        return {"reset": True}


def dump(account: Account) -> Json:
    """A copy of the account's objects by kind, oldest first."""
    kinds: dict[str, str] = {
        "payment_links": "payment_link",
        "sessions": "checkout.session",
        "payment_intents": "payment_intent",
        "charges": "charge",
        "refunds": "refund",
        "disputes": "dispute",
        "balance_transactions": "balance_transaction",
        "products": "product",
        "prices": "price",
        "customers": "customer",
        "events": "event",
    }
    found: dict[str, Any] = {
        name: list(account.store.oldest_first(kind)) for name, kind in kinds.items()
    }
    copied: Json = json.loads(json.dumps({"now": account.clock.now(), **found}))
    return copied


def _settle(account: Account, given: Json) -> Json:
    succeed = bool(given.get("succeed", True))
    intent_id = given["payment_intent"]
    checkout.settle(account, intent_id, succeed=succeed, at=account.clock.now())
    return account.store.get("payment_intent", intent_id)


def _refund(account: Account, given: Json) -> Json:
    return refunds.create(account, given)


def _fail_refund(account: Account, given: Json) -> Json:
    return refunds.fail(account, given["refund"])


def _dispute(account: Account, given: Json) -> Json:
    return disputes.open_dispute(account, given["payment_intent"], at=account.clock.now())


def _close_dispute(account: Account, given: Json) -> Json:
    return disputes.close_dispute(account, given["dispute"], won=bool(given["won"]))


def _events(account: Account, given: Json) -> Json:
    policy = account.store.policy
    policy.delay_s = float(given.get("delay_s", policy.delay_s))
    policy.copies = int(given.get("copies", policy.copies))
    policy.drop = int(given.get("drop", policy.drop))
    account.store.plans_changed = True
    return {"delay_s": policy.delay_s, "copies": policy.copies, "drop": policy.drop}
