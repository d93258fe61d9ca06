"""Run one command and turn every way it can end into an exit code and at most one sentence."""

import argparse
import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, give_up_pipe, prepare_streams
from billdesk.cli.parser import build_parser
from billdesk.core.domain.correlation import correlated
from billdesk.core.domain.errors import BillDeskError, InvariantBroken, UserError

log = logging.getLogger(__name__)


class Terminated(KeyboardInterrupt):
    """The system asked the process to end (SIGTERM)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``billdesk`` with ``argv`` (default: the process's own) and return its exit code.

    Raises ``SystemExit`` for ``--help``, ``--version`` and usage errors, as argparse does.
    """
    prepare_streams()
    with _ended_by_sigterm():
        try:
            return _run(build_parser().parse_args(argv))
        except BrokenPipeError:
            give_up_pipe()
            return ExitCode.PIPE_CLOSED
        except Terminated:
            return ExitCode.TERMINATED
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    log_file: Path | None = None
    try:
        if options.keeps_log:
            log_file = _start_log(options.log_dir)
        with correlated():
            return int(options.run(options))
    except BrokenPipeError:
        raise
    except InvariantBroken as error:
        return _fault(error, log_file)
    except BillDeskError as error:
        log.info("ended with: %s", error)
        complain(str(error))
        return ExitCode.FAILED
    except Exception as error:
        return _fault(error, log_file)


def _start_log(folder: Path | None) -> Path:
    from billdesk.bootstrap import start_logging

    # A log that cannot be written must not fill the terminal with tracebacks of its own.
    logging.raiseExceptions = False
    try:
        return start_logging(folder)
    except UserError as error:
        raise UserError(f"{error} Choose another with --log-dir.") from None


def _fault(error: Exception, log_file: Path | None) -> int:
    log.error("a fault ended the command", exc_info=error)
    where = f"; the details are in {log_file}" if log_file else f": {error}"
    complain(f"This is a fault in BillDesk ({type(error).__name__}){where}")
    return ExitCode.FAULT


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that transactions roll back and files close."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
