"""What can go wrong at Stripe, by what the worker does about it.

No message here holds a key, a request or response body, or an e-mail address: they are built from
Stripe's codes and from its sentence with such things masked. None keeps the SDK's exception as its
cause, because that one carries the whole body in its arguments.
"""

from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError

# Said where nothing answers at all: most likely the computer is offline.
UNREACHED = "Stripe cannot be reached. Is the computer connected to the Internet?"


class StripeFailure(BillDeskError):
    """Base of all; ``http_status``, ``code`` and ``request_id`` are Stripe's, where it gave them.

    ``request_id`` (req_...) finds the call in the Stripe Dashboard's log.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.http_status = http_status
        self.code = code
        self.request_id = request_id


class StripeUnreachable(StripeFailure, TemporaryError):
    """No usable answer: connection, time-out, 409, 429, 5xx or a broken body.

    The outcome of an order is unknown; repeat it later with the same key. ``rate_limited`` marks
    a 429, which was not executed; ``replayed`` a failure that Stripe has stored with the key and
    will give again as long as it keeps it (docs.stripe.com/api/idempotent_requests).
    ``retry_after_s`` is what the server asked for, seldom given.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        rate_limited: bool = False,
        replayed: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(sentence, http_status=http_status, code=code, request_id=request_id)
        self.rate_limited = rate_limited
        self.replayed = replayed
        self.retry_after_s = retry_after_s


class StripeUnreadable(StripeUnreachable):
    """An answer that is not shaped as the API description says; another one may well be."""


class StripeRefused(StripeFailure, UserError):
    """Stripe refused the request itself (400, 402); final for this key and these parameters.

    ``param`` names Stripe's parameter, ``stripe_message`` is its sentence, masked. A card that was
    declined (402) leaves a payment behind, ``intent_id``; ``decline_code`` is the bank's reason.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        param: str | None = None,
        stripe_message: str = "",
        intent_id: str | None = None,
        decline_code: str | None = None,
    ) -> None:
        super().__init__(sentence, http_status=http_status, code=code, request_id=request_id)
        self.param = param
        self.stripe_message = stripe_message
        self.intent_id = intent_id
        self.decline_code = decline_code


class StripeKeyParametersDrifted(StripeFailure):
    """An idempotency key was sent again with other parameters. A bug; never answered by a new key.

    Stripe keeps the first parameters of a key for at least 24 hours.
    """


class StripeKeyRejected(StripeFailure, UserError):
    """The API key is wrong, expired or revoked (401); nothing was executed. Stop asking."""


class StripePermissionMissing(StripeFailure, UserError):
    """The restricted key may not do this (403); nothing was executed.

    ``permission`` is the slug Stripe names (``rak_...``), or ``None`` where it names none;
    ``stripe_message`` is its sentence, without any part of the key.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        permission: str | None = None,
        stripe_message: str = "",
    ) -> None:
        super().__init__(sentence, http_status=http_status, code=code, request_id=request_id)
        self.permission = permission
        self.stripe_message = stripe_message


class StripeGone(StripeFailure):
    """The object does not exist for this key (404, ``resource_missing``).

    ``param`` is ``starting_after`` when a list's cursor is what has gone.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(sentence, http_status=http_status, code=code, request_id=request_id)
        self.param = param
