"""Where one set of books lives."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from billdesk.core.domain.database_address import DatabaseAddress

# Customers and amounts are nobody else's on a shared computer; a folder that is there is left
# as its owner made it.
OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Paths:
    """Where one set of books lives. The practice company has a folder of its own.

    With a ``server`` the books and the stored PDFs are there; the folder holds what belongs to
    this desk.
    """

    folder: Path
    server: DatabaseAddress | None = None

    def __str__(self) -> str:
        return str(self.server or self.folder)

    @property
    def books(self) -> Path:
        """The database with everything but the PDFs, where there is no server."""
        return self.folder / "books.db"

    @property
    def archive(self) -> Path:
        """The stored PDFs and attachments, where there is no server."""
        return self.folder / "archive.db"

    @property
    def backups(self) -> Path:
        """Copies made before the database is changed by an update."""
        return self.folder / "backups"

    def practice(self) -> "Paths":
        """The practice company beside these books; deleting the folder removes it."""
        return Paths(self.folder / "practice")


def default_folder() -> Path:
    """The user's own data folder."""
    return user_data_path("BillDesk", appauthor=False)


def paths_in(folder: Path) -> Paths:
    """The books of ``folder``, or the server that was chosen at this desk. Raises ``UserError``."""
    from billdesk.core.db.chosen_database import read_choice

    return Paths(folder, read_choice(folder))
