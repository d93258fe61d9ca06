"""Checks of the computer: disk, place of the folder, clock, log, libraries of the window."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.cli.output import size_text
from billdesk.core.db.programs import described, present
from billdesk.core.db.synced_folders import synced_by, warning
from billdesk.core.domain.errors import UserError

DISK = "disk"
CLOCK = "clock"
PROGRAMS = "programs"
LOG = "log"
WINDOW = "window"
_LITTLE_BYTES = 1_000_000_000
_TOO_LITTLE_BYTES = 100_000_000
# No correct clock is before the first release.
_FIRST_YEAR = 2026


def check_disk(folder: Path) -> Iterator[Finding]:
    """Free space."""
    existing = next((at for at in (folder, *folder.parents) if at.exists()), None)
    if existing is not None:
        free = shutil.disk_usage(existing).free
        text = f"{size_text(free)} free"
        if free < _TOO_LITTLE_BYTES:
            yield bad(DISK, f"{text}; free some space before going on", free_bytes=free)
        elif free < _LITTLE_BYTES:
            yield warn(DISK, f"{text}; free some space soon", free_bytes=free)
        else:
            yield ok(DISK, text, free_bytes=free)


def check_place(folder: Path) -> Iterator[Finding]:
    """Whether a cloud program copies the folder of the books, and who else has them open."""
    cloud = synced_by(folder)
    if cloud is not None:
        yield warn(DISK, warning(folder, cloud), cloud=cloud)
    for other in present(folder):
        yield ok(PROGRAMS, described(other), process=other.process, machine=other.machine)


def check_clock(now: datetime, newest_written_at: datetime | None) -> Finding:
    """The system clock against the books; ``now`` and ``newest_written_at`` are aware."""
    local = now.astimezone()
    shown = local.strftime("%Y-%m-%d %H:%M:%S UTC%z")
    facts = {"now": now.isoformat(), "utc_offset": local.strftime("%z")}
    if local.year < _FIRST_YEAR:
        return bad(CLOCK, f"{shown} is in the past; set the system clock", **facts)
    if newest_written_at is not None and newest_written_at > now:
        return bad(
            CLOCK,
            f"{shown} is before the newest entry in the books "
            f"({newest_written_at.astimezone():%Y-%m-%d %H:%M}); set the system clock",
            **facts,
        )
    return ok(CLOCK, shown, **facts)


def check_log(folder: Path | None) -> Finding:
    """Whether the log can be written."""
    from billdesk.bootstrap import start_logging

    try:
        file = start_logging(folder)
    except UserError as error:
        return warn(LOG, f"{error} Choose another with --log-dir")
    return ok(LOG, str(file), path=str(file))


def check_window() -> Finding:
    """Whether the window finds its libraries; a server without a screen needs none."""
    from billdesk.ui.system_libraries import has_screen, missing_packages

    packages = missing_packages()
    screen = has_screen()
    facts: dict[str, object] = {"screen": screen, "missing_packages": list(packages)}
    if packages:
        sentence = f"system libraries are missing; sudo apt install {' '.join(packages)}"
        return bad(WINDOW, sentence, **facts) if screen else warn(WINDOW, sentence, **facts)
    if not screen:
        return ok(WINDOW, "its libraries are there; there is no screen", **facts)
    return ok(WINDOW, "its libraries and a screen are there", **facts)
