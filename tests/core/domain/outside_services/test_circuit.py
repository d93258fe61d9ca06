"""A service that does not answer is left alone and tried by one call."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billdesk.core.domain.outside_services.circuit import (
    FAILURES_TO_OPEN,
    LONGEST_PROBE,
    LONGEST_WAIT,
    Circuit,
    CircuitState,
    backoff,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def opened(now: datetime = NOW) -> Circuit:
    """After as many failures as open it."""
    circuit = Circuit()
    for _ in range(FAILURES_TO_OPEN):
        circuit = circuit.failed(now, 1.0)
    return circuit


def test_a_few_failures_leave_it_closed() -> None:
    circuit = Circuit()
    for _ in range(FAILURES_TO_OPEN - 1):
        circuit = circuit.failed(NOW, 1.0)
        assert circuit.may_call(NOW)
    assert circuit.failed(NOW, 1.0).state(NOW) is CircuitState.OPEN


def test_after_the_wait_one_call_tries() -> None:
    circuit = opened()
    assert not circuit.may_call(NOW)
    later = NOW + LONGEST_WAIT
    assert circuit.state(later) is CircuitState.HALF_OPEN
    probing = circuit.called(later)
    assert not probing.may_call(later + timedelta(seconds=1))
    assert probing.answered().state(later) is CircuitState.CLOSED
    assert probing.failed(later, 0.0).state(later) is CircuitState.OPEN


def test_a_probe_that_never_came_back_makes_room() -> None:
    later = NOW + LONGEST_WAIT
    probing = opened().called(later)
    assert probing.may_call(later + LONGEST_PROBE)


def test_the_service_may_ask_for_a_longer_wait() -> None:
    circuit = Circuit(failures=FAILURES_TO_OPEN).failed(NOW, 0.0, retry_after_s=200)
    assert circuit.retry_at == NOW + timedelta(seconds=200)
    assert opened().failed(NOW, 0.0, retry_after_s=86_400).retry_at == NOW + LONGEST_WAIT


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    circuit = opened()
    assert circuit.may_call(NOW - timedelta(days=400))


@given(st.integers(1, 1000), st.floats(0, 1))
def test_waits_grow_to_five_minutes(failures: int, chance: float) -> None:
    wait = backoff(failures, chance)
    assert timedelta(seconds=1) <= wait <= LONGEST_WAIT
    assert backoff(failures + 1, chance) >= wait


class Calling(RuleBasedStateMachine):
    """Several desks call a service that works and fails, under a clock that jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.circuit = Circuit()
        self.now = NOW
        self.under_way = 0

    @rule(seconds=st.integers(0, 600))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(days=st.integers(1, 1000))
    def the_clock_is_set_back(self, days: int) -> None:
        self.now -= timedelta(days=days)

    @precondition(lambda self: self.circuit.may_call(self.now))
    @rule()
    def a_call_begins(self) -> None:
        assert self.circuit.state(self.now) is not CircuitState.OPEN
        self.circuit = self.circuit.called(self.now)
        self.under_way += 1

    @precondition(lambda self: self.under_way)
    @rule()
    def it_is_answered(self) -> None:
        self.under_way -= 1
        self.circuit = self.circuit.answered()
        assert self.circuit.state(self.now) is CircuitState.CLOSED

    @precondition(lambda self: self.under_way)
    @rule(chance=st.floats(0, 1), retry_after_s=st.none() | st.floats(0, 1e6))
    def it_fails(self, chance: float, retry_after_s: float | None) -> None:
        self.under_way -= 1
        before = self.circuit.failures
        self.circuit = self.circuit.failed(self.now, chance, retry_after_s)
        assert self.circuit.failures == before + 1

    @invariant()
    def it_is_open_only_for_a_while_after_enough_failures(self) -> None:
        if self.circuit.state(self.now) is CircuitState.OPEN:
            assert self.circuit.failures >= FAILURES_TO_OPEN
            assert self.circuit.may_call(self.now + LONGEST_WAIT)

    @invariant()
    def while_half_open_one_call_at_a_time(self) -> None:
        if self.circuit.state(self.now) is CircuitState.HALF_OPEN:
            assert not self.circuit.called(self.now).may_call(self.now)


TestCalling = Calling.TestCase
TestCalling.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
