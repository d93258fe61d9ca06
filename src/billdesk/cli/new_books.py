"""New books that appear only when what they were made for has succeeded."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.cli.books import NO_KEYCHAIN
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.application import Application


@contextmanager
def new_books(paths: Paths, *, name: str, currency: str, keep: bool) -> Iterator["Application"]:
    """A company in new books that get their place at ``paths`` when the block ends well.

    They are made in a folder beside it, so that a failure, or ``keep=False``, leaves nothing.
    Raises ``UserError`` when there are books already or the folder cannot be used.
    """
    if paths.server is not None:
        raise UserError(
            "Set the company up in the window first, then import without --new-company: on a "
            "server books are not taken back when an import fails."
        )
    if paths.books.exists():
        raise UserError(
            f"There are books in {paths.folder} already; leave out --new-company to import into "
            "them."
        )
    is_new = not paths.folder.exists()
    try:
        paths.folder.mkdir(parents=True, exist_ok=True)
        workshop = tempfile.TemporaryDirectory(prefix=".new-books-", dir=paths.folder)
    except OSError as error:
        raise UserError(f"The folder {paths.folder} cannot be used: {error.strerror}.") from None
    try:
        with workshop as folder:
            yield from _made_in(Path(folder), paths, name, currency, keep=keep)
    finally:
        if is_new and not paths.books.exists():
            with suppress(OSError):
                paths.folder.rmdir()


def _made_in(
    folder: Path, paths: Paths, name: str, currency: str, *, keep: bool
) -> Iterator["Application"]:
    from billdesk.core.gateways.secrets import MemorySecretStore
    from billdesk.core.services.companies import NewCompany

    made = Paths(folder)
    books = open_books(made, secrets=MemorySecretStore(NO_KEYCHAIN))
    try:
        company_id = create_company(books, NewCompany(name=name, currency=currency))
        yield open_application(books, company_id)
    finally:
        # Closing folds the write-ahead log into the one file that moves.
        books.close()
    if keep:
        made.books.rename(paths.books)
