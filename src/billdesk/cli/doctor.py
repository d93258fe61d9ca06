"""``billdesk doctor``: what works here, what does not, and what to do about it."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from billdesk.cli.books import paths_of
from billdesk.cli.checks.finding import Finding, Level, bad
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import say, say_json
from billdesk.core.domain.errors import BillDeskError

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Look at everything BillDesk needs on this computer and say what to do where something is wrong:
database, migrations, guards, archive, companies, keychain, Stripe, mail and how work with them
went, disk, clock, the log and the libraries of the window, backups and other programs on the same
books. Nothing is changed. Keys are shown by their first and last letters only.

Stripe is asked for its time where a key for it is in the keychain; the mail server is asked only
with --network. No password is tried and nothing is sent. With --stripe-try, and only with test
keys, a payment link is made at Stripe and switched off again, what the key may do is read, and each
point that Stripe's papers leave open is told.
"""
_EPILOG = """\
examples:
  billdesk doctor
  billdesk doctor --network
  billdesk doctor --stripe-try
  billdesk --data-dir ~/books doctor --json

Each line begins with ok, warn (worth knowing) or bad (in the way of working).

exit codes: 0 nothing is bad; 1 something is
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "doctor",
        run,
        summary="what works on this computer and what does not",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        keeps_log=False,
    )
    parser.add_argument("--network", action="store_true", help="also connect to the mail server")
    parser.add_argument(
        "--stripe-try", action="store_true", help="try Stripe out with a test key: makes one link"
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Examine and report."""
    findings: list[Finding] = []
    for finding in _examine(options):
        findings.append(finding)
        if not options.json:
            say(f"{finding.level.value:<5} {finding.area:<11} {finding.sentence}")
    healthy = all(finding.level is not Level.BAD for finding in findings)
    if options.json:
        say_json(
            {
                "healthy": healthy,
                "findings": [
                    {
                        "area": finding.area,
                        "level": finding.level.value,
                        "sentence": finding.sentence,
                        "facts": dict(finding.facts),
                    }
                    for finding in findings
                ],
            }
        )
    return ExitCode.DONE if healthy else ExitCode.FAILED


def _examine(options: argparse.Namespace) -> Iterator[Finding]:
    from billdesk.bootstrap import system_now
    from billdesk.cli.checks import backups, companies, database, machine, outside, server
    from billdesk.core.gateways.secrets import open_secret_store

    paths = paths_of(options)
    yield machine.check_log(options.log_dir)
    books_are_usable = False
    checks = server.check_server if paths.server else database.check_books
    for finding in checks(paths):
        if finding.area == database.MIGRATIONS:
            books_are_usable = finding.level is Level.OK
        yield finding
    if not paths.server:
        yield from database.check_archive(paths)
    secrets = open_secret_store()
    yield outside.check_keychain(secrets)
    if books_are_usable:
        try:
            yield from companies.check_companies(paths, secrets, network=options.network)
        except BillDeskError as error:
            yield bad(companies.COMPANIES, str(error))
        if options.stripe_try:
            from billdesk.cli.checks.stripe_trial import try_stripe

            yield from try_stripe(paths, secrets)
    else:
        yield machine.check_clock(system_now(), None)
    yield from machine.check_disk(paths.folder)
    if not paths.server:
        yield from machine.check_place(paths.folder)
        if books_are_usable:
            try:
                yield from backups.check_backups(paths, system_now())
            except BillDeskError as error:
                yield bad(backups.BACKUPS, str(error))
    yield machine.check_window()
