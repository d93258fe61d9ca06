"""The companies in a set of books: which there are, and new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap.books import Books
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.db.unit_of_work import UnitOfWork
    from billdesk.core.services.companies import NewCompany
    from billdesk.core.services.transfer import MovedIn


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """A company as the chooser shows it."""

    id: int
    name: str
    is_practice: bool
    is_closed: bool = False


def companies(books: Books, *, closed: bool = False) -> tuple[CompanyEntry, ...]:
    """The companies in the books, oldest first; ``closed`` ones only when they are asked for.

    Raises ``UserError`` and ``TemporaryError`` where the books cannot be read.
    """
    from sqlalchemy import select

    from billdesk.core.db.failures import explaining
    from billdesk.core.db.tables import Company

    statement = select(Company.id, Company.name, Company.is_practice, Company.closed_at)
    if not closed:
        statement = statement.where(Company.closed_at.is_(None))
    with explaining(books.engine), books.engine.connect() as connection:
        return tuple(
            CompanyEntry(row.id, row.name, row.is_practice, row.closed_at is not None)
            for row in connection.execute(statement.order_by(Company.id))
        )


def choose_company(found: Sequence[CompanyEntry], wanted: str | None) -> CompanyEntry:
    """The company meant by ``wanted``, a name or an id; without it the only one not closed.

    Raises ``UserError`` naming the choices.
    """
    if not found:
        raise UserError("These books hold no company yet; open BillDesk and set one up.")
    still_open = [entry for entry in found if not entry.is_closed]
    choices = ", ".join(f"{entry.name} ({entry.id})" for entry in still_open or found)
    if wanted is None:
        if len(still_open) != 1:
            raise UserError(f"Choose a company with --company; these books hold: {choices}.")
        return still_open[0]
    named = [entry for entry in found if entry.name.casefold() == wanted.casefold()]
    if len(named) > 1:
        raise UserError(f"Several companies have this name; choose one by its id: {choices}.")
    named = named or [entry for entry in found if str(entry.id) == wanted]
    if not named:
        raise UserError(f"There is no company “{wanted}” in these books; they hold: {choices}.")
    return named[0]


def create_company(books: Books, new: "NewCompany") -> int:
    """Set up a company; returns its id. Raises ``UserError``."""
    from billdesk.core.services.companies import CompanyService

    return CompanyService(_without_company(books)).create(new)


def take_in_company(books: Books, file: Path) -> "MovedIn":
    """Take the exported company in ``file`` into these books. Raises ``UserError``."""
    from billdesk.core.services.transfer import TransferService

    return TransferService(_without_company(books), books.archive).take_in(file)


def _without_company(books: Books) -> "UnitOfWork":
    """What use cases need that come before there is a company."""
    from billdesk.core.bus import Bus
    from billdesk.core.db.failures import explaining
    from billdesk.core.db.logins import acting_login
    from billdesk.core.db.unit_of_work import Actor, UnitOfWork

    with explaining(books.engine), books.engine.connect() as connection:
        login = acting_login(connection)
    return UnitOfWork(
        books.engine,
        0,
        Actor(login),
        Bus(),
        now=books.now,
        today=books.today,
        write_lock=books.write_lock,
    )
