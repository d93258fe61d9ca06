"""The system ends the program: the window closes like by its own button."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from billdesk.bootstrap import Paths

PATIENCE_S = 60


def test_sigterm_closes_the_window_and_the_books(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "books")
    with subprocess.Popen(
        [sys.executable, "-m", "billdesk", "--data-dir", str(paths.folder)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        # The books are opened after the window has been painted and listens to the system.
        end = time.monotonic() + PATIENCE_S
        while not paths.books.exists() and program.poll() is None and time.monotonic() < end:
            os.sched_yield()
        assert paths.books.exists()
        program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0, said
    # Nothing was left in the middle: the write-ahead log went with the last connection.
    assert not paths.books.with_name("books.db-wal").exists()
