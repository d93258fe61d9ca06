"""Where the books of this desk live: show it, try another place, choose it for the next start."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from billdesk.core.db.chosen_database import read_choice, write_choice
from billdesk.core.db.failures import explaining
from billdesk.core.db.migrate import SchemaState
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.migrate import owns_books, schema_state
from billdesk.core.db.tables import Company
from billdesk.core.domain.database_address import DatabaseAddress, check_address
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.secrets import DATABASE_SERVICE, SecretStore


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """Where the books are now and where they will be looked for at the next start.

    ``None`` for a server means the file in ``folder``. ``is_fixed`` books live in their folder
    whatever is chosen (the practice company).
    """

    folder: Path
    now: DatabaseAddress | None
    chosen: DatabaseAddress | None
    is_fixed: bool = False


class DatabaseService:
    """Settings of this desk, not of a company; needs no transaction on the books.

    ``secrets`` keeps the password of the server.
    """

    def __init__(
        self,
        folder: Path,
        now: DatabaseAddress | None,
        secrets: SecretStore,
        *,
        is_fixed: bool = False,
    ) -> None:
        self._folder = folder
        self._now = now
        self._secrets = secrets
        self._is_fixed = is_fixed

    def place(self) -> DatabasePlace:
        """What is used now and what is chosen. Raises ``UserError`` for an unreadable choice."""
        chosen = None if self._is_fixed else read_choice(self._folder)
        return DatabasePlace(self._folder, self._now, chosen, self._is_fixed)

    def test(self, address: DatabaseAddress, password: str | None) -> str:
        """Connect and say what is there.

        Without ``password`` the stored one is used, or what libpq finds. Raises ``UserError`` with
        the field that is wrong, ``TemporaryError`` for a server that does not answer.
        """
        engine = open_engine(check_address(address), self._password(address, password))
        try:
            return _found(engine, schema_state(engine))
        finally:
            engine.dispose()

    def choose(self, address: DatabaseAddress, password: str | None) -> str:
        """Use ``address`` from the next start on, after a successful test; what it found.

        A password goes to the keychain. Raises as ``test`` does, and ``UserError`` where there is
        no keychain for it.
        """
        if self._is_fixed:
            raise UserError("The practice company stays in its own folder.")
        found = self.test(address, password)
        if password:
            if self._secrets.kind == "memory":
                raise UserError(
                    "This computer has no keychain BillDesk can trust. Put the password into the "
                    "file ~/.pgpass and leave this field empty.",
                    field="password",
                )
            self._secrets.set(DATABASE_SERVICE, address.url, password)
        write_choice(self._folder, address)
        return found

    def use_file(self) -> None:
        """Use the books in the data folder from the next start on."""
        write_choice(self._folder, None)

    def _password(self, address: DatabaseAddress, given: str | None) -> Callable[[], str | None]:
        return lambda: given or self._secrets.get(DATABASE_SERVICE, address.url)


def _found(engine: Engine, state: SchemaState) -> str:
    if state is SchemaState.NEW:
        return "Connected. The database is empty; BillDesk makes new books there."
    if state is SchemaState.OLDER:
        raise UserError(
            "Connected, but the books there were made by an older version of BillDesk. Let their "
            "owner run “billdesk migrate”."
        )
    if state is SchemaState.NEWER:
        raise UserError(
            "Connected, but the books there were written by a newer version of BillDesk. Update "
            "this one."
        )
    with explaining(engine), engine.connect() as connection:
        names = connection.scalars(select(Company.name).order_by(Company.id)).all()
        whose = f"the books of {', '.join(names)}" if names else "books without a company yet"
        owner = (
            " This user owns the books; for daily work a role that does not is safer."
            if owns_books(connection)
            else ""
        )
    return f"Connected. The database holds {whose}.{owner}"
