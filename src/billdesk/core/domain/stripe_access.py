"""What a Stripe key has to be allowed to do, and what a probe of it has found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PermissionNeed(StrEnum):
    """What a permission is for: payment links work only with all of theirs."""

    LINKS = "links"
    REFUNDS = "refunds"
    CARDS = "cards"


class PermissionState(StrEnum):
    """What the probe found. ``UNCLEAR``: Stripe answered something else than yes or no."""

    GRANTED = "granted"
    MISSING = "missing"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One row of the Dashboard's form for restricted keys.

    ``name`` and ``level`` are the Dashboard's words, ``slug`` is the API's, ``purpose`` says what
    BillDesk does with it.
    """

    slug: str
    name: str
    level: str
    purpose: str
    need: PermissionNeed


@dataclass(frozen=True, slots=True)
class PermissionFinding:
    """What became of probing the row ``slug``.

    ``named`` is the slug by which Stripe called what is missing, which may be one that this
    version has never heard of; ``words`` are Stripe's own, without any part of the key.
    """

    slug: str
    state: PermissionState
    named: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class AccessReport:
    """What a key may do, as found at ``probed_at`` (UTC)."""

    probed_at: datetime
    findings: tuple[PermissionFinding, ...]


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """A row with what was found about it; ``state`` is ``None`` while it has not been probed."""

    row: PermissionRow
    state: PermissionState | None = None
    named: str = ""
    words: str = ""

    @property
    def is_lacking(self) -> bool:
        """Whether payment links cannot work without it and it is known to be missing."""
        return self.row.need is PermissionNeed.LINKS and self.state is PermissionState.MISSING
