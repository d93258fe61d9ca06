"""The practice Stripe as a server: API, pay pages and control API on one loopback port."""

import asyncio
import secrets
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from billdesk.sandbox import visitor
from billdesk.sandbox.api import StripeApi
from billdesk.sandbox.control import ControlApi
from billdesk.sandbox.dashboard import Dashboard
from billdesk.sandbox.exchange import Exchange
from billdesk.sandbox.hosted import HostedPages
from billdesk.sandbox.loopback import HOST, listen
from billdesk.sandbox.visitor import SandboxDeclined, SandboxLinkInactive
from billdesk.sandbox.world import PRACTICE_KEY, StripeWorld

__all__ = [
    "PRACTICE_KEY",
    "Exchange",
    "SandboxDeclined",
    "SandboxLinkInactive",
    "StripeSandbox",
]

_LOOPBACK = ("127.0.0.1", "localhost")
_START_TIMEOUT_S = 15


class _LoopbackOnly:
    """Refuses requests that name another host or come from another site's page.

    Binding to 127.0.0.1 keeps other machines out; this keeps web pages open in the user's
    browser out (DNS rebinding, cross-site posts).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            host = _host_of(f"//{request.headers.get('host', '')}")
            origin = request.headers.get("origin")
            if host not in _LOOPBACK or (origin is not None and _host_of(origin) not in _LOOPBACK):
                refusal = PlainTextResponse("Only this computer may use the sandbox.", 403)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _host_of(address: str) -> str | None:
    """The host an address names; ``None`` when it is malformed or carries a user name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts.hostname


class _Server(uvicorn.Server):
    """uvicorn, telling when it listens and able to drop a connection."""

    def __init__(self, config: uvicorn.Config, listening: threading.Event) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    def reset(self, client: tuple[str, int]) -> None:
        """Abort the connection of this client, so that it sees a reset and no answer."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()


class StripeSandbox(StripeWorld):
    """``StripeWorld`` on 127.0.0.1; use as a context manager or start and stop it.

    ``port`` 0 takes the port of the last run with the same ``state_file`` when it is free, else
    any free one. ``on_exchange`` is called on the server's thread.
    """

    def __init__(self, *, port: int = 0, **world: Any) -> None:
        super().__init__(**world)
        self._port = port
        self._control_token = secrets.token_urlsafe(24)
        self._dashboard = Dashboard(self, secrets.token_urlsafe(24))
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; returns when requests are answered.

        Raises OSError when the port is taken or the state file cannot be written.
        """
        if self._thread is not None:
            raise RuntimeError("the sandbox is already running")
        listener = self._bind()
        try:
            self.simulation.listen_at(listener.getsockname()[1])
        except OSError:
            listener.close()
            raise
        listening = threading.Event()
        config = uvicorn.Config(
            self._application(),
            host=HOST,
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
        server = _Server(config, listening)
        self._server = server
        self._thread = threading.Thread(
            target=self._serve, args=(server, listener), name="stripe-sandbox", daemon=True
        )
        self._thread.start()
        if not listening.wait(_START_TIMEOUT_S):
            self.stop()
            raise RuntimeError("the sandbox did not start in time")

    def stop(self) -> None:
        """Stop listening; returns when the server's thread has ended. Harmless when stopped."""
        if self._thread is None or self._server is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = None
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def control_token(self) -> str:
        """What ``/_sim/*`` requests must send as ``X-Sandbox-Token``."""
        return self._control_token

    @property
    def dashboard_url(self) -> str:
        """The page where a person does what customers, banks and Stripe do; new with each start."""
        return f"{self.url}{self._dashboard.path}"

    def pay(
        self,
        link_url: str,
        *,
        card: str = "4242424242424242",
        email: str = "customer@example.com",
    ) -> str:
        """Pay a link as a customer would, over HTTP; ``card`` may be a test IBAN.

        Returns the session's id. Raises SandboxDeclined or SandboxLinkInactive.
        """
        return visitor.pay(link_url, card=card, email=email)

    def _application(self) -> Starlette:
        parts: Sequence[Any] = (
            StripeApi(self.exchange, self._reset),
            HostedPages(self.simulation),
            ControlApi(self, self._control_token),
            self._dashboard,
        )
        return Starlette(
            routes=[route for part in parts for route in part.routes()],
            middleware=[Middleware(_LoopbackOnly)],
        )

    def _reset(self, client: tuple[str, int]) -> None:
        if self._server is not None:
            self._server.reset(client)

    def _bind(self) -> socket.socket:
        before = self.simulation.port_before
        if self._port == 0 and before is not None:
            try:
                return listen(before)
            except OSError:
                # Someone else has it by now; the links move to the new port.
                pass
        return listen(self._port)

    @staticmethod
    def _serve(server: _Server, listener: socket.socket) -> None:
        asyncio.run(server.serve(sockets=[listener]))
