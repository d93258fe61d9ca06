"""Object ids with Stripe's prefixes; random, hence without any order, as Stripe's are."""

import secrets
import string

_LETTERS = string.ascii_letters + string.digits


class IdSource:
    """Makes ids nobody can guess and no two of which are equal."""

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._letters(24)}"

    def token(self) -> str:
        """The part of a payment link's address that nobody can guess."""
        return f"test_{self._letters(22)}"

    def _letters(self, count: int) -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(count))
