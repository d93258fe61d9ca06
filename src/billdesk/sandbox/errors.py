"""The errors the sandbox answers with, in the shape of Stripe's error object."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """An answer that is already JSON text."""

    text: str


class ApiError(Exception):
    """An error reply: HTTP status and the members of Stripe's ``error`` object.

    ``executed`` tells whether the request had begun to act. Only then does Stripe keep the
    reply under its Idempotency-Key; refusals before that can be retried with the same key.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        extra: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.executed = executed
        self.extra = extra or {}
        self.headers = headers

    def body(self) -> Json:
        error: Json = {"type": self.kind, "message": self.message, **self.extra}
        if self.code is not None:
            error["code"] = self.code
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400 for parameters that Stripe refuses before it does anything."""
    return ApiError(400, message, param=param, code=code)


def refused(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400 found while acting (wrong state of an object), so its reply is kept for replay."""
    return ApiError(400, message, param=param, code=code, executed=True)


def forbidden(message: str) -> ApiError:
    """A 403: the key is right, but may not do this."""
    return ApiError(403, message, code="more_permissions_required")


def missing(kind: str, object_id: str, *, param: str, status: int = 404) -> ApiError:
    """An id that leads nowhere: 404 in a path, 400 in a parameter."""
    name = kind.replace(".", " ")
    return ApiError(status, f"No such {name}: '{object_id}'", code="resource_missing", param=param)
