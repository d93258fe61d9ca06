"""Backups as files: how they are named, what is told about them, how long they are kept."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from billdesk.core.domain.errors import UserError

PLAIN_SUFFIX = ".db"
LOCKED_SUFFIX = ".age.zip"
_STAMP = "%Y%m%dT%H%M%SZ"
# "books-…-before-0002.db" is what an update of the schema leaves.
_NAME = re.compile(
    r"(?:billdesk-(?P<install>[0-9a-f]{8})|books)-(?P<stamp>\d{8}T\d{6}Z)-(?P<reason>[a-z]+)"
    r"(?:-\d+)?(?P<suffix>\.db|\.age\.zip)"
)


class BackupReason(StrEnum):
    """Why a backup was made. Only the first three are ever removed by rotation."""

    DAILY = "daily"
    CLOSE = "close"
    DEMAND = "demand"
    BEFORE = "before"


ROTATED = frozenset({BackupReason.DAILY, BackupReason.CLOSE, BackupReason.DEMAND})


@dataclass(frozen=True, slots=True)
class BackupName:
    """What the name of a backup says. ``install`` is the start of the books' own identity."""

    text: str
    made_at: datetime
    reason: BackupReason
    install: str
    locked: bool


def backup_name(
    install_uid: str, made_at: datetime, reason: BackupReason, *, locked: bool, again: int = 0
) -> str:
    """The file name of a new backup; ``again`` tells apart those of the same second."""
    stamp = made_at.astimezone(UTC).strftime(_STAMP)
    more = f"-{again}" if again else ""
    suffix = LOCKED_SUFFIX if locked else PLAIN_SUFFIX
    return f"billdesk-{install_uid[:8]}-{stamp}-{reason.value}{more}{suffix}"


def read_name(text: str) -> BackupName | None:
    """What ``text`` says, or ``None`` when it is not the name of a backup."""
    found = _NAME.fullmatch(text)
    if found is None or found["reason"] not in set(BackupReason):
        return None
    try:
        made_at = datetime.strptime(found["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BackupName(
        text,
        made_at,
        BackupReason(found["reason"]),
        found["install"] or "",
        found["suffix"] == LOCKED_SUFFIX,
    )


@dataclass(frozen=True, slots=True)
class Retention:
    """How long backups are kept: all of the last ``days``, one a week, one a month."""

    days: int = 7
    weeks: int = 8
    months: int = 12

    def __post_init__(self) -> None:
        for value, most, field, what in (
            (self.days, 365, "days", "days"),
            (self.weeks, 520, "weeks", "weeks"),
            (self.months, 1200, "months", "months"),
        ):
            least = 1 if field == "days" else 0
            if not least <= value <= most:
                raise UserError(f"Backups are kept {least} to {most} {what}.", field=field)


def outlived(
    names: Iterable[BackupName], now: datetime, keep: Retention = Retention()
) -> list[BackupName]:
    """The backups that rotation removes, oldest first.

    Kept are all of the last ``keep.days`` days and, further back, the newest of each week (ISO
    8601) and of each month. The newest of all is always kept, and so is what an update left, and
    what bears a date in the future (a clock was wrong; better too many than one too few).
    """
    rotated = sorted(
        (name for name in names if name.reason in ROTATED), key=lambda name: name.made_at
    )
    kept = {name.text for name in rotated[-1:]}
    newest_of: dict[tuple[str, int, int], str] = {}
    today = now.astimezone(UTC).date()
    for name in rotated:
        day = name.made_at.date()
        if name.made_at > now - timedelta(days=keep.days):
            kept.add(name.text)
        if _weeks_back(day, today) < keep.weeks:
            year, week, _ = day.isocalendar()
            newest_of["week", year, week] = name.text
        if _months_back(day, today) < keep.months:
            newest_of["month", day.year, day.month] = name.text
    kept.update(newest_of.values())
    return [name for name in rotated if name.text not in kept]


def is_daily_due(names: Sequence[BackupName], now: datetime) -> bool:
    """Whether no backup bears today's date (UTC) yet."""
    today = now.astimezone(UTC).date()
    return all(name.made_at.date() != today for name in names if name.reason in ROTATED)


@dataclass(frozen=True, slots=True)
class CompanySummary:
    """What a backup holds of one company; numbers only, beside its name."""

    name: str
    documents: int
    customers: int
    payments: int
    last_number: str
    last_on: date | None


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds. ``audit`` is a fingerprint of the heads of all audit chains."""

    install_uid: str
    schema: str
    audit: str
    companies: tuple[CompanySummary, ...]

    @property
    def documents(self) -> int:
        """Issued documents of all companies."""
        return sum(company.documents for company in self.companies)


def _weeks_back(day: date, today: date) -> int:
    monday = today - timedelta(days=today.weekday())
    return (monday - (day - timedelta(days=day.weekday()))).days // 7


def _months_back(day: date, today: date) -> int:
    return (today.year - day.year) * 12 + today.month - day.month
