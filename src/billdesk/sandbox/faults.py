"""Planned failures: the next requests that match get an error, a reset or a delay."""

import re
from dataclasses import dataclass, field
from typing import Literal

from billdesk.sandbox.errors import ApiError

Moment = Literal["before", "after"]


@dataclass
class Fault:
    """Fails the next ``times`` requests of this method whose path matches the pattern.

    ``status`` None resets the connection instead of answering; 200 only delays. ``when`` says
    whether the request takes effect first. ``delay_s`` is real time, for a client's timeouts.
    """

    method: str
    path: str
    status: int | None = 500
    times: int = 1
    when: Moment = "before"
    delay_s: float = 0.0
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError("a fault happens before or after the effect")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("a fault's status is an HTTP status from 200 to 599")
        self.method = self.method.upper()
        self._pattern = re.compile(self.path)

    def matches(self, method: str, path: str) -> bool:
        return self.method in (method, "*") and self._pattern.search(path) is not None

    def error(self) -> ApiError | None:
        """The error to answer with; None when the request is only delayed."""
        if self.status is None or self.status < 400:
            return None
        kind = "rate_limit_error" if self.status == 429 else "api_error"
        if self.status in (400, 401, 403, 404):
            kind = "invalid_request_error"
        return ApiError(
            self.status, "The sandbox was told to fail this request.", kind=kind, code=self.code
        )


class FaultPlan:
    """The faults still to come, first planned first used."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up once."""
        for fault in self._faults:
            if fault.matches(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
