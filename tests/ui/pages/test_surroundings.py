"""The network is back: what waits for it is done at once."""

from datetime import timedelta

import pytest
from outside_books import NOW, OutsideBooks
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.bootstrap import Books
from billdesk.core.application import Application
from billdesk.core.sync.runner import SyncRunner
from billdesk.ui import surroundings
from billdesk.ui.desk import Desk
from billdesk.ui.surroundings import Surroundings

Reachability = QNetworkInformation.Reachability


class Network(QObject):
    """A network that comes and goes at will."""

    reachabilityChanged = Signal(QNetworkInformation.Reachability)

    def __init__(self, now: Reachability) -> None:
        super().__init__()
        self._now = now

    def reachability(self) -> Reachability:
        return self._now

    def become(self, *states: Reachability) -> None:
        for state in states:
            self._now = state
            self.reachabilityChanged.emit(state)


@pytest.fixture
def outside(app: Application, books: Books) -> OutsideBooks:
    return OutsideBooks(app, books)


@pytest.fixture
def back(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each time the looks were told that the network is back."""
    told: list[bool] = []
    monkeypatch.setattr(SyncRunner, "network_up", lambda self: told.append(True))
    return told


def listening(desk: Desk, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "network_information", lambda: network)
    Surroundings(desk).listen()


def test_network_up_looks_at_once(
    qtbot: QtBot,
    outside: OutsideBooks,
    desk: Desk,
    back: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = NOW + timedelta(minutes=5)
    job = outside.job(outside.issue(), "create_link", "queued", tries=2, not_before_at=later)
    network = Network(Reachability.Online)
    listening(desk, network, monkeypatch)
    network.become(Reachability.Online, Reachability.Unknown, Reachability.Online)
    network.become(Reachability.Disconnected, Reachability.Local, Reachability.Site)
    settle(qtbot, desk)
    assert not back
    assert outside.due_at(job) == later
    network.become(Reachability.Online)
    assert back == [True]
    settle(qtbot, desk)
    assert outside.due_at(job) == NOW
    network.become(Reachability.Online)
    assert back == [True]


def test_begun_without_a_network_the_first_one_is_news(
    qtbot: QtBot, desk: Desk, back: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network(Reachability.Disconnected)
    listening(desk, network, monkeypatch)
    network.become(Reachability.Online)
    assert back == [True]
    settle(qtbot, desk)


def test_a_system_that_tells_nothing_is_no_trouble(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "network_information", lambda: None)
    Surroundings(desk).listen()
