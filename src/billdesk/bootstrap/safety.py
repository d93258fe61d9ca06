"""Backups of the books and their return; the books need not be open."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from billdesk.bootstrap.books import system_now, system_today
from billdesk.bootstrap.paths import Paths
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.db.programs import OtherProgram
    from billdesk.core.gateways.secrets import SecretStore
    from billdesk.core.services.backups import (
        BackupService,
        BooksPlace,
        BooksSafety,
        RestoreService,
    )


def backup_service(
    paths: Paths, secrets: "SecretStore", *, now: Callable[[], datetime] = system_now
) -> "BackupService":
    """The backups of the books in ``paths``, which need not be open.

    Raises ``UserError`` for books on a server.
    """
    from billdesk.core.services.backups import BackupService

    return BackupService(_place(paths), secrets, now=now)


def restore_service(
    paths: Paths,
    *,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
) -> "RestoreService":
    """Restores backups to ``paths``; close the books there first.

    Raises ``UserError`` for books on a server.
    """
    from billdesk.core.services.backups import RestoreService

    return RestoreService(_place(paths), now=now, today=today)


def _place(paths: Paths) -> "BooksPlace":
    from billdesk.core.services.backups import BooksPlace

    if paths.server is not None:
        raise UserError(
            f"These books are on a database server ({paths.server}). Backing it up is the server's "
            "business: use pg_dump and pg_restore, or what its host offers (docs/backups.md)."
        )
    return BooksPlace(paths.books, paths.archive, paths.backups)


def safety_of(
    paths: Paths,
    secrets: "SecretStore",
    *,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
    others: "Callable[[], tuple[OtherProgram, ...]] | None" = None,
) -> "BooksSafety | None":
    """Backups, restore and the look at the start; ``None`` for books on a server.

    The books need not be open; ``others`` tells who else has them.
    """
    from billdesk.core.db.programs import present
    from billdesk.core.services.backups import BooksSafety

    if paths.server is not None:
        return None
    return BooksSafety(
        backup_service(paths, secrets, now=now),
        restore_service(paths, now=now, today=today),
        others or partial(present, paths.folder),
    )
