"""Open the books and the company that a command is about."""

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billdesk.bootstrap import (
    Books,
    CompanyEntry,
    Paths,
    choose_company,
    companies,
    default_paths,
    open_application,
    open_books,
)
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.application import Application
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
    """Where the books of this command are."""
    return Paths(options.data_dir) if options.data_dir else default_paths()


def check_ready(paths: Paths) -> None:
    """Refuse books that are missing or of another version: a command never makes or changes them.

    Raises ``UserError``.
    """
    from billdesk.core.db.migrate import SchemaState, schema_state

    match schema_state(paths.books):
        case SchemaState.NEW:
            raise UserError(
                f"There are no books in {paths.folder}; check --data-dir, or open BillDesk on that "
                "folder and set up your company."
            )
        case SchemaState.OLDER:
            raise UserError(
                f"The books in {paths.folder} were made by an older version of BillDesk; bring "
                "them up to date with “billdesk migrate”, which makes a backup first."
            )
        case _:
            # Newer books are refused by what opens them.
            return


@contextmanager
def open_company(
    options: argparse.Namespace, *, secrets: "SecretStore | None" = None
) -> Iterator[OpenCompany]:
    """The company of ``--company``, closed again at the end.

    Without ``secrets`` the keychain is left alone: it may ask the person at the screen. Raises
    ``UserError``, ``TemporaryError``.
    """
    from billdesk.core.db.file_errors import explained
    from billdesk.core.gateways.secrets import MemorySecretStore

    paths = paths_of(options)
    check_ready(paths)
    with explained(paths.books):
        books = open_books(paths, secrets=secrets or MemorySecretStore(NO_KEYCHAIN))
        try:
            entry = choose_company(companies(books), options.company)
            application = open_application(books, entry.id)
            try:
                yield OpenCompany(books, entry, application)
            finally:
                if not application.close():
                    log.warning("a step did not end in time; it is done again at the next start")
        finally:
            books.close()
