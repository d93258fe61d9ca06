"""``billdesk sync``: send what waits and look at Stripe, once or until told to stop."""

import argparse
from typing import TYPE_CHECKING

from billdesk.cli.books import open_companies
from billdesk.cli.command import add_command

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Do what BillDesk otherwise does while its window is open: make payment links, send mail that waits
in the outbox, look at Stripe and book what was paid. The Stripe key and the mail password come
from this system's keychain. Without --company it is done for every company of the books.
"""
_EPILOG = """\
examples:
  billdesk sync --once                      for a timer (cron, systemd, Task Scheduler)
  billdesk sync --watch                     until Ctrl-C or SIGTERM
  billdesk sync --invoice 2026-0042         is this one paid? Stripe is asked now
  billdesk --company Studio sync --once --json | jq .error

Running beside the window is safe: each job and each look is taken by one program only. After a
long absence --once goes on until everything has been read. With several companies --json prints
one object per line and company.

exit codes: 0 done (or, with --watch, ended by a signal); 1 Stripe could not be read, standard
error says why; what was not done stays queued; 3 done, and something waits for you: a permission
the Stripe key lacks, a job or a message of Stripe's that came to nothing
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "sync",
        run,
        summary="send what waits and look at Stripe",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--once", action="store_true", help="do what is due now and end")
    how.add_argument("--watch", action="store_true", help="go on until Ctrl-C or SIGTERM")
    how.add_argument("--invoice", metavar="NUMBER", help="compare one invoice with Stripe now")
    parser.add_argument(
        "--json", action="store_true", help="print JSON (with --watch one object per line)"
    )


def run(options: argparse.Namespace) -> int:
    """Work the outbox and look at Stripe."""
    # Loaded by this command only: every start of the window passes by here.
    from billdesk.cli.sync_runs import look_at_invoice, once, watch
    from billdesk.core.gateways.secrets import open_secret_store

    with open_companies(options, secrets=open_secret_store()) as companies:
        if options.watch:
            return watch(companies, as_json=options.json)
        if options.invoice is not None:
            return look_at_invoice(companies, options.invoice, as_json=options.json)
        return once(companies, as_json=options.json)
