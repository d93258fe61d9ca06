"""``billdesk bank``: take a bank statement in and confirm what is certain."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billdesk.cli.books import open_company
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import counted, say, say_json

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.services.banking.service import BankService

_DESCRIPTION = """\
Take a bank statement (camt.053, MT940 or CSV) into the books. The same file, and the same line in
overlapping statements, comes in once. Each line is compared with what is open; with --confirm-above
the suggestions that are at least so sure are confirmed, the rest waits in the window.

A CSV file is read by the columns chosen when the first file of that bank was imported in the
window.
"""
_EPILOG = """\
examples:
  billdesk bank november.xml
  billdesk bank statement.sta --confirm-above 90
  billdesk bank umsaetze.csv --json

exit codes: 0 imported (or it was before); 1 the file cannot be read, and why
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "bank",
        run,
        summary="take in a bank statement and match it",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="camt.053, MT940 or CSV")
    parser.add_argument(
        "--confirm-above",
        type=int,
        metavar="N",
        help="confirm suggestions that are at least N %% sure (50 to 100; 90 is safe)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Import, confirm if asked to, and say what is left."""
    with open_company(options) as company:
        result = _import(company.application.bank, options)
        open_lines = _open_lines(company.application.queries.bank_counts())
    if options.json:
        say_json({**result, "open": open_lines})
    else:
        _print(result, open_lines)
    return ExitCode.DONE


def _import(bank: "BankService", options: argparse.Namespace) -> dict[str, Any]:
    from billdesk.core.services.importing import ImportFile

    imported = bank.import_file(ImportFile.read(options.file))
    confirmed = 0
    if options.confirm_above is not None:
        confirmed = bank.confirm_all(options.confirm_above).confirmed
    return {
        "accounts": list(imported.accounts),
        "lines": imported.lines,
        "known": imported.known,
        "imported_before": imported.repeated,
        "confirmed": confirmed,
    }


def _open_lines(counts: dict[Any, int]) -> int:
    from billdesk.core.domain.banking import BankTab

    return counts[BankTab.OPEN]


def _print(result: dict[str, Any], open_lines: int) -> None:
    if result["imported_before"]:
        say("This file was imported before.")
    else:
        say(f"Imported {counted(result['lines'], 'new line', 'new lines')}.")
        if result["known"]:
            say(f"{counted(result['known'], 'line', 'lines')} came in before.")
    if result["confirmed"]:
        say(f"Confirmed {counted(result['confirmed'], 'line', 'lines')}.")
    say(f"{counted(open_lines, 'line waits', 'lines wait')} to be matched.")
