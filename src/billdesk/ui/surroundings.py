"""Tells the looks at Stripe when this computer is on the network again.

Waking from sleep is noticed by the looks themselves (``core.sync.waking``), also without a window.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from billdesk.ui.desk import Desk

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

# Loading it takes a moment that belongs to the first page.
_AFTER_MS = 2_000
_ONLINE = "Online"
# Where the system does not say, nothing was ever away.
_NOT_AWAY = (_ONLINE, "Unknown")


def network_information() -> "QNetworkInformation | None":
    """What the system tells of its network, ``None`` where it tells nothing."""
    from PySide6.QtNetwork import QNetworkInformation

    if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
        return None
    return QNetworkInformation.instance()


class Surroundings(QObject):
    """Listens to the network for one company, as long as its window lives."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent or desk.window)
        self._desk = desk
        self._is_online = True
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.listen)
        self._later.start(_AFTER_MS)

    def listen(self) -> None:
        """Begin; before that the looks notice by themselves, at their next try."""
        self._later.stop()
        information = network_information()
        if information is None:
            return
        self._is_online = information.reachability().name in _NOT_AWAY
        information.reachabilityChanged.connect(self._changed)

    def _changed(self, reachability: "QNetworkInformation.Reachability") -> None:
        was_online, self._is_online = self._is_online, reachability.name in _NOT_AWAY
        if reachability.name == _ONLINE and not was_online:
            app = self._desk.app
            app.sync.network_up()
            # What failed meanwhile does not wait for its next try.
            self._desk.lanes.write(app.waiting_jobs.try_now).then(
                lambda _count: None, self._desk.report, owner=self
            )
