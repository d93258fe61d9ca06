"""What commands write: results to standard output, troubles to standard error."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from billdesk.core.services.verification.soundness import Soundness


def prepare_streams() -> None:
    """Never fail over a letter the terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(line: str = "") -> None:
    """A line of the result, on its way at once (a pipe may be read while we go on)."""
    _write(sys.stdout, line)


def say_json(value: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """The result as JSON; ``indent=None`` for one object per line."""
    _write(sys.stdout, json.dumps(value, indent=indent))


def complain(sentence: str) -> None:
    """A sentence about what went wrong."""
    # Nobody reads it where standard error is closed, but the exit code still counts.
    with suppress(OSError):
        _write(sys.stderr, sentence)


def give_up_pipe() -> None:
    """After the reader has gone: keep the interpreter from flushing into the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def counted(count: int, one: str, many: str) -> str:
    """``1 file``, ``1,200 files``."""
    return f"{count:,} {one if count == 1 else many}"


def violations_text(found: "Soundness", place: str) -> str:
    """How many rules do not hold in ``place``, and the first of them."""
    return (
        f"{counted(found.broken, 'violation', 'violations')} in {place}, the first: {found.first}"
    )


def size_text(size_bytes: int) -> str:
    """``812 B``, ``1.4 MB``: decimal units as in file managers."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    size = size_bytes / 1000
    for unit in ("kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _write(stream: TextIO | None, line: str) -> None:
    if stream is not None:
        stream.write(line + "\n")
        stream.flush()
