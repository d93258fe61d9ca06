"""The database chosen at this desk: a small file in the data folder, without a password."""

import json
from pathlib import Path

from billdesk.core.domain.database_address import DatabaseAddress, parse_address
from billdesk.core.domain.errors import UserError

FILE = "database.json"
_KEY = "database"


def read_choice(folder: Path) -> DatabaseAddress | None:
    """The server chosen for ``folder``; ``None`` when the books are the folder's own file.

    Raises ``UserError`` for a file that cannot be understood: opening other books by mistake would
    be worse.
    """
    file = folder / FILE
    try:
        text = file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"“{file}” cannot be read: {error.strerror}.") from None
    try:
        return parse_address(json.loads(text)[_KEY])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"“{file}” does not name a database. Correct it, or remove it to use the books in "
            "this folder."
        ) from error


def write_choice(folder: Path, address: DatabaseAddress | None) -> None:
    """Use ``address`` from the next start on; ``None`` goes back to the folder's own file.

    Raises ``UserError`` when the folder cannot be written.
    """
    file = folder / FILE
    part = file.with_suffix(".part")
    try:
        if address is None:
            file.unlink(missing_ok=True)
            return
        part.write_text(json.dumps({_KEY: address.url}, indent=2) + "\n", "utf-8")
        part.replace(file)
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from None
