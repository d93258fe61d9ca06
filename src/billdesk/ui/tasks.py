"""Work off the GUI thread, in lanes; answers come back on the GUI thread.

A worker thread touches no QObject but the courier it posts through: a Reply is made, emitted
and destroyed on the GUI thread alone, and the caller's function is released there as well,
because it may hold the last reference to a widget.
"""

import itertools
from collections.abc import Callable
from enum import Enum
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QMetaMethod, QObject, Qt, QThreadPool, QTimer, Signal
from shiboken6 import isValid

from billdesk.core.domain.correlation import correlated
from billdesk.ui.collector import GuiCollector

BUSY_AFTER_MS = 150


class Lane(Enum):
    """What kind of work it is, with the number of threads that may do it at once."""

    WRITE = 1
    READ = 2
    PREVIEW = 3
    NET = 4


_WORKERS = {Lane.WRITE: 1, Lane.READ: 1, Lane.PREVIEW: 1, Lane.NET: 2}
_ABANDONED_ON_CLOSE = frozenset({Lane.READ, Lane.PREVIEW})


class LanesClosedError(RuntimeError):
    """The application is closing and takes no new work."""


class Reply(QObject):
    """The coming answer of one piece of work. Signals are emitted on the GUI thread."""

    succeeded = Signal(object)
    failed = Signal(object)
    finished = Signal()
    becameSlow = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_finished = False
        self._slow_timer = QTimer(self)
        self._slow_timer.setSingleShot(True)
        self._slow_timer.timeout.connect(self.becameSlow)
        self._slow_timer.start(BUSY_AFTER_MS)

    def then(
        self,
        succeeded: Callable[[Any], object],
        failed: Callable[[BaseException], object] | None = None,
        *,
        owner: QObject | None = None,
    ) -> "Reply":
        """Connect the answer; it is dropped when its receiver has been closed.

        Bound methods of a QObject need nothing more. For any other callable name the
        ``owner`` whose end drops the answer.

        Raises:
            TypeError: the callable is not a bound method of a QObject and has no owner.
        """
        self.succeeded.connect(_guarded(succeeded, owner))
        if failed is not None:
            self.failed.connect(_guarded(failed, owner))
        return self

    def _deliver(self, ok: bool, value: object) -> bool:
        """Emit the outcome; False when it was a failure nobody listened for."""
        self._slow_timer.stop()
        self.is_finished = True
        heard = ok or self.isSignalConnected(QMetaMethod.fromSignal(self.failed))
        (self.succeeded if ok else self.failed).emit(value)
        self.finished.emit()
        return heard


def _guarded(callback: Callable[[Any], object], owner: QObject | None) -> Callable[[Any], object]:
    if isinstance(getattr(callback, "__self__", None), QObject):
        return callback
    if owner is None:
        raise TypeError("connect a bound method of a QObject, or name the owner")

    def call(value: object) -> None:
        if isValid(owner):
            callback(value)

    return call


class _Job:
    """What a pool thread runs; forgets its function before it reports."""

    def __init__(
        self,
        number: int,
        function: Callable[[], object],
        abandoned: Callable[[], bool],
        report: Callable[[int, bool, object], None],
    ) -> None:
        self._number = number
        self._function: Callable[[], object] | None = function
        self._abandoned = abandoned
        self._report = report

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is None:
            return
        outcome: object
        ok = True
        try:
            if self._abandoned():
                raise LanesClosedError("abandoned at closing")
            # What one click brings about is found together in the log and in the audit log.
            with correlated():
                outcome = function()
        except BaseException as error:  # everything is reported to the caller on the GUI thread
            ok, outcome = False, error
        del function
        self._report(self._number, ok, outcome)


class Lanes(QObject):
    """Thread pools of the application: write (1), read (1), preview (1), net (2)."""

    unhandledFailure = Signal(object)
    """A failure whose reply nobody listened to; the exception."""
    drained = Signal()
    """Emitted once after :meth:`close` when the last piece of work has ended."""
    _reported = Signal(int, bool, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collector = GuiCollector(self)
        self._pools: dict[Lane, QThreadPool] = {}
        for lane, workers in _WORKERS.items():
            pool = QThreadPool(self)
            pool.setMaxThreadCount(workers)
            pool.setExpiryTimeout(-1)
            pool.setObjectName(f"lane-{lane.name.lower()}")
            self._pools[lane] = pool
        self._numbers = itertools.count(1)
        self._open: dict[int, tuple[Reply, Callable[[], object]]] = {}
        self._closing = False
        self._drain_told = False
        self._last: Callable[[], object] | None = None
        self._reported.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """Pieces of work whose answer has not been delivered yet."""
        return len(self._open)

    def write(self, function: Callable[[], object]) -> Reply:
        """Run a service command; one at a time, in order."""
        return self._submit(Lane.WRITE, function)

    def read(self, function: Callable[[], object]) -> Reply:
        """Run a query."""
        return self._submit(Lane.READ, function)

    def preview(self, function: Callable[[], object]) -> Reply:
        """Render a preview; one at a time."""
        return self._submit(Lane.PREVIEW, function)

    def net(self, function: Callable[[], object]) -> Reply:
        """Talk to Stripe or a mail server; two at a time."""
        return self._submit(Lane.NET, function)

    def close(self, last: Callable[[], object]) -> None:
        """Refuse new work, let what runs end, then do ``last``; ``drained`` follows.

        ``last`` closes what the other work uses, so nothing runs beside it. Does not block.
        """
        self._closing = True
        self._last = last
        QTimer.singleShot(0, self, self._tell_drained)

    def shutdown(self, timeout_ms: int) -> bool:
        """Refuse new work and wait for the lanes; True when all ended within the time.

        Blocks the calling thread: for the very end, when no window is left.
        """
        self._closing = True
        deadline = QDeadlineTimer(timeout_ms)
        return all(
            pool.waitForDone(max(0, deadline.remainingTime())) for pool in self._pools.values()
        )

    def _submit(self, lane: Lane, function: Callable[[], object]) -> Reply:
        number = next(self._numbers)
        reply = Reply()
        self._open[number] = (reply, function)
        if self._closing:
            self._reported.emit(number, False, LanesClosedError("BillDesk is closing"))
        else:
            self._start(lane, number, function)
        return reply

    def _start(self, lane: Lane, number: int, function: Callable[[], object]) -> None:
        abandonable = lane in _ABANDONED_ON_CLOSE
        job = _Job(number, function, lambda: abandonable and self._closing, self._reported.emit)
        self._pools[lane].start(job)

    def _finish(self, number: int, ok: bool, value: object) -> None:
        reply, _function = self._open.pop(number)
        heard = reply._deliver(ok, value)
        if not heard and not isinstance(value, LanesClosedError):
            self.unhandledFailure.emit(value)
        self._tell_drained()

    def _tell_drained(self) -> None:
        if not self._closing or self._open or self._drain_told:
            return
        last, self._last = self._last, None
        if last is not None:
            number = next(self._numbers)
            self._open[number] = (Reply(), last)
            self._start(Lane.WRITE, number, last)
            return
        self._drain_told = True
        self.drained.emit()


class Latest(QObject):
    """Latest wins: of several requests only the newest is answered, one runs at a time.

    For search (a short delay) and the preview (200 ms). A request replaces the waiting one;
    the answer of an overtaken one is dropped.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    becameSlow = Signal()

    def __init__(
        self,
        submit: Callable[[Callable[[], object]], Reply],
        delay_ms: int = 0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._waiting: Callable[[], object] | None = None
        self._running: Reply | None = None
        self._cancelled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self._start)

    @property
    def is_busy(self) -> bool:
        """True while an answer is still to come."""
        return self._waiting is not None or (self._running is not None and not self._cancelled)

    def request(self, function: Callable[[], object]) -> None:
        """Ask for this; forgets what was asked before."""
        self._waiting = function
        self._timer.start()

    def cancel(self) -> None:
        """Forget what was asked; no answer will come."""
        self._waiting = None
        self._timer.stop()
        self._cancelled = self._running is not None

    def _start(self) -> None:
        if self._running is not None or self._waiting is None:
            return
        function, self._waiting = self._waiting, None
        self._cancelled = False
        reply = self._submit(function)
        self._running = reply
        reply.succeeded.connect(self._succeeded)
        reply.failed.connect(self._failed)
        reply.becameSlow.connect(self.becameSlow)

    def _succeeded(self, value: object) -> None:
        if self._take_turn():
            self.succeeded.emit(value)

    def _failed(self, error: object) -> None:
        if self._take_turn():
            self.failed.emit(error)

    def _take_turn(self) -> bool:
        """Close the running request; False when a newer one has overtaken it."""
        self._running = None
        if self._waiting is None:
            return not self._cancelled
        if not self._timer.isActive():
            self._start()
        return False
