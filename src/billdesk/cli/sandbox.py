"""``billdesk sandbox``: the practice Stripe and mail catcher by themselves."""

import argparse
from typing import TYPE_CHECKING

from billdesk.cli.command import add_command, port

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Run a practice Stripe with a payable page, and a mail catcher, on this computer only, until
Ctrl-C. The first line printed is JSON that says where they are.
"""
_EPILOG = """\
examples:
  billdesk sandbox
  billdesk sandbox --port 12111 --mail-port 2525 --mail-dir caught
  BILLDESK_STRIPE_URL=http://127.0.0.1:12111 billdesk     use it in the window

exit codes: 0 ended by Ctrl-C or SIGTERM; 1 it could not start (a port is taken)
"""
# Handed on to the sandbox.
_OPTIONS = (
    ("--port", "PORT", "port of the practice Stripe (default: a free one)"),
    ("--mail-port", "PORT", "port of the mail catcher (default: a free one)"),
    ("--merchant", "NAME", "the name on the pay page"),
    ("--state-file", "FILE", "keep payment links across restarts here"),
    ("--mail-dir", "DIR", "also write caught mail here as .eml files"),
)


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "sandbox",
        run,
        summary="run the practice Stripe and the mail catcher",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        keeps_log=False,
    )
    for option, metavar, explanation in _OPTIONS:
        kind = port if metavar == "PORT" else str
        parser.add_argument(option, metavar=metavar, type=kind, help=explanation)


def run(options: argparse.Namespace) -> int:
    """Serve until told to end."""
    from billdesk.sandbox.__main__ import main

    given: list[str] = []
    for option, _, _ in _OPTIONS:
        value = getattr(options, option.removeprefix("--").replace("-", "_"))
        if value is not None:
            given.append(f"{option}={value}")
    return main(given)
