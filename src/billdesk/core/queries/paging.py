"""Pages of long lists: each ends with the key the next one starts after."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE = 100


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended, in the order it was read in; opaque to callers.

    Good for the same filter and order only. Rows that come or go meanwhile are neither repeated
    nor do they push others out, as an offset would.
    """

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in order; ``next_key`` is ``None`` on the last page."""

    rows: tuple[Row, ...]
    next_key: Key | None = None
