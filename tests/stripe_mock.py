"""Stripe's own mock server, where it is installed or Go can install it.

It checks requests against the API description Stripe publishes; its answers are fixtures. One
pinned version, from the Go module proxy, checked against Go's checksum database.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_VERSION = "v0.203.0"
_MODULE = f"github.com/stripe/stripe-mock@{_VERSION}"
_GO_PLACES = ("/usr/local/go/bin/go", "/usr/lib/go/bin/go")
_BUILD_TIMEOUT_S = 110
# It answers some dozens of requests: compiling it well takes longer than that.
_QUICKLY = ("-gcflags=all=-N -l", "-ldflags=-s -w")


class NoStripeMockError(Exception):
    """It is not installed and could not be built; the text says why."""


def find_stripe_mock() -> Path:
    """The program, from STRIPE_MOCK, PATH or an earlier build; else built once with Go.

    Raises NoStripeMockError.
    """
    named = os.environ.get("STRIPE_MOCK") or shutil.which("stripe-mock")
    if named:
        return Path(named)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    program = (
        caches
        / "billdesk-tests"
        / f"stripe-mock-{_VERSION}"
        / ("stripe-mock.exe" if os.name == "nt" else "stripe-mock")
    )
    if not program.exists():
        _build(program)
    return program


def find_go() -> str | None:
    """Go's program, from PATH or the usual places."""
    return shutil.which("go") or next((go for go in _GO_PLACES if Path(go).exists()), None)


def _build(program: Path) -> None:
    go = find_go()
    if go is None:
        raise NoStripeMockError("neither stripe-mock nor Go is installed")
    program.parent.mkdir(parents=True, exist_ok=True)
    # Several test processes may build at once: each its own, put in place whole.
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        try:
            built = subprocess.run(
                [go, "install", *_QUICKLY, _MODULE],
                env={**os.environ, "GOBIN": folder, "CGO_ENABLED": "0"},
                capture_output=True,
                text=True,
                timeout=_BUILD_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as problem:
            raise NoStripeMockError("Go could not build stripe-mock in time") from problem
        if built.returncode != 0:
            last = built.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise NoStripeMockError(f"Go could not build stripe-mock: {last[0]}")
        (Path(folder) / program.name).replace(program)


@contextmanager
def running_stripe_mock(program: Path) -> Iterator[str]:
    """The mock's base address on 127.0.0.1, for as long as the context lasts.

    Unasked it also listens for TLS, always on the same port, and ends where that is taken. What it
    says goes to a file: a pipe that nobody reads would end it. Raises RuntimeError, with what it
    said, when it has ended by itself.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [str(program), "-http-addr", f"127.0.0.1:{port}", "-https-addr", "127.0.0.1:0"],
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while not _answers(port):
                _check_runs(process, said)
            yield f"http://127.0.0.1:{port}"
            _check_runs(process, said)
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _check_runs(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.poll() is not None:
        said.seek(0)
        words = said.read().decode(errors="replace")
        raise RuntimeError(f"stripe-mock ended with {process.returncode}: {words}")
