"""The control API ``/_sim/*``: what a test, or the owner of the practice company, may cause.

Guarded by a random token in the header ``X-Sandbox-Token``; bodies and replies are JSON. An
``account`` in the body names another account than the company's.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billdesk.sandbox.acts import ACTS, dump
from billdesk.sandbox.errors import ApiError, Json
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.world import StripeWorld

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header, no secret


class ControlApi:
    """The control routes. ``token`` must come with every request."""

    def __init__(self, world: StripeWorld, token: str) -> None:
        self._world = world
        self._token = token

    def routes(self) -> list[Route]:
        whole: dict[str, Callable[[Json], Any]] = {
            "account": self._account,
            "advance": self._advance,
            "faults": self._fault,
            "faults/clear": self._clear_faults,
            "reset": self._reset,
        }
        return [
            Route("/_sim/state", self._endpoint(self._state), methods=["GET"]),
            *(
                Route(f"/_sim/{name}", self._endpoint(act), methods=["POST"])
                for name, act in whole.items()
            ),
            *(
                Route(f"/_sim/{name}", self._endpoint(self._acting(name)), methods=["POST"])
                for name in ACTS
            ),
        ]

    def _endpoint(self, act: Callable[[Json], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                return JSONResponse({"error": "The control token is missing or wrong."}, 401)
            body = await request.body()
            try:
                values = json.loads(body) if body else {}
                return JSONResponse(act(values))
            except ApiError as error:
                return JSONResponse(error.body(), error.status)
            except (ValueError, TypeError, KeyError, AttributeError) as problem:
                return JSONResponse({"error": f"Not understood: {problem}"}, 400)

        return endpoint

    def _acting(self, name: str) -> Callable[[Json], Any]:
        return lambda given: self._world.act(name, **given)

    def _state(self, given: Json) -> Json:
        with self._world.simulation.running() as account:
            return dump(account)

    def _account(self, given: Json) -> Json:
        return {"api_key": self._world.open_account(str(given["merchant"]))}

    def _advance(self, given: Json) -> Json:
        self._world.advance(float(given["seconds"]))
        return {"now": self._world.now()}

    def _fault(self, given: Json) -> Json:
        self._world.fail_next(Fault(**given))
        return {"planned": True}

    def _clear_faults(self, given: Json) -> Json:
        self._world.simulation.clear_faults()
        return {"cleared": True}

    def _reset(self, given: Json) -> Json:
        self._world.simulation.reset()
        return {"reset": True}
