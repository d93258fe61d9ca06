"""A rule of the books that does not hold, with the row it was seen on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Violation:
    """``rule`` names the check, ``subject`` the row, ``detail`` what is wrong with it."""

    rule: str
    subject: str
    detail: str


Check = Callable[[Connection, int], Iterable[Violation]]
