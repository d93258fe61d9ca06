"""Write many PDF files, in this process or in a pool, each complete or not at all."""

import os
import signal
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Paths, open_application, open_books
from billdesk.core.domain.errors import BillDeskError, UserError

if TYPE_CHECKING:
    from billdesk.cli.books import OpenCompany

# Small enough that the processes end together, large enough to open the books rarely.
_CHUNK = 25


class Outcome(Enum):
    """What became of one file."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document, its number and the file it is to become."""

    document_id: int
    number: str
    file: Path


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one document; ``size_bytes`` of the file that is there now."""

    name: str
    outcome: Outcome
    size_bytes: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Chunk:
    paths: Paths
    company_id: int
    wanted: tuple[Wanted, ...]
    force: bool


def write_all(
    company: "OpenCompany", wanted: Sequence[Wanted], *, jobs: int, force: bool
) -> list[Written]:
    """Write every file, in the order given. Raises ``UserError`` when the disk refuses."""
    if jobs == 1 or len(wanted) < 2:
        draw = company.application.previews.document
        return [_write_one(one, draw, force=force) for one in wanted]
    size = min(_CHUNK, -(-len(wanted) // jobs))
    chunks = [
        _Chunk(
            company.books.paths,
            company.entry.id,
            tuple(wanted[start : start + size]),
            force,
        )
        for start in range(0, len(wanted), size)
    ]
    # Spawned, not forked: a fork would share this process's database connections.
    pool = ProcessPoolExecutor(
        min(jobs, len(chunks)), mp_context=get_context("spawn"), initializer=_leave_signals
    )
    try:
        return [result for results in pool.map(_write_chunk, chunks) for result in results]
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals() -> None:
    """Ctrl-C reaches the whole group; only the first process is to answer it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_chunk(chunk: _Chunk) -> list[Written]:
    from billdesk.core.gateways.secrets import MemorySecretStore

    books = open_books(chunk.paths, secrets=MemorySecretStore("Drawing needs no keychain."))
    try:
        application = open_application(books, chunk.company_id)
        draw = application.previews.document
        return [_write_one(one, draw, force=chunk.force) for one in chunk.wanted]
    finally:
        books.close()


def _write_one(wanted: Wanted, draw: Callable[[int], bytes], *, force: bool) -> Written:
    try:
        content = draw(wanted.document_id)
    except BillDeskError as error:
        return Written(wanted.number, Outcome.FAILED, problem=str(error))
    try:
        if wanted.file.exists() and not force:
            same = wanted.file.read_bytes() == content
            outcome = Outcome.UNCHANGED if same else Outcome.KEPT
            return Written(wanted.file.name, outcome, wanted.file.stat().st_size)
        _put(wanted.file, content)
    except OSError as error:
        raise UserError(f"{wanted.file} cannot be written: {error.strerror}.") from None
    return Written(wanted.file.name, Outcome.WRITTEN, len(content))


def _put(file: Path, content: bytes) -> None:
    """Write beside the target and rename, so that no half file ever has its name."""
    part = file.with_name(f".{uuid.uuid4()}.part")
    try:
        with part.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
