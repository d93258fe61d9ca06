"""Stands between BillDesk and an outside service: whether a call may be made, and how it went."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import TypeVar

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.outside_services.circuit import CircuitState
from billdesk.core.domain.outside_services.policy import (
    FORBIDDEN_FOR,
    REJECTED_FOR,
    Call,
    Outcome,
    ServiceForbids,
    ServicePolicy,
    ServiceResting,
)
from billdesk.core.services.watching.states import FinishedCall, ServiceKey, ServiceStateService

T = TypeVar("T")
# So many calls that went well are recorded together; a failure is at once.
_TOGETHER = 20


class ServiceWatch:
    """What this program knows of one service; shared by its threads.

    The books have the state of all desks: it is read by ``begin`` and written by ``settle``. Call
    none of this inside a transaction.
    """

    def __init__(
        self,
        states: ServiceStateService,
        key: ServiceKey,
        outcome_of: Callable[[BillDeskError], Call],
        *,
        now: Callable[[], datetime],
        has_allowance: bool = True,
    ) -> None:
        """``outcome_of`` says what an error of this service means for it.

        Without ``has_allowance`` it may be read as often as one likes.
        """
        self._has_allowance = has_allowance
        self._states = states
        self._key = key
        self._outcome_of = outcome_of
        self._now = now
        self._lock = Lock()
        self._policy: ServicePolicy | None = None
        self._finished: list[FinishedCall] = []

    def begin(self) -> ServicePolicy:
        """How the service does, with what other desks have found out since."""
        with self._lock:
            self._settle()
            self._policy = self._states.read(self._key)
            return self._policy

    def known(self) -> ServicePolicy:
        """How the service does as far as this program knows."""
        with self._lock:
            return self._known()

    def begin_afresh(self) -> None:
        """Try everything again: the key was changed, or the owner asks."""
        with self._lock:
            self._settle()
            self._states.begin_afresh(self._key)
            self._policy = None

    def paid(self, payments: int) -> None:
        """Record how calls went, and that ``payments`` came in that may be read."""
        with self._lock:
            self._settle()
            if payments and self._has_allowance:
                self._policy = self._states.paid(self._key, payments)

    def settle(self) -> None:
        """Record what has been found out."""
        with self._lock:
            self._settle()

    def ask(self, function: Callable[[], T], *, permission: str = "", reads: int = 0) -> T:
        """Make a call that needs ``permission`` and costs ``reads``.

        Raises ``ServiceResting`` without making it, and whatever ``function`` raises.
        """
        reads = reads if self._has_allowance else 0
        with self._lock:
            self._enter(permission)
        started = time.monotonic()
        # A fault of ours or the end of the program says nothing about the service.
        call = Call(Outcome.REFUSED)
        try:
            answer = function()
            call = Call(Outcome.ANSWERED)
            return answer
        except BillDeskError as error:
            call = self._outcome_of(error)
            raise
        finally:
            took_ms = round((time.monotonic() - started) * 1000)
            with self._lock:
                self._leave(replace(call, permission=permission, reads=reads), took_ms)

    def _enter(self, permission: str) -> None:
        now = self._now()
        policy = self._known()
        if not policy.may_call(now, permission):
            raise self._resting(now, permission)
        if policy.circuit.state(now) is CircuitState.HALF_OPEN:
            if not self._states.take_probe(self._key):
                self._policy = self._states.read(self._key)
                raise self._resting(now, permission)
            self._policy = policy.called(now)

    def _leave(self, call: Call, took_ms: int) -> None:
        now = self._now()
        before = self._known()
        chance = random.random()  # noqa: S311 - spreads load, guards nothing
        self._policy = before.after(call, now, chance)
        self._finished.append(FinishedCall(call, now, took_ms))
        went_well = call.outcome in (Outcome.ANSWERED, Outcome.REFUSED)
        if not went_well or before.circuit.failures or len(self._finished) >= _TOGETHER:
            self._settle()

    def _known(self) -> ServicePolicy:
        if self._policy is None:
            self._policy = self._states.read(self._key)
        return self._policy

    def _settle(self) -> None:
        if self._finished:
            finished, self._finished = self._finished, []
            self._policy = self._states.record(self._key, finished)

    def _resting(self, now: datetime, permission: str) -> ServiceResting:
        policy = self._known()
        if policy.is_rejected(now):
            return ServiceResting(policy.error, REJECTED_FOR.total_seconds())
        if policy.is_forbidden(permission, now):
            return ServiceForbids(permission, FORBIDDEN_FOR.total_seconds())
        wait_s = max(1.0, policy.wait_s(now))
        return ServiceResting(
            f"{policy.error} It failed {policy.circuit.failures} times in a row and is tried "
            f"again in {round(wait_s)} s.",
            wait_s,
        )
