"""Planned failures: the next requests that match get an error, a reset, a delay or damage."""

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from billdesk.sandbox.errors import ApiError

Moment = Literal["before", "after"]
# What becomes of the answer's text: as it is; a gateway's HTML page; cut in the middle but
# complete by its headers; cut by a dying connection; in small pieces, ``delay_s`` between them;
# another answer than the one asked for; without Stripe's clock.
Damage = Literal["none", "html", "truncated", "broken", "slow", "other", "no_date"]


@dataclass
class Fault:
    """Fails the next ``times`` requests of this method whose path matches the pattern.

    ``status`` None resets the connection instead of answering; below 400 the true answer is
    given, late or damaged. ``when`` says whether the request takes effect first. ``delay_s`` is
    real time, for a client's timeouts. ``skip`` lets that many matching requests pass first.
    ``stored`` keeps the failure under the request's Idempotency-Key, as Stripe does with an
    error that happened once execution had begun. ``should_retry`` is the advice sent along.
    """

    method: str
    path: str
    status: int | None = 500
    times: int = 1
    when: Moment = "before"
    delay_s: float = 0.0
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    skip: int = 0
    stored: bool = False
    should_retry: bool | None = None
    damage: Damage = "none"

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError("a fault happens before or after the effect")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("a fault's status is an HTTP status from 200 to 599")
        if self.damage not in get_args(Damage):
            raise ValueError(f"a fault's damage is one of {', '.join(get_args(Damage))}")
        self.method = self.method.upper()
        self._pattern = re.compile(self.path)

    def matches(self, method: str, path: str) -> bool:
        return self.method in (method, "*") and self._pattern.search(path) is not None

    def error(self) -> ApiError | None:
        """The error to answer with; None when the true answer is given or none at all."""
        if self.status is None or self.status < 400:
            return None
        kind = "rate_limit_error" if self.status == 429 else "api_error"
        if self.status in (400, 401, 403, 404):
            kind = "invalid_request_error"
        return ApiError(
            self.status, "The sandbox was told to fail this request.", kind=kind, code=self.code
        )

    def sent_headers(self) -> dict[str, str]:
        """The headers that come with the failure."""
        headers = dict(self.headers)
        if self.status == 429:
            headers.setdefault("Stripe-Rate-Limited-Reason", "endpoint-rate")
        if self.should_retry is not None:
            headers["Stripe-Should-Retry"] = "true" if self.should_retry else "false"
        return headers


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
            if not fault.matches(method, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
            return fault
        return None
