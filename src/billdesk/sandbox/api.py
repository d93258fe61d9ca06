"""The HTTP side of the API: from a request to an operation and back to Stripe's JSON."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billdesk.sandbox.account import Cause
from billdesk.sandbox.errors import ApiError, Json, invalid
from billdesk.sandbox.expansion import expanded
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.forms import decode
from billdesk.sandbox.operations import OPERATIONS, Call, Operation
from billdesk.sandbox.simulation import Simulation

_TEST_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9]{16,240}")
_LARGEST_BODY = 1_000_000


@dataclass(frozen=True)
class Exchange:
    """One API request and its reply; ``params`` are nested, their leaves still text."""

    method: str
    path: str
    params: Json
    status: int
    body: Json


Watcher = Callable[[Exchange], None]
# Closes the connection of this client address without an answer.
Reset = Callable[[tuple[str, int]], None]


@dataclass(frozen=True)
class _Reply:
    status: int
    body: Json
    headers: dict[str, str]


class StripeApi:
    """Serves the operations. ``watch`` is told of each exchange but planned failures."""

    def __init__(self, simulation: Simulation, reset: Reset, watch: Watcher | None = None) -> None:
        self._simulation = simulation
        self._reset = reset
        self._watch = watch

    def routes(self) -> list[Route]:
        return [
            *(
                Route(operation.path, self._endpoint(operation), methods=[operation.method])
                for operation in OPERATIONS
            ),
            Route("/v1/{rest:path}", self._unknown, methods=["GET", "POST", "DELETE"]),
        ]

    def _endpoint(self, operation: Operation) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return await self._serve(operation, request)

        return endpoint

    async def _unknown(self, request: Request) -> Response:
        error = ApiError(
            404,
            f"Unrecognized request URL ({request.method}: {request.url.path}).",
        )
        request_id = self._simulation.account.ids.new("req")
        return self._response(request, _Reply(error.status, error.body(), {}), request_id)

    async def _serve(self, operation: Operation, request: Request) -> Response:
        account = self._simulation.account
        request_id = account.ids.new("req")
        body = await request.body() if request.method == "POST" else b""
        fault = self._simulation.take_fault(request.method, request.url.path)
        if fault is not None and fault.when == "before":
            broken = await self._break(fault, request, request_id)
            if broken is not None:
                return broken
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        params: Json = {}
        started = False
        try:
            self._authenticate(request)
            params = self._params(request, body)
            if key is None:
                reply = self._run(operation, request, params, Cause(request_id))
            else:
                with self._simulation.running():
                    kept = self._simulation.idempotency.begin(
                        key, request.method, request.url.path, params
                    )
                if kept is not None:
                    replayed = {
                        "Idempotent-Replayed": "true",
                        "Original-Request": kept.request_id,
                    }
                    reply = _Reply(kept.status, kept.body, replayed)
                else:
                    started = True
                    reply = self._run(operation, request, params, Cause(request_id, key))
            if fault is not None and fault.when == "after":
                broken = await self._break(fault, request, request_id)
                if broken is not None:
                    return broken
        except ApiError as error:
            reply = _Reply(error.status, error.body(), {})
        finally:
            if key is not None and started:
                self._simulation.idempotency.finish(key)
        if key is not None:
            reply = replace(reply, headers={**reply.headers, "Idempotency-Key": key})
        if self._watch is not None:
            self._watch(
                Exchange(request.method, request.url.path, params, reply.status, reply.body)
            )
        return self._response(request, reply, request_id)

    def _authenticate(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise ApiError(401, "You did not provide an API key.")
        if _TEST_KEY.fullmatch(key) is None:
            shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 20 else "*" * 8
            raise ApiError(401, f"Invalid API Key provided: {shown}")

    def _params(self, request: Request, body: bytes) -> Json:
        if len(body) > _LARGEST_BODY:
            raise ApiError(413, "The request body is too large.")
        try:
            return decode(body.decode("ascii") if request.method == "POST" else request.url.query)
        except UnicodeDecodeError as problem:
            raise invalid("The request body could not be decoded.") from problem

    def _run(self, operation: Operation, request: Request, params: Json, cause: Cause) -> _Reply:
        """Check, act and, for a keyed request that began to act, keep the reply."""
        typed = operation.takes.read(params, [])
        path = request.url.path
        with self._simulation.running() as account:
            call = Call(account, path, request.path_params.get("id", ""), typed, cause)
            try:
                result = expanded(account.store, operation.run(call), typed.get("expand", []))
                reply = _Reply(200, result, {})
            except ApiError as error:
                if not error.executed:
                    raise
                reply = _Reply(error.status, error.body(), {})
            if cause.idempotency_key is not None:
                self._simulation.idempotency.keep(
                    cause.idempotency_key,
                    request.method,
                    path,
                    params,
                    reply.status,
                    reply.body,
                    cause.request_id or "",
                )
        return reply

    async def _break(self, fault: Fault, request: Request, request_id: str) -> Response | None:
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.status is None:
            if request.client is not None:
                self._reset((request.client.host, request.client.port))
            # Nobody is left to read it, but the server expects an answer from every request.
            return Response(status_code=499)
        error = fault.error()
        if error is None:
            return None
        headers = dict(fault.headers)
        if error.status == 429:
            headers.setdefault("Stripe-Rate-Limited-Reason", "endpoint-rate")
        return self._response(request, _Reply(error.status, error.body(), headers), request_id)

    def _response(self, request: Request, reply: _Reply, request_id: str) -> Response:
        account = self._simulation.account
        return Response(
            json.dumps(reply.body, indent=2),
            status_code=reply.status,
            media_type="application/json",
            headers={
                "Date": formatdate(account.clock.now(), usegmt=True),
                "Request-Id": request_id,
                "Stripe-Version": request.headers.get("stripe-version", account.api_version),
                **reply.headers,
            },
        )
