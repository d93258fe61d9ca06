"""From the event bus of the core to one Qt signal on the GUI thread."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal


class EventSource(Protocol):
    """What the bridge needs of ``billdesk.core.bus.Bus``."""

    def subscribe(self, listener: Callable[[object], None], /) -> Callable[[], None]: ...


class EventBridge(QObject):
    """Re-emits every committed domain event as ``changed`` on the GUI thread."""

    changed = Signal(object)
    _arrived = Signal(object)

    def __init__(self, source: EventSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Always queued: an event of the GUI thread's own must not re-enter the caller either.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe: Callable[[], None] | None = source.subscribe(self._arrived.emit)

    def close(self) -> None:
        """Stop listening; to be called before the window is destroyed."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _deliver(self, event: object) -> None:
        if self._unsubscribe is not None:
            self.changed.emit(event)
