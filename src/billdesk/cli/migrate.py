"""``billdesk migrate``: bring the books up to date, with a backup first."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Paths, open_books
from billdesk.cli.books import NO_KEYCHAIN, paths_of
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import say
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Bring the books up to date with this version of BillDesk. The window does the same when it opens
older books; the other commands never do it by themselves.

A checked copy is put into the folder “backups” first. All steps happen in one transaction: if one
fails, the books are as they were.
"""
_EPILOG = """\
examples:
  billdesk migrate
  billdesk --data-dir ~/books migrate

exit codes: 0 the books are up to date; 1 they are not and were left as they were
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    add_command(
        commands,
        "migrate",
        run,
        summary="bring the books up to date, with a backup first",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )


def run(options: argparse.Namespace) -> int:
    """Migrate and say what was done."""
    from billdesk.core.db.migrate import SchemaState, schema_state
    from billdesk.core.db.migrations import SHIPPED
    from billdesk.core.gateways.secrets import MemorySecretStore

    paths = paths_of(options)
    state = schema_state(paths.books)
    if state is SchemaState.NEW:
        raise UserError(f"There are no books in {paths.folder}; check --data-dir.")
    before = _backups(paths)
    open_books(paths, secrets=MemorySecretStore(NO_KEYCHAIN)).close()
    if state is SchemaState.CURRENT:
        say(f"{paths.books} is up to date (schema {SHIPPED.newest}); nothing was changed.")
        return ExitCode.DONE
    say(f"{paths.books} was brought up to date (schema {SHIPPED.newest}).")
    for copy in sorted(_backups(paths) - before):
        say(f"The books as they were before: {copy}")
    return ExitCode.DONE


def _backups(paths: Paths) -> set[Path]:
    return set(paths.backups.glob("*.db"))
