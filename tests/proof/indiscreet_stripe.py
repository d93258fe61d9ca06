"""A Stripe that says the key, a client secret and an address in everything that goes wrong."""

import json
from typing import Any

import requests
from in_process_stripe import InProcessStripe, Response

# What may come in place of an answer: a status with an error, a page, or no answer at all.
STATUSES = (400, 401, 402, 403, 404, 409, 429, 500)
PAGE, DAMAGED, RESET, TIMEOUT = "page", "damaged", "reset", "timeout"
FAILURES: tuple[int | str, ...] = (*STATUSES, PAGE, DAMAGED, RESET, TIMEOUT)


class IndiscreetStripe(InProcessStripe):
    """``failing`` is how every request fails; ``None`` lets it answer as Stripe does."""

    def __init__(self, secrets: tuple[str, ...], **world: Any) -> None:
        super().__init__(**world)
        self.said = " ".join(secrets)
        self.failing: int | str | None = None

    def _answer(
        self, limit_s: float, method: str, url: str, headers: Any, post_data: Any
    ) -> Response:
        failing = self.failing
        if failing is None:
            return super()._answer(limit_s, method, url, headers, post_data)
        if failing == RESET:
            raise requests.ConnectionError(f"reset by {self.said}")
        if failing == TIMEOUT:
            raise requests.ReadTimeout(f"no answer to {self.said}")
        said = {"Date": "Tue, 24 Nov 2026 12:00:00 GMT", "Request-Id": "req_1"}
        if failing == PAGE:
            return f"<html>{self.said}</html>".encode(), 502, said
        if failing == DAMAGED:
            return f'{{"said": "{self.said}'.encode(), 200, said
        assert isinstance(failing, int)
        error = {
            "message": f"The provided key '{self.said}' will not do: {self.said}",
            "type": "card_error" if failing == 402 else "invalid_request_error",
            "code": "card_declined",
            "param": "key",
            "payment_intent": {"client_secret": self.said},
        }
        return json.dumps({"error": error}).encode(), failing, said
