"""Tell those who listen what was committed."""

import logging
import uuid
from collections.abc import Callable, Iterable
from threading import Lock

from billdesk.core.domain.events import Event

Listener = Callable[[Event], None]
log = logging.getLogger(__name__)


class Bus:
    """Synchronous publish/subscribe, called after commit on the thread that committed.

    ``desk`` tells this bus from those of other desks on the same books.
    """

    def __init__(self) -> None:
        self.desk = str(uuid.uuid4())
        self._listeners: list[Listener] = []
        self._lock = Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each event from now on; the result unsubscribes it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def publish(self, events: Iterable[Event]) -> None:
        """Deliver ``events`` in order; a failing listener never undoes what is committed."""
        with self._lock:
            listeners = list(self._listeners)
        for event in events:
            for listener in listeners:
                try:
                    listener(event)
                except Exception:
                    log.exception("a listener failed on %s", type(event).__name__)
