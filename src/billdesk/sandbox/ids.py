"""Object ids with Stripe's prefixes; random, hence without any order, as Stripe's are."""

import random
import string

_LETTERS = string.ascii_letters + string.digits


class IdSource:
    """Makes ids nobody can guess; with a ``seed`` the same ones in every run, for tests."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._letters(24)}"

    def token(self) -> str:
        """The part of a payment link's address that nobody can guess."""
        return f"test_{self._letters(22)}"

    def share(self) -> float:
        """A number from 0 up to 1, drawn from the same source."""
        return self._random.random()

    def _letters(self, count: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=count))
