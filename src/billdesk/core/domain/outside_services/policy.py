"""One state per outside service: what its answers did to it, and whether it may be called."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from billdesk.core.domain.outside_services.circuit import Circuit, CircuitState
from billdesk.core.domain.outside_services.read_budget import ReadBudget


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
    # The key may not do this (403): this is not asked again until it is changed or checked.
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
    """Circuit, budget and what is stopped; ``error`` is the last failure's sentence, masked."""

    circuit: Circuit = Circuit()
    budget: ReadBudget = ReadBudget()
    rejected: bool = False
    forbidden: frozenset[str] = frozenset()
    error: str = ""
    error_at: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """How the service does."""
        if self.rejected:
            return Standing.STOPPED
        state = self.circuit.state(now)
        if state is CircuitState.OPEN:
            return Standing.RESTING
        if state is CircuitState.HALF_OPEN:
            return Standing.TRYING
        return Standing.TROUBLED if self.circuit.failures else Standing.WORKING

    def may_call(self, now: datetime, permission: str = "") -> bool:
        """Whether a call may be made, one that needs ``permission``."""
        if self.rejected or (permission and permission in self.forbidden):
            return False
        return self.circuit.may_call(now)

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
            return known
        known = replace(known, error=call.sentence, error_at=now)
        if call.outcome is Outcome.REJECTED:
            return replace(known, rejected=True)
        if call.outcome is Outcome.FORBIDDEN:
            return replace(known, forbidden=known.forbidden | {call.permission})
        return known

    def afresh(self) -> "ServicePolicy":
        """With another key or password, or after it was checked: everything is tried again."""
        return ServicePolicy(budget=self.budget)
