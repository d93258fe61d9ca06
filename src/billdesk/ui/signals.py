"""Let the system end the program: SIGTERM and Ctrl-C close the window like its own button."""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

ENDING = (signal.SIGTERM, signal.SIGINT)


class SystemSignals(QObject):
    """Calls ``ended`` on the GUI thread when the system asks the program to end.

    Python runs signal handlers only between byte codes of the main thread, which sleeps inside
    Qt: the wake-up file descriptor rouses it.
    """

    def __init__(self, ended: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended = ended
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._previous_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        # The byte in the socket is what counts; the handler only replaces Python's default.
        self._previous = {number: signal.signal(number, _noted) for number in ENDING}
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._arrived)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._previous_fd)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _arrived(self) -> None:
        try:
            numbers = self._reader.recv(64)
        except BlockingIOError:
            return
        if any(number in ENDING for number in numbers):
            self._ended()


def _noted(number: int, frame: object) -> None:
    """The socket has been written to already."""
