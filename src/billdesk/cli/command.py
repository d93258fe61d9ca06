"""How a command module describes its arguments."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.core.domain.database_address import DatabaseAddress

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Run = Callable[[argparse.Namespace], int]


def add_command(
    commands: "Commands",
    name: str,
    run: Run,
    *,
    summary: str,
    description: str,
    epilog: str,
    keeps_log: bool = True,
) -> argparse.ArgumentParser:
    """Add a command; ``epilog`` teaches by examples. ``run`` returns the exit code.

    Without ``keeps_log`` the command starts although the log file cannot be written.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, keeps_log=keeps_log)
    return parser


def database(typed: str) -> "DatabaseAddress":
    """The address of a database. Raises ``ArgumentTypeError``, which never repeats what was typed:
    it may hold a password.
    """
    from billdesk.core.domain.database_address import parse_address

    try:
        return parse_address(typed)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(typed: str) -> int:
    """A whole number from 1. Raises ``ArgumentTypeError``."""
    if not typed.isdecimal() or int(typed) < 1:
        raise argparse.ArgumentTypeError(f"“{typed}” is not a number from 1")
    return int(typed)


def port(typed: str) -> int:
    """A port number; 0 takes a free one. Raises ``ArgumentTypeError``."""
    if not typed.isdecimal() or int(typed) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(typed)
