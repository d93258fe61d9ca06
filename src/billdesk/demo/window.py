"""The demonstration with a screen: an ordinary window on the practice company."""

from pathlib import Path

from PySide6.QtCore import QSettings

from billdesk.bootstrap import Paths
from billdesk.demo.program import PracticeProgram
from billdesk.ui.app import WindowApp, make_qt_application


def run_window(data_dir: Path) -> int:
    """Show the window until it is closed; exit status."""
    application = make_qt_application()
    settings = QSettings(str(data_dir / "window.ini"), QSettings.Format.IniFormat)
    window = WindowApp(PracticeProgram(Paths(data_dir)), settings)
    window.start()
    status = application.exec()
    window.lanes.shutdown(5000)
    return status
