"""Copy a live database safely: consistent, checked, on the disk before it gets its name."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import structure_problems
from billdesk.core.db.private_files import create_private_anew
from billdesk.core.domain.errors import UserError

PART = ".part"


def back_up(source: Path, target: Path) -> None:
    """Copy the database ``source`` to the new file ``target``, whoever is using it meanwhile.

    The copy is one complete file without side files. ``target`` appears only when the copy is
    whole and on the disk. Raises ``UserError`` when ``target`` exists, ``source`` is damaged or
    missing, or the disk is full.
    """
    if not source.is_file():
        raise UserError(f"There is no file “{source}” to back up.")
    if target.exists():
        raise UserError(f"“{target}” exists already. Choose another name.")
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Anew: a part left by a crash would be taken for a database with pages of its own.
        create_private_anew(part).close()
        try:
            _copy(source, part)
            flush(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        flush_folder(target.parent)
    except OSError as error:
        raise UserError(f"The backup “{target}” cannot be written: {error.strerror}.") from error


def _copy(source: Path, part: Path) -> None:
    # A file copy of a database in WAL mode misses what is still in the log; this API does not.
    address = f"{source.resolve().as_uri()}?mode=rw"
    with explained(source), closing(sqlite3.connect(address, uri=True)) as live:
        live.execute("PRAGMA query_only=ON")
        with explained(part), closing(sqlite3.connect(part, isolation_level=None)) as copy:
            live.backup(copy)
            # One file that can be moved: the log's mode is set again when the copy is opened.
            copy.execute("PRAGMA journal_mode=DELETE")
            problems = structure_problems(copy)
    if problems:
        raise UserError(
            f"“{source}” is damaged ({problems[0]}). Restore your newest backup; this file was "
            "left as it is."
        )


def flush(file: Path) -> None:
    """Wait until what was written to ``file`` is on the disk."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on the disk."""
    # Windows flushes the new name with the file and cannot open folders.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
