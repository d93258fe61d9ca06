"""A window in a process of its own that says what it has painted: ``python -m bench.windows``.

``empty`` is the least Qt can show, ``rows`` the same with a table filled by raw sqlite3,
``billdesk`` the real thing on the books in FOLDER. Each milestone is one line on stdout.
"""

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView, QWidget

_LOOK_EVERY_MS = 2


def say(milestone: str) -> None:
    """Tell the process that holds the clock."""
    sys.stdout.write(f"{milestone}\n")
    sys.stdout.flush()


class FirstPaint(QObject):
    """Calls ``then`` once, after ``widget`` has been painted for the first time."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then: Callable[[], None] | None = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._then is not None:
            QTimer.singleShot(0, self._then)
            self._then = None
        return False


def main(kind: str, folder: Path) -> None:
    """Show the window, say what was painted, end."""
    if kind == "billdesk":
        _billdesk(folder)
    else:
        _bare(folder if kind == "rows" else None)


def _bare(folder: Path | None) -> None:
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1280, 800)
    if folder is not None:
        window.setCentralWidget(_table(folder))
    FirstPaint(window, _painted_and_done)
    window.show()
    application.exec()


def _table(folder: Path) -> QTableView:
    with sqlite3.connect(folder / "books.db") as books:
        rows = books.execute(
            "SELECT number, customer_name, issued_on, due_on, total_minor, open_minor "
            "FROM document WHERE company_id = 1 AND deleted_at IS NULL "
            "ORDER BY listed_on DESC, id DESC LIMIT 100"
        ).fetchall()
    model = QStandardItemModel()
    for row in rows:
        model.appendRow([QStandardItem(str(value)) for value in row])
    table = QTableView()
    model.setParent(table)
    table.setModel(model)
    return table


def _billdesk(folder: Path) -> None:
    from PySide6.QtCore import QSettings

    from billdesk.bootstrap import Paths
    from billdesk.desktop import DesktopProgram
    from billdesk.ui.app import WindowApp, make_qt_application

    application = make_qt_application()
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    app = WindowApp(DesktopProgram(Paths(folder), None), settings)
    FirstPaint(app.window, lambda: say("painted"))
    timer = QTimer()
    timer.setInterval(_LOOK_EVERY_MS)

    def look() -> None:
        if app.desk is None:
            return
        if app.window.page("documents") is None:
            app.window.open_page("documents")
        for table in app.window.findChildren(QTableView):
            model = table.model()
            if table.isVisible() and model is not None and model.rowCount():
                timer.stop()
                table.viewport().repaint()
                say("rows")
                _leave()

    timer.timeout.connect(look)
    timer.start()
    app.start()
    application.exec()


def _painted_and_done() -> None:
    say("painted")
    _leave()


def _leave() -> None:
    # Closing the books is not what is measured, and SQLite survives harder ends.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
