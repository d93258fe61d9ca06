"""The HTTP side of the API: requests to ``StripeExchange`` and its answers back on the wire."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from billdesk.sandbox.exchange import Asked, Sent, StripeExchange

# Closes the connection of this client address without an answer.
Reset = Callable[[tuple[str, int]], None]

# Into how many pieces a slow answer falls.
_PIECES = 5


class StripeApi:
    """The routes below ``/v1``."""

    def __init__(self, exchange: StripeExchange, reset: Reset) -> None:
        self._exchange = exchange
        self._reset = reset

    def routes(self) -> list[Route]:
        return [Route("/v1/{rest:path}", self._serve, methods=["GET", "POST", "DELETE"])]

    async def _serve(self, request: Request) -> Response:
        asked = Asked(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers),
            await request.body() if request.method == "POST" else b"",
        )
        with self._exchange.visit(asked) as visit:
            await asyncio.sleep(visit.before_s)
            sent = visit.perform()
            if visit.after_s:
                await asyncio.sleep(visit.after_s)
        return self._response(request, sent)

    def _response(self, request: Request, sent: Sent) -> Response:
        if sent.status is None:
            self._cut_off(request)
            # Nobody is left to read it, but the server expects an answer from every request.
            return Response(status_code=499)
        if sent.damage in ("slow", "broken"):
            length = {"Content-Length": str(len(sent.body))}
            return StreamingResponse(
                self._pieces(request, sent), sent.status, {**sent.headers, **length}
            )
        return Response(sent.body, sent.status, sent.headers)

    async def _pieces(self, request: Request, sent: Sent) -> AsyncIterator[bytes]:
        size = max(1, len(sent.body) // _PIECES)
        for start in range(0, len(sent.body), size):
            if sent.damage == "broken" and start + size >= len(sent.body):
                self._cut_off(request)
                return
            yield sent.body[start : start + size]
            await asyncio.sleep(sent.piece_delay_s)

    def _cut_off(self, request: Request) -> None:
        if request.client is not None:
            self._reset((request.client.host, request.client.port))
