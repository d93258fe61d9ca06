"""New books that appear only when what they were made for has succeeded."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import (
    Paths,
    companies,
    create_company,
    open_application,
    open_books,
    take_in_company,
)
from billdesk.cli.books import NO_KEYCHAIN, state_of
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.bootstrap import Books
    from billdesk.core.application import Application


@contextmanager
def new_books(paths: Paths, *, name: str, currency: str, keep: bool) -> Iterator["Application"]:
    """A company in new books that get their place at ``paths`` when the block ends well.

    They are made in a folder beside it, so that a failure, or ``keep=False``, leaves nothing; to a
    server the company moves as a whole. Raises ``UserError`` when there are books already or the
    folder cannot be used.
    """
    _check_free(paths)
    is_new = not paths.folder.exists()
    try:
        paths.folder.mkdir(parents=True, exist_ok=True)
        workshop = tempfile.TemporaryDirectory(prefix=".new-books-", dir=paths.folder)
    except OSError as error:
        raise UserError(f"The folder {paths.folder} cannot be used: {error.strerror}.") from None
    try:
        with workshop as folder:
            made = Paths(Path(folder))
            export = made.folder / "company.zip"
            with _company_in(made, name, currency) as application:
                yield application
                if keep and paths.server is not None:
                    application.exports.write(export)
            # Closing has folded the write-ahead log into the one file that moves.
            if keep and paths.server is None:
                made.books.rename(paths.books)
            elif keep:
                _take_in(paths, export)
    finally:
        if is_new and not paths.books.exists():
            with suppress(OSError):
                paths.folder.rmdir()


def _check_free(paths: Paths) -> None:
    if paths.server is None:
        if paths.books.exists():
            raise UserError(
                f"There are books in {paths.folder} already; leave out --new-company to import "
                "into them."
            )
        return
    from billdesk.core.db.migrate import SchemaState

    if state_of(paths) is SchemaState.NEW:
        return
    with _opened(paths) as books:
        names = ", ".join(entry.name for entry in companies(books, closed=True))
    if names:
        raise UserError(
            f"The database {paths.server} holds the books of {names} already; leave out "
            "--new-company to import into them."
        )


@contextmanager
def _company_in(paths: Paths, name: str, currency: str) -> Iterator["Application"]:
    from billdesk.core.services.companies import NewCompany

    with _opened(paths) as books:
        company_id = create_company(books, NewCompany(name=name, currency=currency))
        yield open_application(books, company_id)


def _take_in(paths: Paths, export: Path) -> None:
    with _opened(paths) as books:
        take_in_company(books, export)


@contextmanager
def _opened(paths: Paths) -> Iterator["Books"]:
    from billdesk.core.gateways.secrets import MemorySecretStore

    books = open_books(paths, secrets=MemorySecretStore(NO_KEYCHAIN))
    try:
        yield books
    finally:
        books.close()
