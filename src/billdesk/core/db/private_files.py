"""Files that hold the books: nobody else's to read on a shared computer, from the first byte.

Changing the mode afterwards would leave a moment in which another user opens the file. Windows
knows no such modes; there a file has the rights of its folder.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

# Windows would translate line ends.
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OWNER_ONLY = 0o600


def create_private(file: Path) -> BinaryIO:
    """The new file ``file`` to write bytes to, its owner's alone. Raises ``FileExistsError``."""
    return os.fdopen(os.open(file, _NEW, _OWNER_ONLY), "w+b")


def create_private_anew(file: Path) -> BinaryIO:
    """As ``create_private``, in place of what a crash may have left under this name."""
    file.unlink(missing_ok=True)
    return create_private(file)


def prepare_private(file: Path) -> None:
    """Let the database that SQLite makes at ``file`` be its owner's alone; also its side files.

    A file that is there is not touched: closing it would let go of the locks SQLite holds on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    # SQLite says why a file cannot be made.
    with suppress(OSError):
        create_private(file).close()
