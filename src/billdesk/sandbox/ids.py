"""Object ids with Stripe's prefixes; random, hence without any order, as Stripe's are."""

import random
import string

_LETTERS = string.ascii_letters + string.digits


class IdSource:
    """Makes ids. A seeded generator makes them repeatable."""

    def __init__(self, generator: random.Random | None = None) -> None:
        self._random = generator or random.SystemRandom()

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._letters(24)}"

    def token(self) -> str:
        """The part of a payment link's address that nobody can guess."""
        return f"test_{self._letters(22)}"

    def _letters(self, count: int) -> str:
        return "".join(self._random.choice(_LETTERS) for _ in range(count))
