"""Ask for a passphrase: at the terminal without showing it, else the first line of the input."""

import getpass
import sys

from billdesk.core.domain.errors import UserError


def ask_passphrase(prompt: str, *, twice: bool = False) -> str:
    """What was typed. Raises ``UserError`` when nothing was, or the second time differs."""
    if not sys.stdin.isatty():
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = getpass.getpass(f"{prompt}: ")
        if twice and getpass.getpass("Again: ") != typed:
            raise UserError("The two passphrases differ; nothing was done.")
    if not typed:
        raise UserError("No passphrase was given.")
    return typed
