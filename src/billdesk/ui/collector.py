"""Collects Python's garbage on the GUI thread alone.

A collection may destroy widgets. Started by chance in a worker thread it destroys them there, and
Qt crashes (seen: a segmentation fault inside a write lane's transaction). So the automatic
collector is off for the rest of the process, and a timer of the GUI thread does its work by the
same thresholds.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


class GuiCollector(QObject):
    """Made once, on the GUI thread, before the first lane works; lives as long as the lanes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
