"""One API request from its bytes to the bytes of the answer, without any network.

The server puts it behind a socket, tests behind the SDK's HTTP client: both see the same Stripe.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType
from typing import Self

from billdesk.sandbox.account import Account, Cause
from billdesk.sandbox.errors import ApiError, Json, Written, invalid
from billdesk.sandbox.expansion import expanded
from billdesk.sandbox.faults import Damage, Fault
from billdesk.sandbox.forms import decode
from billdesk.sandbox.keys import check_state, key_of, shown
from billdesk.sandbox.operations import OPERATIONS, Call, Operation
from billdesk.sandbox.permissions import Access, needed
from billdesk.sandbox.simulation import Simulation, Tenant

_LARGEST_BODY = 1_000_000
_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True)
class Exchange:
    """One API request and its reply; ``params`` are nested, their leaves still text."""

    method: str
    path: str
    params: Json
    status: int
    body: Json


Watcher = Callable[[Exchange], None]


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; names of ``headers`` in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Sent:
    """What goes back: None for a connection that is reset, else the answer and its damage."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    damage: Damage = "none"
    piece_delay_s: float = 0.0


@dataclass(frozen=True)
class _Reply:
    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: ApiError) -> "_Reply":
        headers = {} if error.headers is None else error.headers
        return cls(error.status, json.dumps(error.body()), headers)


class StripeExchange:
    """Answers requests. ``watch`` is told of each exchange but planned failures."""

    def __init__(self, simulation: Simulation, watch: Watcher | None = None) -> None:
        self.simulation = simulation
        self.watch = watch

    def visit(self, asked: Asked) -> "Visit":
        """Begin to answer; takes the fault that is planned for this request."""
        return Visit(self, asked, self.simulation.take_fault(asked.method, asked.path))


class Visit:
    """The handling of one request: wait, ``perform``, wait, send; a context manager.

    The caller waits ``before_s`` and ``after_s``; the request's key counts as in use until the
    end of the block.
    """

    def __init__(self, exchange: StripeExchange, asked: Asked, fault: Fault | None) -> None:
        self._exchange = exchange
        self._asked = asked
        self._fault = fault
        self._claimed: tuple[Tenant, str] | None = None
        delay_s = 0.0 if fault is None or fault.damage == "slow" else fault.delay_s
        self.before_s = delay_s if fault is not None and fault.when == "before" else 0.0
        self.after_s = delay_s - self.before_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._claimed is not None:
            tenant, key = self._claimed
            tenant.idempotency.finish(key)

    def perform(self) -> Sent:
        """Let the request take its effect, unless it is to fail before, and word the answer."""
        simulation, fault = self._exchange.simulation, self._fault
        with simulation.running():
            request_id = simulation.account.ids.new("req")
            failure = None if fault is None else fault.error()
            replaced = fault is not None and (failure is not None or fault.status is None)
            if fault is not None and replaced and fault.when == "before":
                if fault.stored and failure is not None:
                    self._act(request_id, failure)
                return self._sent(_failed(fault, failure), request_id)
            reply = self._act(request_id, failure if fault is not None and fault.stored else None)
            if fault is not None and replaced:
                return self._sent(_failed(fault, failure), request_id)
            return self._sent(reply, request_id)

    def _act(self, request_id: str, kept_failure: ApiError | None) -> _Reply:
        """The true reply. ``kept_failure`` is what its key remembers in place of it."""
        asked = self._asked
        key = asked.headers.get("idempotency-key") if asked.method == "POST" else None
        operation, object_id = _operation(asked)
        params: Json = {}
        if operation is None:
            error = ApiError(404, f"Unrecognized request URL ({asked.method}: {asked.path}).")
            return _Reply.of(error)
        try:
            api_key = key_of(asked.headers.get("authorization", ""))
            tenant = self._exchange.simulation.tenant_of_key(api_key)
            access = _access(tenant.account, api_key)
            slug = needed(asked.method, asked.path)
            if slug is not None:
                access.require(slug)
            _count_read(tenant, asked.method)
            params = _params(asked)
            typed = operation.takes.read(params, [])
            kept = None
            if key is not None:
                kept = tenant.idempotency.begin(key, asked.method, asked.path, params)
            if kept is not None:
                replayed = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
                reply = _Reply(kept.status, json.dumps(kept.body), replayed)
            else:
                if key is not None:
                    self._claimed = (tenant, key)
                cause = Cause(request_id, key)
                fault = self._fault
                if kept_failure is not None and fault is not None and fault.when == "before":
                    reply = _Reply.of(kept_failure)
                else:
                    call = Call(tenant.account, asked.path, object_id, typed, cause, access)
                    reply = _run(operation, call)
                if key is not None:
                    remembered = reply if kept_failure is None else _Reply.of(kept_failure)
                    body = json.loads(remembered.text)
                    tenant.idempotency.keep(
                        key, asked.method, asked.path, params, remembered.status, body, request_id
                    )
            reply = _in_mode(tenant.account, reply)
        except ApiError as error:
            reply = _Reply.of(error)
        if key is not None:
            reply = _Reply(reply.status, reply.text, {**reply.headers, "Idempotency-Key": key})
        watch, fault = self._exchange.watch, self._fault
        planned = fault is not None and (fault.status is None or fault.status >= 400)
        if watch is not None and not planned:
            watch(Exchange(asked.method, asked.path, params, reply.status, json.loads(reply.text)))
        return reply

    def _sent(self, reply: _Reply | None, request_id: str) -> Sent:
        if reply is None:
            return Sent(None)
        account = self._exchange.simulation.account
        fault = self._fault
        headers = {
            "Content-Type": "application/json",
            "Date": formatdate(account.clock.now(), usegmt=True),
            "Request-Id": request_id,
            "Stripe-Version": self._asked.headers.get("stripe-version", account.api_version),
            **reply.headers,
        }
        body = reply.text.encode()
        if fault is None:
            return Sent(reply.status, headers, body)
        if fault.damage == "html":
            headers["Content-Type"] = "text/html"
            body = _GATEWAY_PAGE
        elif fault.damage == "truncated":
            body = body[: len(body) // 2]
        elif fault.damage == "other":
            body = b'["an answer to something else"]'
        elif fault.damage == "no_date":
            del headers["Date"]
        pieces = fault.delay_s if fault.damage == "slow" else 0.0
        headers.update(fault.sent_headers())
        return Sent(reply.status, headers, body, fault.damage, pieces)


def _failed(fault: Fault, failure: ApiError | None) -> _Reply | None:
    return None if failure is None else _Reply.of(failure)


def _run(operation: Operation, call: Call) -> _Reply:
    """Act and word the result. Raises ApiError for a refusal before anything was done."""
    try:
        result = operation.run(call)
        paths = call.params.get("expand", [])
        if isinstance(result, Written):
            if not paths:
                return _Reply(200, result.text)
            result = json.loads(result.text)
        if paths:
            result = expanded(call.account.store, result, paths, call.access)
        return _Reply(200, json.dumps(result))
    except ApiError as error:
        if not error.executed:
            raise
        return _Reply.of(error)


def _access(account: Account, api_key: str) -> Access:
    record = account.store.keys.get(api_key)
    granted = None
    if record is not None:
        check_state(api_key, record)
        granted = None if record.permissions is None else frozenset(record.permissions)
    return Access(
        granted,
        shown_key=shown(api_key),
        account_id=account.account_id,
        words=account.store.quirks.slug_words,
    )


def _count_read(tenant: Tenant, method: str) -> None:
    if method == "GET" and not tenant.may_read():
        raise ApiError(
            429,
            "You have exceeded the read requests your account is allowed.",
            kind="rate_limit_error",
            code="rate_limit",
            headers={"Stripe-Rate-Limited-Reason": "global-rate"},
        )


def _params(asked: Asked) -> Json:
    if len(asked.body) > _LARGEST_BODY:
        raise ApiError(413, "The request body is too large.")
    try:
        return decode(asked.body.decode("ascii") if asked.method == "POST" else asked.query)
    except UnicodeDecodeError as problem:
        raise invalid("The request body could not be decoded.") from problem


def _in_mode(account: Account, reply: _Reply) -> _Reply:
    """Every object marked live, where the account pretends to be in live mode."""
    if not account.store.quirks.livemode:
        return reply
    live = reply.text.replace('"livemode": false', '"livemode": true')
    return _Reply(reply.status, live, reply.headers)


def _operation(asked: Asked) -> tuple[Operation | None, str]:
    for method, pattern, operation in _PATTERNS:
        match = pattern.fullmatch(asked.path) if method == asked.method else None
        if match is not None:
            return operation, match.groupdict().get("id", "")
    return None, ""


_PATTERNS = [
    (one.method, re.compile(one.path.replace("{id}", "(?P<id>[^/]+)")), one) for one in OPERATIONS
]
