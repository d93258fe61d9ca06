"""Opening a set of books: the files or the server, and what is shared by all companies in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import TYPE_CHECKING

from billdesk.bootstrap.paths import OWNER_ONLY, Paths
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from billdesk.core.db.archive import Archive
    from billdesk.core.db.programs import Presence
    from billdesk.core.gateways.secrets import SecretStore


@dataclass(frozen=True, slots=True)
class Books:
    """Opened files, ready for use cases; shared by all companies in them."""

    paths: Paths
    engine: "Engine"
    archive: "Archive"
    secrets: "SecretStore"
    now: Callable[[], datetime]
    today: Callable[[], date]
    write_lock: Lock
    presence: "Presence"
    password: Callable[[], str | None]

    def close(self) -> None:
        """Let the files go."""
        self.engine.dispose()
        self.presence.close()


def system_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


def system_today() -> date:
    """Today as the clock on the wall says it."""
    return datetime.now().astimezone().date()


def open_books(
    paths: Paths,
    *,
    secrets: "SecretStore | None" = None,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
    program: str = "command",
    password: Callable[[], str | None] | None = None,
    repairs: bool = True,
) -> Books:
    """Open or create the books, bringing an older file up to date (with a backup first).

    ``program`` is what other programs on the same books are told; ``password`` is asked for the
    server's when libpq finds none (default: the keychain). Without ``repairs`` guards of the
    database that somebody altered stay as they are, for a report. Raises ``UserError`` in
    plain words for a folder, file or server that cannot be used.
    """
    from billdesk.core.db.programs import enter
    from billdesk.core.gateways.secrets import DeferredSecretStore

    try:
        paths.folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {paths.folder} cannot be made: {error.strerror}. Choose another with "
            "--data-dir."
        ) from None
    ask = password or keychain_password(paths)
    presence = enter(paths.folder, program)
    try:
        engine, archive = _open_database(paths, ask, now(), repairs)
    except BaseException:
        presence.close()
        raise
    return Books(
        paths,
        engine,
        archive,
        secrets or DeferredSecretStore(),
        now,
        today,
        Lock(),
        presence,
        ask,
    )


def keychain_password(paths: Paths) -> Callable[[], str | None]:
    """Looks the server's password up in this system's keychain, when called."""

    def look_up() -> str | None:
        from billdesk.core.gateways.secrets import DATABASE_SERVICE, open_secret_store

        server = paths.server
        return None if server is None else open_secret_store().get(DATABASE_SERVICE, server.url)

    return look_up


def _open_database(
    paths: Paths, password: Callable[[], str | None], now: datetime, repairs: bool
) -> "tuple[Engine, Archive]":
    if paths.server is not None:
        from billdesk.core.db.postgres.archive import TableArchive
        from billdesk.core.db.postgres.migrate import open_books as open_on_server

        engine = open_on_server(paths.server, password, repairs=repairs)
        return engine, TableArchive(engine)
    from billdesk.core.db.archive import FileArchive
    from billdesk.core.db.file_watch import watch
    from billdesk.core.db.lost_books import check_not_lost
    from billdesk.core.db.migrate import open_books as open_file

    check_not_lost(paths.books, paths.backups)
    engine = open_file(paths.books, backups=paths.backups, now=now, repairs=repairs)
    watch(engine, paths.books)
    return engine, FileArchive(paths.archive)
