"""What BillDesk keeps is nobody else's on a shared computer."""

import os
import stat
from pathlib import Path

from billdesk.bootstrap import Paths, open_books, start_logging
from billdesk.core.gateways.secrets import MemorySecretStore


def open_to_others(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode) & 0o077


def test_the_folder_of_new_books_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        books = open_books(Paths(tmp_path / "books"), secrets=MemorySecretStore("tests"))
    finally:
        os.umask(before)
    books.close()
    assert open_to_others(tmp_path / "books") == 0


def test_the_folder_of_the_log_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        start_logging(tmp_path / "log")
    finally:
        os.umask(before)
    assert open_to_others(tmp_path / "log") == 0
