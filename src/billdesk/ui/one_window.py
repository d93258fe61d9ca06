"""One window for one set of books: a second start brings the first window forward and ends."""

import getpass
import hashlib
import time
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

# How long the first start may take from its lock to its listening.
_PATIENCE_S = 3.0
_STEP_MS = 200


class OneWindow(QObject):
    """``claim()`` says whether this program is the first; ``asked`` when another was started.

    The lock ends with its program, also where that was killed. Who holds it and does not answer,
    as on another computer that shares the folder, keeps nobody out.
    """

    asked = Signal()

    def __init__(self, folder: Path, books: str = "", parent: QObject | None = None) -> None:
        """``books`` tells books apart whose windows keep their files in the same ``folder``."""
        super().__init__(parent)
        of = f"{folder.resolve()}\n{books}\n{getpass.getuser()}"
        mark = hashlib.sha256(of.encode()).hexdigest()[:16]
        self._name = f"billdesk-{mark}"
        self._lock = QLockFile(str(folder / f"window-{mark}.lock"))
        # A window may be open for weeks: only the end of its program ends its claim.
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._heard)

    def claim(self) -> bool:
        """Whether a window is to be opened here; else the one that is open comes forward."""
        until = time.monotonic() + _PATIENCE_S
        while not self._lock.tryLock(0):
            if self._lock.error() is not QLockFile.LockError.LockFailedError:
                # A folder that cannot be written is told of when the books are opened.
                return True
            if self._reaches_first():
                return False
            if time.monotonic() >= until:
                return True
        # What a killed program left behind would be in the way.
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return True

    def close(self) -> None:
        """The window is gone: the next start opens one."""
        self._server.close()
        self._lock.unlock()

    def _reaches_first(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        reached = socket.waitForConnected(_STEP_MS)
        if reached:
            socket.disconnectFromServer()
        else:
            time.sleep(_STEP_MS / 1000)
        return reached

    def _heard(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            caller.disconnectFromServer()
            self.asked.emit()
