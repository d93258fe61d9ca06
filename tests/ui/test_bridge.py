import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QThread

from billdesk.ui.bridge import EventBridge


@dataclass(frozen=True)
class SomethingHappened:
    id: int


class Bus:
    """The contract of the core's bus: deliver on whatever thread published."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[object], None]] = []

    def subscribe(self, listener: Callable[[object], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def publish(self, event: object) -> None:
        for listener in self.listeners:
            listener(event)


def test_events_of_any_thread_arrive_on_the_gui_thread(qtbot):
    bus = Bus()
    bridge = EventBridge(bus)
    seen: list[tuple[object, QThread]] = []
    bridge.changed.connect(lambda event: seen.append((event, QThread.currentThread())))
    worker = threading.Thread(target=bus.publish, args=(SomethingHappened(1),))
    worker.start()
    worker.join()
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen == [(SomethingHappened(1), QThread.currentThread())]
    bridge.close()


def test_own_events_do_not_re_enter_the_publisher(qtbot):
    bus = Bus()
    bridge = EventBridge(bus)
    seen: list[object] = []
    bridge.changed.connect(seen.append)
    bus.publish(SomethingHappened(2))
    assert seen == []
    qtbot.waitUntil(lambda: seen == [SomethingHappened(2)])
    bridge.close()


def test_closed_bridge_is_silent(qtbot, qapp):
    bus = Bus()
    bridge = EventBridge(bus)
    seen: list[object] = []
    bridge.changed.connect(seen.append)
    bus.publish(SomethingHappened(3))
    bridge.close()
    bridge.close()
    qapp.processEvents()
    assert seen == []
    assert bus.listeners == []
