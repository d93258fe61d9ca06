"""``billdesk pdf``: write invoices as PDF files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.cli.command import add_command, positive

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Write issued invoices as PDF files, each named after its number. The stored PDF is taken where
there is one (the paid copy before the original), else it is drawn from what was frozen at issue.

A file that is there already with the same content is left alone. One with other content is kept
unless --force is given. A file appears under its name only once it is complete.
"""
_EPILOG = """\
examples:
  billdesk pdf INV-00042 --output .
  billdesk pdf INV-00041 INV-00042 --output ~/invoices
  billdesk pdf --all --output ~/invoices --jobs 4

exit codes: 0 every file is there; 1 at least one is not, standard error says which and why
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "pdf",
        run,
        summary="write invoices as PDF files",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="invoice numbers")
    parser.add_argument("--all", action="store_true", help="every issued invoice")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where to")
    parser.add_argument(
        "--jobs", type=positive, metavar="N", help="processes that draw (default: by the work)"
    )
    parser.add_argument("--force", action="store_true", help="replace files with other content")
    parser.set_defaults(usage_error=parser.error)


def run(options: argparse.Namespace) -> int:
    """Write the files and print the figures."""
    if options.all == bool(options.numbers):
        options.usage_error("give invoice numbers or --all")
    # Loaded by this command only: every start of the window passes by here.
    from billdesk.cli.pdf_export import export

    return export(options)
