"""Hear of what other desks commit: read the change sequence and tell it on the bus."""

import logging

from billdesk.core.bus import Bus
from billdesk.core.services.changes import ChangeService

log = logging.getLogger(__name__)
# Others' changes are to be seen within five seconds; one indexed read is what a look costs.
INTERVAL_S = 2.0


class ChangeReader:
    """Remembers how far it has read; what came before it was made is old news."""

    def __init__(self, changes: ChangeService, bus: Bus) -> None:
        self._changes = changes
        self._bus = bus
        self._through: int | None = None

    def read(self) -> int:
        """Tell what is new; how many events. The first look only finds the place."""
        if self._through is None:
            self._through = self._changes.newest()
            return 0
        news = self._changes.since(self._through)
        self._through = news.through
        self._bus.publish(news.events)
        return len(news.events)
