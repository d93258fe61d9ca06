"""A second start on the same books raises the first window; a crash leaves nothing in its way."""

import os
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Paths
from billdesk.ui.one_window import OneWindow

_FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from billdesk.ui.one_window import OneWindow
application = QCoreApplication([])
first = OneWindow(Path(sys.argv[1]), sys.argv[2])
first.asked.connect(lambda: print("asked", flush=True))
print(first.claim(), flush=True)
application.exec()
"""


def test_the_second_start_raises_the_first_window_and_ends(qtbot: QtBot, tmp_path: Path) -> None:
    folder, other = tmp_path / "data", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    first = subprocess.Popen(
        [sys.executable, "-c", _FIRST, str(folder), "\nFalse"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        # The program itself, as somebody starts it a second time.
        second = subprocess.run(
            [sys.executable, "-m", "billdesk", "--data-dir", str(folder)],
            env={**environment, "QT_QPA_PLATFORM": "offscreen"},
            timeout=30,
            check=False,
        )
        assert second.returncode == 0
        assert first.stdout.readline() == "asked\n"
        assert not Paths(folder).books.exists(), "it has opened nothing"
        elsewhere = OneWindow(other, "\nFalse")
        assert elsewhere.claim(), "other books have a window of their own"
        elsewhere.close()
    finally:
        first.kill()
        first.wait()
        first.stdout.close() if first.stdout else None
    # Killed, it left its lock and its socket behind.
    after = OneWindow(folder, "\nFalse")
    assert after.claim()
    with qtbot.waitSignal(after.asked):
        assert not OneWindow(folder, "\nFalse").claim()
    after.close()
