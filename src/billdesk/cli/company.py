"""``billdesk company``: take a company out of the books as one file, into others, or close it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import open_books, take_in_company
from billdesk.cli.books import NO_KEYCHAIN, open_company, paths_of
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, counted, say, violations_text

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_EXPORT = """\
Write everything of a company into one ZIP file: every row of the books, every stored PDF, and
check.py, a program that checks the file without BillDesk. The company stays where it is. Nothing
secret of yours is in it: keys and passwords are in the keychain. Afterwards the books are checked
for a minute at most, and the first thing that does not hold is told.
"""
_EXPORT_EPILOG = """\
examples:
  billdesk company-export lang-2026.zip
  python3 check.py lang-2026.zip --head 3f9a…       after unpacking check.py from it

exit codes: 0 written, whether the books hold or not; 1 not written, standard error says why
"""
_IMPORT = """\
Take a company that was exported into the books of this folder or database, which are made if there
are none. Counts, sums and the trial balance are compared and the books are verified, with their
audit log, before anything is kept: the company is here as a whole and the same, or not at all.
This is how a company moves between a file and a PostgreSQL database, in either direction.
"""
_IMPORT_EPILOG = """\
examples:
  billdesk --data-dir ~/new-books company-import lang-2026.zip

exit codes: 0 it is here; 1 it is not, standard error says why
"""


_CLOSE = """\
Close a company for good. Nothing is erased: its books stay here and can be read, verified and
exported, but never changed again, and the window offers the company no more. FILE is its export,
written by company-export after the last change.
"""
_CLOSE_EPILOG = """\
examples:
  billdesk company-export lang-2026.zip
  billdesk company-close lang-2026.zip --name "Werkstatt Lang GmbH"

exit codes: 0 closed; 1 not closed, standard error says why; 3 not closed, links are being switched
off: “billdesk sync --once” does it, then export and close
"""


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    export = add_command(
        commands,
        "company-export",
        run_export,
        summary="write a company into one file",
        description=_EXPORT,
        epilog=_EXPORT_EPILOG,
    )
    export.add_argument("file", type=Path, metavar="FILE", help="the new ZIP file")
    take_in = add_command(
        commands,
        "company-import",
        run_import,
        summary="take an exported company into these books",
        description=_IMPORT,
        epilog=_IMPORT_EPILOG,
    )
    take_in.add_argument("file", type=Path, metavar="FILE", help="a file of company-export")

    close = add_command(
        commands,
        "company-close",
        run_close,
        summary="close a company after its export",
        description=_CLOSE,
        epilog=_CLOSE_EPILOG,
    )
    close.add_argument("file", type=Path, metavar="FILE", help="the company's export")
    close.add_argument("--name", required=True, help="the company's name, as a confirmation")
    close.add_argument(
        "--switch-off-links",
        action="store_true",
        help="if customers can still pay through payment links, have these switched off first",
    )


def run_close(options: argparse.Namespace) -> int:
    """Close the company."""
    with open_company(options) as company:
        links = company.application.links.switch_all_off() if options.switch_off_links else 0
        if links:
            say(
                f"{counted(links, 'payment link is', 'payment links are')} to be switched off. Run "
                "“billdesk sync --once”, export the company again, then close it."
            )
            return ExitCode.ATTENTION
        company.application.company_closing.close(options.file, options.name)
    say(f"{company.entry.name} is closed. Keep {options.file}; the books here are read only.")
    return ExitCode.DONE


def run_export(options: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    with open_company(options) as company:
        done = company.application.exports.write(options.file)
        say(
            f"{company.entry.name}: {counted(done.rows, 'row', 'rows')} and "
            f"{counted(done.files, 'stored file', 'stored files')} are in {done.file}"
        )
        say(f"Audit log: {done.audit_seq:,} rows, head {done.audit_head}")
        found = company.application.verification.look()
    if found.broken:
        complain(
            f"Careful: {violations_text(found, 'these books')}; “billdesk verify” names every one, "
            "and other books take the company in only when they are mended"
        )
    elif not found.is_complete:
        say("Not every rule was tried, that takes too long here; “billdesk verify” does.")
    return ExitCode.DONE


def run_import(options: argparse.Namespace) -> int:
    """Take the company in and say what was compared."""
    from billdesk.core.gateways.secrets import MemorySecretStore

    books = open_books(paths_of(options), secrets=MemorySecretStore(NO_KEYCHAIN))
    try:
        moved = take_in_company(books, options.file)
    finally:
        books.close()
    rows = sum(table["rows"] for table in moved.figures["tables"].values())
    audit = moved.figures["audit"]
    say(
        f"{moved.name} is here as company {moved.company_id}: {counted(rows, 'row', 'rows')}, all "
        "sums and the trial balance as exported."
    )
    say(f"Audit log: {audit['seq']:,} rows, head {audit['head']}")
    return ExitCode.DONE
