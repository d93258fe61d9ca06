"""``billdesk migrate``: bring the books up to date, with a backup first; rights on a server."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Paths, keychain_password, open_books
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

On a PostgreSQL server run it as the owner of the database, after a backup with pg_dump. People then
work under another role, which --grant-to gives its rights: it may add to the ledger, the audit log
and whatever else only grows, but neither change nor delete there, nor remove the guards.
"""
_EPILOG = """\
examples:
  billdesk migrate
  billdesk --data-dir ~/books migrate
  billdesk --database postgresql+psycopg://owner@server/books migrate --grant-to anna

exit codes: 0 the books are up to date; 1 they are not and were left as they were
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "migrate",
        run,
        summary="bring the books up to date, with a backup first",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--grant-to",
        action="append",
        default=[],
        metavar="ROLE",
        help="give this role the rights to work with the books (on a server; may be repeated)",
    )


def run(options: argparse.Namespace) -> int:
    """Migrate and say what was done."""
    paths = paths_of(options)
    if paths.server is not None:
        return _run_on_server(paths, options.grant_to)
    if options.grant_to:
        raise UserError("Rights are given on a server only; name it with --database.")
    return _run_on_file(paths)


def _run_on_server(paths: Paths, grant_to: Sequence[str]) -> int:
    from billdesk.core.db.migrate import SchemaState
    from billdesk.core.db.migrations import SHIPPED
    from billdesk.core.db.postgres.engine import open_engine
    from billdesk.core.db.postgres.migrate import bring_up_to_date, schema_state

    if paths.server is None:
        raise UserError("Name the server with --database.")
    engine = open_engine(paths.server, keychain_password(paths))
    try:
        state = schema_state(engine)
        if state is SchemaState.NEWER:
            raise UserError("The books were written by a newer version of BillDesk. Update it.")
        bring_up_to_date(engine, grant_to=grant_to)
    finally:
        engine.dispose()
    done = {
        SchemaState.NEW: "has new, empty books",
        SchemaState.OLDER: "was brought up to date",
        SchemaState.CURRENT: "is up to date",
    }[state]
    say(f"{paths} {done} (schema {SHIPPED.newest}).")
    for role in grant_to:
        say(f"{role} may work with the books.")
    return ExitCode.DONE


def _run_on_file(paths: Paths) -> int:
    from billdesk.core.db.migrate import SchemaState, schema_state
    from billdesk.core.db.migrations import SHIPPED
    from billdesk.core.gateways.secrets import MemorySecretStore

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
