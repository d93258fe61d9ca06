"""What is copied out of the window after a fault tells where it happened, and nobody's secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Paths
from billdesk.desktop import DesktopProgram
from billdesk.ui.app import WindowApp
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import Dialog

KEY = "sk_live_abcdefghijklmnop1234"
CLIENT_SECRET = "pi_3PqAbC_secret_Zx9Yw8"


@pytest.fixture
def app(
    qtbot: QtBot, tmp_path: Path, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WindowApp]:
    """The window before any books are opened."""
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    made = WindowApp(DesktopProgram(Paths(tmp_path / "books"), None), settings)
    made.window.show()
    yield made
    made.window.close()
    qtbot.waitUntil(lambda: not made.window.isVisible(), timeout=15_000)
    assert made.lanes.shutdown(10_000)
    made.window.deleteLater()


def test_a_fault_leaves_no_secret_in_what_is_copied(
    app: WindowApp, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise RuntimeError(f"{KEY} {CLIENT_SECRET} ada@nordlicht.example")
    except RuntimeError as error:
        app.report(error)
    (dialog,) = app.window.findChildren(Dialog)
    (copy,) = [each for each in dialog.findChildren(Button) if each.text() == "Copy details"]
    copy.click()
    copied = QGuiApplication.clipboard().text()
    dialog.accept()
    assert "RuntimeError" in copied
    assert "test_crash_details.py" in copied
    for private in ("abcdefghijklmnop", "Zx9Yw8", "nordlicht"):
        assert private not in copied
        assert private not in caplog.text
