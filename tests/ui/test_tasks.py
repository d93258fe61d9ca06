import sys
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal

from billdesk.ui.tasks import Lanes, LanesClosedError, Latest

WAIT_S = 10


class Page(QObject):
    """Stands for a page: collects what it is told, and on which thread."""

    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.threads: set[QThread] = set()

    def take(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.add(QThread.currentThread())
        self.arrived.emit()


class Gate:
    """Work that waits until it is let go, and tells when it has begun."""

    def __init__(self, answer: object = None) -> None:
        self.begun = threading.Event()
        self.release = threading.Event()
        self.answer = answer

    def __call__(self) -> object:
        self.begun.set()
        assert self.release.wait(WAIT_S)
        return self.answer


@pytest.fixture
def lanes(qapp) -> Iterator[Lanes]:
    made = Lanes()
    yield made
    assert made.shutdown(WAIT_S * 1000)


def destroy(owner: QObject) -> None:
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)


def raise_error(error: Exception) -> None:
    raise error


def test_answer_comes_back_on_the_gui_thread(lanes: Lanes, qtbot):
    page = Page()
    ran_in: list[int] = []

    def work() -> int:
        ran_in.append(threading.get_ident())
        return 42

    lanes.read(work).then(page.take)
    qtbot.waitUntil(lambda: page.answers == [42])
    assert page.threads == {QThread.currentThread()}
    assert ran_in != [threading.get_ident()]
    assert lanes.pending == 0


def test_failure_is_delivered_with_its_exception(lanes: Lanes, qtbot):
    page = Page()
    error = ValueError("no")
    reply = lanes.write(partial(raise_error, error))
    with qtbot.waitSignal(reply.finished):
        reply.then(page.take, page.take)
    assert page.answers == [error]
    assert reply.is_finished


def test_failure_nobody_listened_to_is_told(lanes: Lanes, qtbot):
    with qtbot.waitSignal(lanes.unhandledFailure) as told:
        lanes.write(partial(raise_error, ValueError("lost")))
    assert str(told.args[0]) == "lost"


def test_write_lane_keeps_the_order_and_runs_one_at_a_time(lanes: Lanes, qtbot):
    page = Page()
    running: list[int] = []
    most: list[int] = []

    def work(number: int) -> int:
        running.append(number)
        most.append(len(running))
        running.remove(number)
        return number

    for number in range(50):
        lanes.write(partial(work, number)).then(page.take)
    qtbot.waitUntil(lambda: len(page.answers) == 50)
    assert page.answers == list(range(50))
    assert max(most) == 1


def test_net_lane_runs_two_at_a_time_and_no_lane_waits_for_another(lanes: Lanes, qtbot):
    gates = [Gate(), Gate(), Gate()]
    page = Page()
    for gate in gates:
        lanes.net(gate).then(page.take)
    assert gates[0].begun.wait(WAIT_S)
    assert gates[1].begun.wait(WAIT_S)
    assert not gates[2].begun.is_set()
    done = Page()
    lanes.read(lambda: "read").then(done.take)
    lanes.preview(lambda: "preview").then(done.take)
    lanes.write(lambda: "write").then(done.take)
    qtbot.waitUntil(lambda: sorted(map(str, done.answers)) == ["preview", "read", "write"])
    for gate in gates:
        gate.release.set()
    qtbot.waitUntil(lambda: len(page.answers) == 3)


def test_closed_page_drops_the_answer(lanes: Lanes, qtbot):
    gate = Gate("late")
    page = Page()
    heard: list[object] = []
    reply = lanes.read(gate)
    reply.then(page.take)
    reply.then(heard.append, owner=page)
    destroy(page)
    with qtbot.waitSignal(reply.finished):
        gate.release.set()
    assert heard == []
    assert page.answers == []


def test_plain_function_needs_an_owner(lanes: Lanes, qtbot):
    reply = lanes.read(lambda: None)
    with pytest.raises(TypeError, match="owner"):
        reply.then(print)
    qtbot.waitSignal(reply.finished)


def test_busy_state_is_told_only_for_slow_work(lanes: Lanes, qtbot):
    quick, gate = lanes.read(lambda: 1), Gate()
    slow = lanes.net(gate)
    told: list[str] = []
    quick.becameSlow.connect(lambda: told.append("quick"))
    with qtbot.waitSignal(slow.becameSlow):
        pass
    assert told == []
    with qtbot.waitSignal(slow.finished):
        gate.release.set()


def test_function_is_released_on_the_gui_thread(lanes: Lanes, qtbot):
    died_in: list[int] = []

    class Token:
        def __del__(self) -> None:
            died_in.append(threading.get_ident())

    def submit() -> None:
        token = Token()
        lanes.read(lambda: id(token)).then(page.take)

    page = Page()
    submit()
    qtbot.waitUntil(lambda: len(died_in) == 1)
    assert died_in == [threading.get_ident()]


def test_closing_refuses_new_work_lets_writes_end_and_abandons_reads(lanes: Lanes, qtbot):
    write_gate, read_gate = Gate("written"), Gate("read")
    page, refused = Page(), Page()
    lanes.write(write_gate).then(page.take)
    lanes.write(lambda: "queued write").then(page.take)
    lanes.read(read_gate).then(page.take)
    lanes.read(lambda: "queued read").then(page.take, refused.take)
    assert read_gate.begun.wait(WAIT_S)
    lanes.close(lambda: page.take("closed"))
    lanes.write(lambda: "too late").then(page.take, refused.take)
    with qtbot.waitSignal(lanes.drained):
        write_gate.release.set()
        read_gate.release.set()
    assert sorted(map(str, page.answers[:3])) == ["queued write", "read", "written"]
    assert page.answers[3:] == ["closed"], "nothing runs any more when the books are closed"
    assert [type(error) for error in refused.answers] == [LanesClosedError, LanesClosedError]


def test_closing_with_nothing_to_do_drains_at_once(lanes: Lanes, qtbot):
    closed = threading.Event()
    with qtbot.waitSignal(lanes.drained):
        lanes.close(closed.set)
    assert closed.is_set()


def test_shutdown_waits_no_longer_than_told(lanes: Lanes):
    gate = Gate()
    lanes.net(gate)
    assert gate.begun.wait(WAIT_S)
    assert not lanes.shutdown(20)
    gate.release.set()
    assert lanes.shutdown(WAIT_S * 1000)


def test_latest_answers_only_the_newest_request(lanes: Lanes, qtbot):
    page, gate = Page(), Gate("first")
    latest = Latest(lanes.read)
    latest.succeeded.connect(page.take)
    ran: list[int] = []
    latest.request(gate)
    qtbot.waitUntil(gate.begun.is_set)
    for number in range(5):
        latest.request(partial(lambda n: ran.append(n) or n, number))
    assert latest.is_busy
    gate.release.set()
    qtbot.waitUntil(lambda: page.answers == [4])
    assert ran == [4]
    assert not latest.is_busy


def test_latest_goes_on_after_a_failure(lanes: Lanes, qtbot):
    page = Page()
    latest = Latest(lanes.preview)
    latest.failed.connect(page.take)
    latest.succeeded.connect(page.take)
    error = ValueError("no")
    latest.request(partial(raise_error, error))
    qtbot.waitUntil(lambda: page.answers == [error])
    latest.request(lambda: "again")
    qtbot.waitUntil(lambda: page.answers == [error, "again"])


def test_cancelled_request_is_not_answered(lanes: Lanes, qtbot):
    page, gate = Page(), Gate("cancelled")
    latest = Latest(lanes.read)
    latest.succeeded.connect(page.take)
    latest.request(gate)
    qtbot.waitUntil(gate.begun.is_set)
    latest.cancel()
    gate.release.set()
    qtbot.waitUntil(lambda: lanes.pending == 0)
    latest.request(lambda: "next")
    qtbot.waitUntil(lambda: page.answers == ["next"])


def test_thousands_of_answers_do_not_wear_out_the_interpreter(lanes: Lanes, qtbot):
    # Without billdesk.ui.interpreter this ends the process on Python 3.11.
    page = Page()
    before = sys.getrefcount(True)
    for number in range(3000):
        lanes.net(partial(int, number)).then(page.take)
    qtbot.waitUntil(lambda: len(page.answers) == 3000, timeout=30_000)
    assert sys.getrefcount(True) > before // 2
