"""Idempotency keys: the first answer is kept for a day and given again."""

import json

from billdesk.sandbox.account import Account
from billdesk.sandbox.errors import ApiError, Json
from billdesk.sandbox.store import SavedReply

_KEPT_S = 24 * 3600
_LONGEST_KEY = 255


class Idempotency:
    """Decides for a keyed POST whether it runs, is replayed, or is refused."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._running: set[str] = set()

    def begin(self, key: str, method: str, path: str, params: Json) -> SavedReply | None:
        """The kept reply, or None when the request is to run (end it with ``finish``).

        Raises ApiError: 400 when the key was used with other parameters or another endpoint,
        409 while its first request is still running.
        """
        if len(key) > _LONGEST_KEY:
            raise ApiError(400, f"Idempotency keys can be at most {_LONGEST_KEY} characters long.")
        replies = self._account.store.replies
        now = self._account.clock.now()
        # Kept in the order they were saved: the first that is young enough ends the search.
        while replies and replies[oldest := next(iter(replies))].saved_at <= now - _KEPT_S:
            del replies[oldest]
        if key in self._running:
            raise ApiError(
                409,
                "There is currently another in-progress request using this idempotent key.",
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        kept = replies.get(key)
        if kept is None:
            self._running.add(key)
            return None
        if (kept.method, kept.path) != (method, path):
            raise _misuse("for the same endpoint they were first used for", key)
        if kept.parameters != _canonical(params):
            raise _misuse("with the same parameters they were first used with", key)
        return kept

    def keep(
        self, key: str, method: str, path: str, params: Json, status: int, body: Json, request: str
    ) -> None:
        """Keep the reply of a request that began to act, whether it succeeded or failed."""
        now = self._account.clock.now()
        reply = SavedReply(method, path, _canonical(params), status, body, request, now)
        self._account.store.keep_reply(key, reply)

    def finish(self, key: str) -> None:
        self._running.discard(key)


def _canonical(params: Json) -> str:
    return json.dumps(params, sort_keys=True, ensure_ascii=False)


def _misuse(rule: str, key: str) -> ApiError:
    return ApiError(
        400,
        f"Keys for idempotent requests can only be used {rule}."
        f" Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )
