"""Checks of the backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from billdesk.bootstrap import Paths, backup_service
from billdesk.cli.books import NO_KEYCHAIN
from billdesk.cli.checks.finding import Finding, ok, warn
from billdesk.core.gateways.secrets import MemorySecretStore

BACKUPS = "backups"
_OLD = timedelta(days=7)


def check_backups(paths: Paths, now: datetime) -> Iterator[Finding]:
    """How old the newest backup of books in a file is. Raises ``UserError``."""
    backups = backup_service(paths, MemorySecretStore(NO_KEYCHAIN))
    whole = [row for row in backups.rows() if row.summary is not None]
    folder = str(backups.folder())
    if not whole:
        yield warn(BACKUPS, f"none in {folder}; make one with “billdesk backup”", folder=folder)
        return
    newest = whole[0]
    facts: dict[str, object] = {"newest": str(newest.file), "made_at": newest.made_at.isoformat()}
    made = f"the newest is of {newest.made_at.astimezone():%Y-%m-%d %H:%M}, {newest.file}"
    if now - newest.made_at > _OLD:
        yield warn(BACKUPS, f"{made}; make one with “billdesk backup”", **facts)
    else:
        yield ok(BACKUPS, made, **facts)
