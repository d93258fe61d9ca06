"""API keys of the simulated account: what each may do, and whether it still opens anything."""

import re
from dataclasses import dataclass
from typing import Literal

from billdesk.sandbox.errors import ApiError

KeyState = Literal["active", "revoked", "expired"]

_TEST_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9]{16,240}")


@dataclass
class KeyRecord:
    """A key made in the Dashboard; ``permissions`` None opens everything, else slugs."""

    permissions: list[str] | None = None
    state: KeyState = "active"


def key_of(authorization: str) -> str:
    """The key of a Bearer header. Raises ApiError (401) for none or one that is no test key."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    if _TEST_KEY.fullmatch(key) is None:
        raise ApiError(401, f"Invalid API Key provided: {shown(key)}")
    return key


def check_state(key: str, record: KeyRecord) -> None:
    """Raises ApiError (401) for a key that was revoked or has expired."""
    if record.state == "revoked":
        raise ApiError(401, f"Invalid API Key provided: {shown(key)}")
    if record.state == "expired":
        raise ApiError(401, f"Expired API Key provided: {shown(key)}", code="api_key_expired")


def shown(key: str) -> str:
    """The key as Stripe prints it: its beginning and its last four characters."""
    if len(key) <= 20:
        return "*" * 8
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"
