"""``billdesk backup`` and ``billdesk backups``: make a backup, list those there are."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billdesk.bootstrap import backup_service
from billdesk.cli.books import check_ready, paths_of
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import counted, say, say_json, size_text
from billdesk.cli.passphrases import ask_passphrase

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.services.backups import BackupRow, BackupService

_DESCRIPTION = """\
Back up the books while anybody may be using them: a checked copy of books.db and what is new among
the stored PDFs go into the backup folder, and backups that have outlived themselves are removed
(kept are all of the last 7 days, one a week for 8 weeks, one a month for 12 months; the window's
Settings change that). The window does the same once a day and when it closes.

With --to a single file is written wherever you say, outside of that order, without the PDFs.
"""
_EPILOG = """\
examples:
  billdesk backup
  billdesk backup --to /media/stick/books.db
  billdesk backup --encrypt --to ~/Dropbox/books.age.zip

A passphrase is asked for at the terminal, or read from the first line of standard input. Without
--to it is kept in the keychain, and all backups from then on are locked with it. The format and how
to open it without BillDesk: docs/backups.md.

exit codes: 0 the backup is whole and on the disk; 1 there is none
"""
_LIST_DESCRIPTION = """\
List the backups of these books, newest first: when and why each was made, its size, how many issued
documents it holds, the newest of them, and its file.
"""
_LIST_EPILOG = """\
examples:
  billdesk backups
  billdesk backups --json

exit codes: 0 listed, even if there are none
"""


def add_to(commands: "Commands") -> None:
    """Add both commands."""
    parser = add_command(
        commands,
        "backup",
        run,
        summary="back up the books",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="write this one file instead")
    parser.add_argument("--encrypt", action="store_true", help="lock it with a passphrase")
    listing = add_command(
        commands,
        "backups",
        run_list,
        summary="list the backups",
        description=_LIST_DESCRIPTION,
        epilog=_LIST_EPILOG,
    )
    listing.add_argument("--json", action="store_true", help="print the list as JSON")


def run(options: argparse.Namespace) -> int:
    """Make a backup and say where it is."""
    backups = opened(options)
    check_ready(paths_of(options))
    ask = options.encrypt and (options.to is not None or backups.settings().key is None)
    passphrase = ask_passphrase("Passphrase for the backup", twice=True) if ask else None
    if options.to is not None:
        row = backups.export(options.to, passphrase=passphrase)
    else:
        if passphrase is not None:
            backups.set_passphrase(passphrase)
            say("Backups are locked with this passphrase from now on.")
        row = backups.make()
    say(f"{row.file} ({size_text(row.size_bytes)}{', locked' if row.locked else ''})")
    return ExitCode.DONE


def run_list(options: argparse.Namespace) -> int:
    """Print the backups."""
    backups = opened(options)
    rows = backups.rows()
    if options.json:
        say_json({"folder": str(backups.folder()), "backups": [as_json(row) for row in rows]})
        return ExitCode.DONE
    if not rows:
        say(f"There are no backups in {backups.folder()} yet.")
    for row in rows:
        say(
            f"{row.made_at.astimezone():%Y-%m-%d %H:%M}  {row.reason.value:<7}"
            f"{size_text(row.size_bytes):>9}  {contents(row)}"
        )
        say(f"  {row.file}")
    return ExitCode.DONE


def opened(options: argparse.Namespace) -> "BackupService":
    """The backups of the books meant by ``options``."""
    from billdesk.core.gateways.secrets import DeferredSecretStore

    return backup_service(paths_of(options), DeferredSecretStore())


def contents(row: "BackupRow") -> str:
    """What is in a backup, in a few words."""
    if row.summary is None:
        return row.problem
    last = max((each.last_number for each in row.summary.companies if each.last_on), default="")
    words = counted(row.summary.documents, "document", "documents")
    newest = f", newest {last}" if last else ""
    return f"{words}{newest}{', locked' if row.locked else ''}"


def as_json(row: "BackupRow") -> dict[str, Any]:
    """A backup as one object."""
    companies = row.summary.companies if row.summary else ()
    return {
        "file": str(row.file),
        "made_at": row.made_at.isoformat(),
        "reason": row.reason.value,
        "locked": row.locked,
        "size_bytes": row.size_bytes,
        "problem": row.problem,
        "schema": row.summary.schema if row.summary else None,
        "companies": [
            {
                "name": each.name,
                "documents": each.documents,
                "customers": each.customers,
                "payments": each.payments,
                "last_number": each.last_number,
                "last_on": each.last_on.isoformat() if each.last_on else None,
            }
            for each in companies
        ],
    }
