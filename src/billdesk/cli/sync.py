"""``billdesk sync``: send what waits and look at Stripe, once or until told to stop."""

import argparse
from typing import TYPE_CHECKING

from billdesk.cli.books import open_company
from billdesk.cli.command import add_command

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Do what BillDesk otherwise does while its window is open: make payment links, send mail that waits
in the outbox, look at Stripe and book what was paid. The Stripe key and the mail password come
from this system's keychain.
"""
_EPILOG = """\
examples:
  billdesk sync --once            for a timer (cron, systemd, Task Scheduler)
  billdesk sync --watch           until Ctrl-C or SIGTERM
  billdesk sync --once --json | jq .error

Running beside the window is safe: each job and each look is taken by one program only.

exit codes: 0 done (or, with --watch, ended by a signal); 1 Stripe could not be read, standard
error says why; what was not done stays queued
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
    parser.add_argument(
        "--json", action="store_true", help="print JSON (with --watch one object per line)"
    )


def run(options: argparse.Namespace) -> int:
    """Work the outbox and look at Stripe."""
    # Loaded by this command only: every start of the window passes by here.
    from billdesk.cli.sync_runs import once, watch
    from billdesk.core.gateways.secrets import open_secret_store

    with open_company(options, secrets=open_secret_store()) as company:
        if options.watch:
            return watch(company.application, as_json=options.json)
        return once(company.application, as_json=options.json)
