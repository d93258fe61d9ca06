"""A mail server on 127.0.0.1 that keeps every message instead of delivering it."""

import asyncio
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from billdesk.sandbox.loopback import HOST, listen

_START_TIMEOUT_S = 15

Matcher = str | Callable[[str], bool]
DropMoment = Literal["before_data", "after_data"]


@dataclass(frozen=True)
class CaughtMail:
    """One accepted message: its envelope, its exact bytes and the parsed form."""

    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes
    parsed: EmailMessage


class MailCatcher:
    """An SMTP server for the practice company and the mail tests.

    ``folder`` also gets every message as a numbered .eml file. With ``ssl_context`` choose
    ``starttls`` (required before anything else) or ``implicit_tls``. With ``user`` and
    ``password`` clients must log in.
    """

    host = HOST

    def __init__(
        self,
        *,
        folder: Path | None = None,
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        starttls: bool = False,
        implicit_tls: bool = False,
        user: str | None = None,
        password: str | None = None,
    ) -> None:
        if (starttls or implicit_tls) != (ssl_context is not None) or (starttls and implicit_tls):
            raise ValueError("TLS needs an ssl_context and one of starttls and implicit_tls")
        if (user is None) != (password is None):
            raise ValueError("a login needs both user and password")
        self.port = port
        self.messages: list[CaughtMail] = []
        self._folder = folder
        self._ssl_context = ssl_context
        self._starttls = starttls
        self._implicit_tls = implicit_tls
        self._login = None if user is None or password is None else (user, password)
        self._arrived = threading.Condition()
        self._refused: list[tuple[Matcher, str]] = []
        self._data_replies: list[str] = []
        self._drops: list[DropMoment] = []
        self._open: set[SMTP] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> None:
        """Listen; returns when mail is accepted. Raises OSError when the port is taken."""
        if self._thread is not None:
            raise RuntimeError("the mail catcher is already running")
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        listener = listen(self.port)
        self.port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)),
            name="mail-catcher",
            daemon=True,
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise RuntimeError("the mail catcher did not start in time")

    def stop(self) -> None:
        """Stop listening; returns when the server's thread has ended. Harmless when stopped."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
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

    def wait_for(self, count: int, timeout: float = 10.0) -> list[CaughtMail]:
        """The messages, once there are at least ``count``. Raises TimeoutError (seconds)."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, timeout):
                raise TimeoutError(f"{len(self.messages)} of {count} messages came in time")
            return list(self.messages)

    def refuse_recipient(self, matching: Matcher, reply: str = "550 5.1.1 No such user") -> None:
        """Refuse recipients: an address, or a test on it, and the SMTP reply to give."""
        self._refused.append((matching, reply))

    def refuse_data(self, reply: str = "554 5.6.0 Refused", times: int = 1) -> None:
        """Answer the next messages with this reply, 4xx (later) or 5xx (never)."""
        self._data_replies.extend([reply] * times)

    def drop_connection(self, when: DropMoment, times: int = 1) -> None:
        """Cut the next connections when DATA comes: before it, or after taking the message."""
        self._drops.extend([when] * times)

    def accept_all(self) -> None:
        """Forget planned refusals and drops."""
        self._refused.clear()
        self._data_replies.clear()
        self._drops.clear()

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        tls = self._ssl_context if self._implicit_tls else None
        server = await self._loop.create_server(self._protocol, sock=listener, ssl=tls)
        ready.set()
        await self._stopping.wait()
        server.close()
        for connection in list(self._open):
            if connection.transport is not None:
                connection.transport.close()
        while self._open:
            await asyncio.sleep(0.01)

    def _protocol(self) -> SMTP:
        return _Connection(
            _Handler(self),
            self._open,
            hostname="practice.localhost",
            loop=self._loop,
            enable_SMTPUTF8=True,
            tls_context=self._ssl_context if self._starttls else None,
            require_starttls=self._starttls,
            authenticator=self._authenticate,
            # Without TLS, AUTH is only offered where the catcher was told to want a login.
            auth_require_tls=self._starttls or self._login is None,
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        accepted = (
            self._login is not None
            and isinstance(given, LoginPassword)
            and (given.login, given.password) == (self._login[0].encode(), self._login[1].encode())
        )
        return AuthResult(success=accepted, handled=False)

    @property
    def wants_login(self) -> bool:
        return self._login is not None

    def recipient_reply(self, address: str) -> str | None:
        """The refusal planned for a recipient, None when the address is accepted."""
        for matching, reply in self._refused:
            if matching(address) if callable(matching) else matching == address:
                return reply
        return None

    def data_reply(self) -> str | None:
        """The refusal planned for the next message, used up."""
        return self._data_replies.pop(0) if self._data_replies else None

    def drops(self, when: DropMoment) -> bool:
        """Whether the next connection is to be cut at this moment; used up when it is."""
        if self._drops and self._drops[0] == when:
            self._drops.pop(0)
            return True
        return False

    def keep(self, envelope: Envelope) -> None:
        """Store an accepted message and wake who waits for it."""
        raw = cast("bytes", envelope.content)
        parsed = BytesParser(policy=SMTP_POLICY).parsebytes(raw)
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        caught = CaughtMail(str(envelope.mail_from or ""), recipients, raw, parsed)
        if self._folder is not None:
            _write(self._folder, raw)
        with self._arrived:
            self.messages.append(caught)
            self._arrived.notify_all()


class _Connection(SMTP):
    """One SMTP connection that notes when it is open, so that stopping can close it."""

    def __init__(self, handler: "_Handler", open_now: set[SMTP], **options: Any) -> None:
        super().__init__(handler, **options)
        self._open_now = open_now

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open_now.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._open_now.discard(self)


class _Handler:
    """aiosmtpd's hooks; their names and arguments are its protocol."""

    def __init__(self, catcher: MailCatcher) -> None:
        self._catcher = catcher

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._catcher.wants_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._catcher.recipient_reply(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._catcher.drops("before_data"):
            _cut(server)
            return "421 4.3.2 Closing"
        refusal = self._catcher.data_reply()
        if refusal is not None:
            return refusal
        self._catcher.keep(envelope)
        if self._catcher.drops("after_data"):
            _cut(server)
            return "421 4.3.2 Closing"
        return "250 2.0.0 Caught"


def _write(folder: Path, raw: bytes) -> None:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for number in itertools.count(1):
        try:
            with (folder / f"{stamp}-{number:03}.eml").open("xb") as file:
                file.write(raw)
        except FileExistsError:
            continue
        return


def _cut(server: SMTP) -> None:
    transport = cast("asyncio.WriteTransport | None", server.transport)
    if transport is not None:
        transport.abort()
