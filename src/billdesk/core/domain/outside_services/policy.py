"""One state per outside service: what its answers did to it, and whether it may be called."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from billdesk.core.domain.errors import TemporaryError
from billdesk.core.domain.outside_services.circuit import Circuit, CircuitState
from billdesk.core.domain.outside_services.read_budget import ReadBudget

# A permission may have been given meanwhile: once a day it is tried.
FORBIDDEN_FOR = timedelta(days=1)
# A rejected key is tried once a day, should the service have been wrong; a new one, or the owner's
# wish, at once.
REJECTED_FOR = timedelta(days=1)


class ServiceResting(TemporaryError):
    """The service is not called for now; nothing was sent. ``wait_s`` is how long at most."""

    def __init__(self, sentence: str, wait_s: float) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class ServiceForbids(ServiceResting):
    """The key has not this ``permission``, as was found out within the last day."""

    def __init__(self, permission: str, wait_s: float) -> None:
        super().__init__(f"The key may not use “{permission}”.", wait_s)
        self.permission = permission


class Service(StrEnum):
    """What BillDesk calls over the network."""

    STRIPE = "stripe"
    MAIL = "mail"


class Outcome(StrEnum):
    """What a call brought, by what is to be done about it."""

    ANSWERED = "answered"
    # It works, and refused this request (400, 402, 404): a matter of the request.
    REFUSED = "refused"
    # No usable answer: connection, time-out, 409, 429, 5xx. Again later.
    UNREACHABLE = "unreachable"
    # The key or password is wrong (401): nobody asks again until it is changed.
    REJECTED = "rejected"
    # The key may not do this (403): this is not asked again for a day.
    FORBIDDEN = "forbidden"


class Standing(StrEnum):
    """A service in one word, for the owner."""

    WORKING = "working"
    # Some calls failed; each is tried again by itself.
    TROUBLED = "troubled"
    # Left alone for a while.
    RESTING = "resting"
    # One call finds out whether it works again.
    TRYING = "trying"
    # Until its key or password is changed.
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Call:
    """The end of one call. ``permission`` is what was forbidden; ``reads`` what it cost."""

    outcome: Outcome
    sentence: str = ""
    permission: str = ""
    retry_after_s: float | None = None
    reads: int = 0


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """Circuit, budget and what is stopped; ``error`` is the last failure's sentence, masked.

    ``forbidden`` are permissions the key has not, until when they are not tried.
    """

    circuit: Circuit = Circuit()
    budget: ReadBudget = ReadBudget()
    rejected: bool = False
    forbidden: Mapping[str, datetime] = field(default_factory=dict)
    error: str = ""
    error_at: datetime | None = None
    answered_at: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """How the service does."""
        if self.is_rejected(now):
            return Standing.STOPPED
        state = self.circuit.state(now)
        if state is CircuitState.OPEN:
            return Standing.RESTING
        if state is CircuitState.HALF_OPEN:
            return Standing.TRYING
        return Standing.TROUBLED if self.circuit.failures else Standing.WORKING

    def may_call(self, now: datetime, permission: str = "") -> bool:
        """Whether a call may be made, one that needs ``permission``."""
        if self.is_rejected(now) or self.is_forbidden(permission, now):
            return False
        return self.circuit.may_call(now)

    def is_rejected(self, now: datetime) -> bool:
        """Whether the key was refused within the last day."""
        at = self.error_at
        return self.rejected and at is not None and timedelta(0) <= now - at < REJECTED_FOR

    def is_forbidden(self, permission: str, now: datetime) -> bool:
        """Whether the key was refused ``permission`` within the last day."""
        until = self.forbidden.get(permission)
        return until is not None and timedelta(0) < until - now <= FORBIDDEN_FOR

    def wait_s(self, now: datetime) -> float:
        """Seconds it is left alone; 0 where it may be called."""
        if self.is_rejected(now) and self.error_at is not None:
            return (self.error_at + REJECTED_FOR - now).total_seconds()
        if self.circuit.state(now) is not CircuitState.OPEN or self.circuit.retry_at is None:
            return 0.0
        return max(1.0, (self.circuit.retry_at - now).total_seconds())

    def called(self, now: datetime) -> "ServicePolicy":
        """With a call under way. Only after ``may_call``."""
        return replace(self, circuit=self.circuit.called(now))

    def after(self, call: Call, now: datetime, chance: float) -> "ServicePolicy":
        """What ``call`` changes; ``chance`` (0 to 1) spreads the waits of many programs."""
        budget = self.budget.spent(call.reads, now) if call.reads else self.budget
        if call.outcome is Outcome.UNREACHABLE:
            circuit = self.circuit.failed(now, chance, call.retry_after_s)
        else:
            circuit = self.circuit.answered()
        known = replace(self, circuit=circuit, budget=budget)
        if call.outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            return replace(known, answered_at=now, rejected=False)
        known = replace(known, error=call.sentence, error_at=now)
        if call.outcome is Outcome.REJECTED:
            return replace(known, rejected=True)
        if call.outcome is Outcome.FORBIDDEN:
            until = {call.permission: now + FORBIDDEN_FOR}
            return replace(known, forbidden={**known.forbidden, **until})
        return known

    def paid(self, payments: int, now: datetime) -> "ServicePolicy":
        """With what ``payments`` that came in may take to be read."""
        return replace(self, budget=self.budget.brought(payments, now))

    def afresh(self) -> "ServicePolicy":
        """With another key or password, or after it was checked: everything is tried again.

        When it answered last and what went wrong last stay told: they have happened.
        """
        return ServicePolicy(
            budget=self.budget,
            error=self.error,
            error_at=self.error_at,
            answered_at=self.answered_at,
        )
