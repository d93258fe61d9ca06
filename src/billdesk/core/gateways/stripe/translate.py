"""The SDK's exceptions turned into BillDesk's, with keys, bodies and addresses left behind."""

import re
from collections.abc import Mapping

import requests
import stripe

from billdesk.core.domain.masking import mask_private
from billdesk.core.gateways.stripe.errors import (
    UNREACHED,
    StripeFailure,
    StripeGone,
    StripeKeyParametersDrifted,
    StripeKeyRejected,
    StripePermissionMissing,
    StripeRefused,
    StripeUnreachable,
    StripeUnreadable,
)

_PERMISSION = re.compile(r"\brak_[a-z0-9_]+\b")
# What is left of the key in "The provided key 'rk_test_...' does not have".
_QUOTED_KEY = re.compile(r"\bkey '[^']*'")
# How Stripe words a list cursor older than its 30 days; it gives no code of its own.
_AGED_OUT = "aged out"
# No sentence of Stripe's comes near; any other server's page might.
_LONGEST = 4000


def unreadable(field: str) -> StripeUnreadable:
    """An answer arrived, but not in the shape the API description promises."""
    return StripeUnreadable(
        f"Stripe's answer could not be understood (at “{field}”); BillDesk will ask again.",
        code="unreadable_answer",
    )


def translated(error: stripe.StripeError) -> StripeFailure:
    """The BillDesk error for an SDK exception; the caller raises it without a cause."""
    if isinstance(error, stripe.APIConnectionError):
        return _unreached(error)
    status, request_id = error.http_status, error.request_id
    # The SDK leaves ``error.code`` empty for several classes although the body has one.
    code = (error.error.code if error.error is not None else None) or error.code
    message = _masked(error.user_message)
    if isinstance(error, stripe.IdempotencyError):
        return StripeKeyParametersDrifted(
            "BillDesk sent an order to Stripe twice with different contents and Stripe refused "
            "the second. Please report this.",
            http_status=status,
            code=code,
            request_id=request_id,
        )
    if isinstance(error, stripe.AuthenticationError):
        return StripeKeyRejected(
            "Stripe does not accept the API key any more (it is wrong, expired or revoked). "
            "Enter a current key in Settings, Online payment.",
            http_status=status,
            code=code,
            request_id=request_id,
        )
    if isinstance(error, stripe.PermissionError):
        return _permission(message, status, code, request_id)
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return _refusal(error, message, code)
    return _unsettled(error, code)


def _unreached(error: stripe.APIConnectionError) -> StripeUnreachable:
    cause = error.__cause__
    if isinstance(cause, requests.exceptions.SSLError):
        return StripeUnreachable(
            "The connection to Stripe is not trustworthy: its certificate could not be verified. "
            "Antivirus software or a company proxy may be reading the traffic. If that is meant to "
            "be, let BillDesk trust this system's certificates in Settings, Online payment.",
            code="tls",
        )
    if isinstance(cause, requests.exceptions.ProxyError):
        return StripeUnreachable(
            "The proxy of this network does not let BillDesk reach Stripe.", code="proxy"
        )
    if isinstance(cause, requests.exceptions.TooManyRedirects):
        return StripeUnreachable(
            "Something answers in Stripe's place and points elsewhere; BillDesk does not follow. "
            "Does this network want a sign-in first?",
            code="redirect",
        )
    if isinstance(cause, requests.exceptions.Timeout):
        return StripeUnreachable("Stripe did not answer in time.", code="timeout")
    return StripeUnreachable(UNREACHED, code="connection")


def _permission(
    message: str, status: int | None, code: str | None, request_id: str | None
) -> StripePermissionMissing:
    found = _PERMISSION.search(message)
    permission = found.group() if found else None
    what = f"the permission {permission}" if permission else "a permission"
    return StripePermissionMissing(
        f"The Stripe key lacks {what} for this. Tick it in the Stripe Dashboard under "
        "Developers › API keys.",
        http_status=status,
        code=code,
        request_id=request_id,
        permission=permission,
        stripe_message=_QUOTED_KEY.sub("key", message),
    )


def _refusal(
    error: stripe.InvalidRequestError | stripe.CardError, message: str, code: str | None
) -> StripeGone | StripeRefused:
    status, request_id = error.http_status, error.request_id
    param = error.param
    aged_out = _AGED_OUT in message
    if status == 404 or code == "resource_missing" or aged_out:
        return StripeGone(
            "Stripe does not know this object any more (or it belongs to another account).",
            http_status=status,
            code=code,
            request_id=request_id,
            param=param or ("starting_after" if aged_out else None),
        )
    return StripeRefused(
        f"Stripe refused the request: {message}" if message else "Stripe refused the request.",
        http_status=status,
        code=code,
        request_id=request_id,
        param=param,
        stripe_message=message,
        intent_id=_intent_of(error),
        decline_code=getattr(error.error, "decline_code", None),
    )


def _intent_of(error: stripe.InvalidRequestError | stripe.CardError) -> str | None:
    """The payment a declined card leaves behind; the SDK types the body of errors loosely."""
    intent: object = getattr(error.error, "payment_intent", None)
    found = getattr(intent, "id", None)
    return found if isinstance(found, str) else None


def _unsettled(error: stripe.StripeError, code: str | None) -> StripeUnreachable:
    status = error.http_status
    headers = error.headers if isinstance(error.headers, Mapping) else {}
    if isinstance(error, stripe.RateLimitError):
        return StripeUnreachable(
            "Stripe asks for a pause: too many requests.",
            http_status=status,
            code=headers.get("Stripe-Rate-Limited-Reason") or code,
            request_id=error.request_id,
            rate_limited=True,
            retry_after_s=_seconds(headers.get("Retry-After")),
        )
    if status is not None and 200 <= status < 300:
        return StripeUnreachable(
            "Stripe's answer arrived damaged; BillDesk will ask again.",
            http_status=status,
            code="unreadable_answer",
        )
    return StripeUnreachable(
        f"Stripe could not answer just now (status {status}).",
        http_status=status,
        code=code,
        request_id=error.request_id,
        replayed=headers.get("Idempotent-Replayed") == "true",
        retry_after_s=_seconds(headers.get("Retry-After")),
    )


def _masked(message: object) -> str:
    """Stripe's sentence, if it is one, in a form that can be stored."""
    said = message if isinstance(message, str) else ""
    told = said.replace("\0", "").encode(errors="replace").decode()
    if len(told) > _LONGEST:
        # In whole words: half an address would not be known for one.
        told = told[:_LONGEST].rpartition(" ")[0] + " …"
    return mask_private(told)


def _seconds(value: str | None) -> float | None:
    """What the server asked for, an hour at most: an order must not wait for ever."""
    return min(float(value), 3600.0) if value is not None and value.isdecimal() else None
