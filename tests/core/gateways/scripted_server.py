"""A loopback server that does exactly what a test says, below the level of any protocol library."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Self

Connection = Callable[[socket.socket], None]


class ScriptedServer:
    """Serves one connection after another with the given functions, the last one for ever."""

    def __init__(self, script: Sequence[Connection]) -> None:
        self._script = list(script)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        # shutdown() wakes accept(), which close() alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            act = self._script[min(self.connections, len(self._script) - 1)]
            self.connections += 1
            self._open.append(connection)
            with contextlib.suppress(OSError):
                act(connection)


def reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_request(connection: socket.socket) -> bytes:
    """One HTTP request, head and body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            wanted = int(value)
    while len(body) < wanted:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(
    status: int,
    body: str,
    *,
    content_type: str = "application/json",
    declared_length: int | None = None,
    headers: dict[str, str] | None = None,
    requests: list[bytes] | None = None,
) -> Connection:
    """Answers the connection's one request and closes."""

    def act(connection: socket.socket) -> None:
        request = read_request(connection)
        if requests is not None:
            requests.append(request)
        sent = {
            "Content-Type": content_type,
            "Content-Length": str(
                len(body.encode()) if declared_length is None else declared_length
            ),
            "Date": "Tue, 24 Nov 2026 10:00:00 GMT",
            "Connection": "close",
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
        connection.sendall(f"HTTP/1.1 {status} Scripted\r\n{head}\r\n{body}".encode())
        connection.close()

    return act
