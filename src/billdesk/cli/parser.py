"""The arguments of ``billdesk``: global options, then a command with its own."""

import argparse
from pathlib import Path
from typing import NoReturn

from billdesk import __version__
from billdesk.cli import (
    backup,
    bank,
    company,
    demo,
    doctor,
    importing,
    migrate,
    pdf,
    report,
    restore,
    sandbox,
    sync,
    verify,
    window,
)
from billdesk.cli.command import database
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain

_DESCRIPTION = """\
BillDesk writes invoices, sends them with a Stripe payment link and sees them turn paid.

Without a command it opens the window. The commands work on the same books and need no screen.
Options that stand before the command apply to every command.
"""
_EPILOG = """\
examples:
  billdesk                                        open the window on your own books
  billdesk --data-dir ~/books verify              check the books in another folder
  billdesk --company "Morning Studio" sync --once work for one of several companies
  billdesk --database postgresql+psycopg://anna@server/books verify
                                                  the same for books on a server
  billdesk COMMAND --help                         what a command does, with examples

exit codes:
  0  done
  1  not done, or something needs your attention; standard error says what in one sentence
  2  the command line was not understood
  70 a fault in BillDesk; the log file holds the details
  130, 143  ended by Ctrl-C, by SIGTERM

environment:
  BILLDESK_STRIPE_URL  address of a practice Stripe on this computer (http://127.0.0.1:PORT);
                       any other host and live keys are refused

Passwords and keys are never given on the command line; they come from the keychain of this
system, where the window's Settings put them, and the database server's also from ~/.pgpass or the
file PGPASSFILE names.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what was not understood and end with exit code 2."""
        complain(f"{self.prog}: {message} (see {self.prog} --help)")
        self.exit(ExitCode.USAGE)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; ``options.run(options)`` runs the one chosen."""
    parser = Parser(
        prog="billdesk",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"BillDesk {__version__}")
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="folder of the books (default: BillDesk's folder of this user)",
    )
    parser.add_argument(
        "--database",
        type=database,
        metavar="URL",
        help="books on a PostgreSQL server instead: postgresql+psycopg://USER@HOST/DATABASE",
    )
    parser.add_argument(
        "--company",
        metavar="NAME|ID",
        help="which company, where the books hold several",
    )
    parser.add_argument(
        "--log-dir",
        type=Path,
        metavar="DIR",
        help="folder of the log file (default: the log folder of this user)",
    )
    parser.set_defaults(run=window.run, keeps_log=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (
        importing,
        bank,
        pdf,
        report,
        sync,
        verify,
        backup,
        restore,
        company,
        doctor,
        migrate,
        sandbox,
        demo,
    ):
        command.add_to(commands)
    return parser
