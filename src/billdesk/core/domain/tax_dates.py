"""Which rate of a tax is in force on a day: a rate change is a new row that follows the old one."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol


class DatedRate(Protocol):
    """A tax rate with the row it follows, from ``valid_from`` on; the first has neither.

    ``cancelled`` is one that was deleted before its first day: the change never came.
    """

    @property
    def id(self) -> int: ...
    @property
    def follows_id(self) -> int | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def cancelled(self) -> bool: ...


class RateChains:
    """All rates of a company, linked old to new."""

    def __init__(self, rates: Iterable[DatedRate]) -> None:
        self._rates: Mapping[int, DatedRate] = {rate.id: rate for rate in rates}
        self._next = {
            rate.follows_id: rate.id
            for rate in self._rates.values()
            if rate.follows_id in self._rates and not rate.cancelled
        }

    def in_force(self, rate_id: int, on: date) -> int:
        """The rate that stands for ``rate_id`` on a day: the last of its chain that has begun.

        Before the first began, and for an unknown id, it is the first, and the id itself.
        """
        if rate_id not in self._rates:
            return rate_id
        found = self._first(rate_id)
        following = self._next.get(found)
        while following is not None and self._begun(following, on):
            found, following = following, self._next.get(following)
        return found

    def valid_until(self, rate_id: int) -> date | None:
        """The last day of a rate; ``None`` as long as none follows it."""
        following = self._next.get(rate_id)
        begins = None if following is None else self._rates[following].valid_from
        return None if begins is None else begins - timedelta(days=1)

    def _first(self, rate_id: int) -> int:
        before = self._rates[rate_id].follows_id
        while before is not None and before in self._rates:
            rate_id, before = before, self._rates[before].follows_id
        return rate_id

    def _begun(self, rate_id: int, on: date) -> bool:
        begins = self._rates[rate_id].valid_from
        return begins is None or begins <= on
