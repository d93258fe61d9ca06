"""The demonstration with a screen: an ordinary window on the practice company."""

from PySide6.QtCore import QSettings

from billdesk.bootstrap import Paths
from billdesk.demo.program import PracticeProgram
from billdesk.ui.app import WindowApp, make_qt_application


def run_window(paths: Paths) -> int:
    """Show the window until it is closed; exit status."""
    application = make_qt_application()
    settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)
    window = WindowApp(PracticeProgram(paths), settings)
    window.start()
    status = application.exec()
    window.lanes.shutdown(5000)
    return status
