"""Stripe's own mock server, where it is installed or Go can install it.

It checks requests against the API description Stripe publishes; its answers are fixtures. One
pinned version, from the Go module proxy, checked against Go's checksum database.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION = "v0.203.0"
_MODULE = f"github.com/stripe/stripe-mock@{_VERSION}"
_GO_PLACES = ("/usr/local/go/bin/go", "/usr/lib/go/bin/go")
_BUILD_TIMEOUT_S = 110


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
    folder = caches / "billdesk-tests" / f"stripe-mock-{_VERSION}"
    program = folder / ("stripe-mock.exe" if os.name == "nt" else "stripe-mock")
    if not program.exists():
        _build(folder)
    return program


def find_go() -> str | None:
    """Go's program, from PATH or the usual places."""
    return shutil.which("go") or next((go for go in _GO_PLACES if Path(go).exists()), None)


def _build(folder: Path) -> None:
    go = find_go()
    if go is None:
        raise NoStripeMockError("neither stripe-mock nor Go is installed")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        built = subprocess.run(
            [go, "install", _MODULE],
            env={**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            timeout=_BUILD_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as problem:
        raise NoStripeMockError("Go could not build stripe-mock in time") from problem
    if built.returncode != 0:
        last = built.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NoStripeMockError(f"Go could not build stripe-mock: {last[0]}")


@contextmanager
def running_stripe_mock(program: Path) -> Iterator[str]:
    """The mock's base address on 127.0.0.1, for as long as the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [str(program), "-http-addr", f"127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if "Listening" in line:
                    break
            else:
                raise RuntimeError(f"stripe-mock ended with {process.wait()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
