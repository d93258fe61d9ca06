"""A computer that slept, a network that is back: looks follow at once and go far back."""

import math
from threading import Event as Flag

import pytest
from books import Shop
from in_process_stripe import InProcessStripe
from test_sync_runner import wait_for

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside_services.pacing import Pace
from billdesk.core.sync import runner as runner_module
from billdesk.core.sync.waking import SleepAwareWait


class Clocks:
    """The time of day and the monotonic clock of a computer; each wait moves them as told."""

    def __init__(self, *slices: tuple[float, float]) -> None:
        self.wall = self.monotonic = 1_000.0
        self._slices = list(slices)
        self.waits: list[float] = []

    def flag(self) -> Flag:
        clocks = self

        class Waiting(Flag):
            def wait(self, timeout: float | None = None) -> bool:
                clocks.waits.append(timeout or 0.0)
                wall, monotonic = (
                    clocks._slices.pop(0) if clocks._slices else (timeout or 0.0, timeout or 0.0)
                )
                clocks.wall += wall
                clocks.monotonic += monotonic
                return self.is_set()

        return Waiting()

    def wait(self, seconds: float) -> bool:
        waiting = SleepAwareWait(lambda: self.wall, lambda: self.monotonic)
        return waiting.wait(self.flag(), seconds)


@pytest.mark.parametrize(
    "asleep",
    [(7_215.0, 15.0), (7_215.0, 7_215.0), (-7_200.0, 15.0)],
    ids=["the monotonic clock stood still", "both went on", "the clock was set back"],
)
def test_sleep_ends_a_wait(asleep: tuple[float, float]) -> None:
    clocks = Clocks((15.0, 15.0), asleep)
    assert clocks.wait(1_800.0) is True
    assert len(clocks.waits) == 2


def test_a_wait_without_sleep_lasts_as_long_as_it_should() -> None:
    clocks = Clocks()
    assert clocks.wait(100.0) is False
    assert sum(clocks.waits) == pytest.approx(100.0)
    assert max(clocks.waits) <= 15.0


def test_a_flag_ends_a_wait() -> None:
    clocks = Clocks()
    flag = clocks.flag()
    flag.set()
    assert SleepAwareWait(lambda: clocks.wall, lambda: clocks.monotonic).wait(flag, 60.0) is False
    assert len(clocks.waits) == 1


@pytest.mark.parametrize("slept", [True, False], ids=["woken", "network up"])
def test_after_it_a_look_goes_back_two_days(
    near: Shop, in_process: InProcessStripe, monkeypatch: pytest.MonkeyPatch, slept: bool
) -> None:
    document = near.issued("10", online_payment=True).document_id
    near.work()
    monkeypatch.setattr(runner_module, "LEAST_GAP_S", 0.02)
    monkeypatch.setattr(Pace, "interval_s", lambda *_: 3_600.0)
    sleeps: list[bool] = []

    def wait(flag: Flag, seconds: float) -> bool:
        flag.wait(30.0 if not sleeps else 0.02)
        return bool(sleeps) and sleeps.pop()

    monkeypatch.setattr(near.app.sync, "_wait", type("Wait", (), {"wait": staticmethod(wait)}))
    looks: list[bool] = []
    poll = near.app.sync._poller.poll

    def counted(*, deep: bool = False, by_hand: bool = False) -> object:
        looks.append(deep)
        return poll(deep=deep, by_hand=by_hand)

    monkeypatch.setattr(near.app.sync._poller, "poll", counted)
    near.app.sync.start()
    wait_for(lambda: near.app.sync._next_look_at < math.inf)
    before = len(looks)
    in_process.pay(near.links(document)[0].url)
    near.pass_time(seconds=5)
    if slept:
        sleeps.append(True)
        near.app.sync._poll_wanted.set()
    else:
        near.app.sync.network_up()
    wait_for(lambda: near.state(document) is DocumentState.PAID)
    wait_for(lambda: True in looks[before:])
    near.app.sync.stop()
    near.check()
