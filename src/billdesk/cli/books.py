"""Open the books and the company that a command is about."""

import argparse
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import (
    Books,
    CompanyEntry,
    Paths,
    choose_company,
    companies,
    default_folder,
    keychain_password,
    open_application,
    open_books,
    paths_in,
)
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.db.migrate import SchemaState
    from billdesk.core.gateways.secrets import SecretStore

log = logging.getLogger(__name__)
NO_KEYCHAIN = "This command needs no keychain."


@dataclass(frozen=True, slots=True)
class OpenCompany:
    """The books, one company in them and its use cases."""

    books: Books
    entry: CompanyEntry
    application: "Application"


def paths_of(options: argparse.Namespace) -> Paths:
    """Where the books of this command are. Raises ``UserError``."""
    folder: Path = options.data_dir or default_folder()
    server: DatabaseAddress | None = options.database
    return paths_in(folder) if server is None else Paths(folder, server)


def check_ready(paths: Paths) -> None:
    """Refuse books that are missing or of another version: a command never makes or changes them.

    Raises ``UserError``.
    """
    from billdesk.core.db.lost_books import check_not_lost
    from billdesk.core.db.migrate import SchemaState

    nowhere = paths.server is None and not paths.folder.exists()
    match SchemaState.NEW if nowhere else state_of(paths):
        case SchemaState.NEW if paths.server is not None:
            raise UserError(
                f"There are no books in the database {paths.server}; check --database, or open "
                "BillDesk on it and set up your company."
            )
        case SchemaState.NEW:
            check_not_lost(paths.books, paths.backups)
            raise UserError(
                f"There are no books in {paths.folder}; check --data-dir, or open BillDesk on that "
                "folder and set up your company."
            )
        case SchemaState.OLDER if paths.server is None:
            raise UserError(
                f"The books in {paths.folder} were made by an older version of BillDesk; bring "
                "them up to date with “billdesk migrate”, which makes a backup first."
            )
        case _:
            # Newer books, and older ones on a server, are refused by what opens them.
            return


def state_of(paths: Paths) -> "SchemaState":
    """How the schema of the books compares with this version; nothing is changed.

    Raises ``UserError``, ``TemporaryError``.
    """
    if paths.server is not None:
        from billdesk.core.db.postgres.engine import open_engine
        from billdesk.core.db.postgres.migrate import schema_state as state_on_server

        engine = open_engine(paths.server, keychain_password(paths))
        try:
            return state_on_server(engine)
        finally:
            engine.dispose()
    from billdesk.core.db.migrate import schema_state

    return schema_state(paths.books)


@contextmanager
def open_company(
    options: argparse.Namespace,
    *,
    secrets: "SecretStore | None" = None,
    repairs: bool = True,
) -> Iterator[OpenCompany]:
    """The company of ``--company``, closed again at the end.

    Without ``secrets`` the keychain is left alone: it may ask the person at the screen. Without
    ``repairs`` altered guards stay as they are, for a report. Raises ``UserError``,
    ``TemporaryError``.
    """
    with _opened_books(options, secrets, repairs=repairs) as books:
        entry = choose_company(companies(books, closed=True), options.company)
        with _opened_company(books, entry) as company:
            yield company


@contextmanager
def open_companies(
    options: argparse.Namespace, *, secrets: "SecretStore"
) -> Iterator[tuple[OpenCompany, ...]]:
    """The company of ``--company``, else all of the books that are not closed.

    Raises ``UserError``, ``TemporaryError``.
    """
    with _opened_books(options, secrets) as books, ExitStack() as stack:
        entries = companies(books)
        if options.company is not None or not entries:
            entries = (choose_company(companies(books, closed=True), options.company),)
        yield tuple(stack.enter_context(_opened_company(books, entry)) for entry in entries)


@contextmanager
def _opened_books(
    options: argparse.Namespace, secrets: "SecretStore | None", *, repairs: bool = True
) -> Iterator[Books]:
    from billdesk.core.db.file_errors import explained
    from billdesk.core.gateways.secrets import MemorySecretStore

    paths = paths_of(options)
    check_ready(paths)
    with explained(paths.books):
        books = open_books(
            paths, secrets=secrets or MemorySecretStore(NO_KEYCHAIN), repairs=repairs
        )
        try:
            yield books
        finally:
            books.close()


@contextmanager
def _opened_company(books: Books, entry: CompanyEntry) -> Iterator[OpenCompany]:
    application = open_application(books, entry.id)
    try:
        yield OpenCompany(books, entry, application)
    finally:
        if not application.close():
            log.warning("a step did not end in time; it is done again at the next start")
