"""``billdesk restore``: look into a backup and put it in the place of the books."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import (
    Paths,
    companies,
    open_application,
    open_books,
    restore_service,
)
from billdesk.cli.backup import opened
from billdesk.cli.books import paths_of
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, counted, say, violations_text
from billdesk.cli.passphrases import ask_passphrase
from billdesk.core.domain.errors import BillDeskError, UserError

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.domain.backups import BackupSummary
    from billdesk.core.services.backups import Restored, RestorePreview, Soundness
    from billdesk.core.services.steps.restored_numbers import RaisedCounter

_SHOWN = 5
_PARTLY = "not by every rule, that takes too long here; “billdesk verify” does after a restore"
_DESCRIPTION = """\
Show what is in a backup, whether it holds, and what of the present books it does not have; after a
yes put it in their place. The present books are kept beside it as books-replaced-….db; nothing is
deleted. A backup of an older version is brought up to date on the way.

Number counters go on after everything that was given out since the backup: the present books, the
stored PDFs and Stripe's payment links are looked through. A number you know of besides, say from a
printed invoice, is told with --past.
"""
_EPILOG = """\
examples:
  billdesk restore billdesk-1a2b3c4d-20261126T160000Z-daily.db
  billdesk restore /media/stick/books.age.zip --yes
  billdesk restore --past INV-00131 /media/stick/books.db

FILE is a path or the name of one of “billdesk backups”. Close BillDesk first. The passphrase of a
locked backup comes from the keychain, the terminal, or the first line of standard input.

exit codes: 0 restored; 1 not restored, and nothing was changed
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "restore",
        run,
        summary="put a backup in the place of the books",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument(
        "--past",
        action="append",
        default=[],
        metavar="NUMBER",
        help="a number that has been given; counting goes on after it (may be repeated)",
    )


def run(options: argparse.Namespace) -> int:
    """Preview, ask, restore, tell."""
    paths = paths_of(options)
    service = restore_service(paths)
    _make_folder(paths)
    file = _file(options)
    passphrase = _passphrase(options, file)
    for line in preview_lines(service.preview(file, passphrase)):
        say(line)
    if not options.yes and not _agreed():
        raise UserError("Nothing was changed. Add --yes to restore this backup.")
    done = service.restore(file, passphrase, past=options.past)
    say()
    say("Restored.")
    for line in result_lines(done):
        say(line)
    _ask_stripe(paths)
    return ExitCode.DONE


def preview_lines(seen: "RestorePreview") -> list[str]:
    """What a restore would do, line by line."""
    lines = [
        f"Backup     {seen.file.name}, made {seen.made_at.astimezone():%Y-%m-%d %H:%M}"
        f"{', locked' if seen.locked else ''}",
        f"Schema     {seen.summary.schema}"
        f"{', to be brought up to date' if seen.is_older_schema else ''}",
        *_summary_lines("Holds", seen.summary),
    ]
    if seen.present is not None:
        lines += _summary_lines("Replaces", seen.present)
    elif seen.present_problem:
        lines.append(f"Replaces   {seen.present_problem}")
    if seen.of_other_books:
        lines.append("Careful    this backup was made from other books than the present ones")
    lost = seen.lost_documents
    if lost:
        sent = sum(1 for number in lost if number.sent)
        numbers = _some([number.number for number in lost])
        lines.append(
            f"Missing    {counted(len(lost), 'document', 'documents')} of the present books "
            f"({sent} sent): {numbers}"
        )
    if seen.soundness is not None:
        lines += _soundness_lines(seen.soundness)
    if seen.told_by_pdfs:
        lines.append(
            f"PDFs       stored PDFs name {_some(seen.told_by_pdfs)}; counting goes on after them"
        )
    return lines


def _soundness_lines(found: "Soundness") -> list[str]:
    if found.broken:
        return [
            f"Careful    {violations_text(found, 'this backup')}",
            "           it can be restored, but an earlier one may be better; “billdesk verify” "
            "names every one afterwards",
        ]
    if not found.is_complete:
        return [f"Checked    {_PARTLY}"]
    return ["Checked    everything in it holds"]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def result_lines(done: "Restored") -> list[str]:
    """What a restore did, line by line."""
    lines = []
    if done.aside is not None:
        lines.append(f"The books as they were before: {done.aside}")
    lines += raised_lines(done.raised)
    if done.doubted_mails:
        lines.append(
            f"{counted(done.doubted_mails, 'mail', 'mails')} that waited in the backup may have "
            "been sent since; look at them before sending again."
        )
    if done.brought_back:
        lines.append(f"{counted(done.brought_back, 'stored PDF', 'stored PDFs')} brought back.")
    return [*lines, *done.trouble]


def raised_lines(raised: "tuple[RaisedCounter, ...]") -> list[str]:
    """Where counting goes on."""
    return [
        f"The next {each.kind} number is {each.next_number}: {each.last_value - each.was} were "
        "given after the backup and are explained in the audit log as a gap."
        for each in raised
    ]


def _summary_lines(word: str, summary: "BackupSummary") -> list[str]:
    return [
        f"{word:<10} {each.name or 'a company'}: "
        f"{counted(each.documents, 'issued document', 'issued documents')}, "
        f"{counted(each.customers, 'customer', 'customers')}, "
        f"{counted(each.payments, 'payment', 'payments')}"
        + (f", newest {each.last_number} of {each.last_on}" if each.last_on else "")
        for each in summary.companies
    ] or [f"{word:<10} no company"]


def _make_folder(paths: Paths) -> None:
    try:
        paths.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {paths.folder} cannot be made: {error.strerror}.") from None


def _file(options: argparse.Namespace) -> Path:
    file: Path = options.file.expanduser()
    if not file.exists() and file.parent == Path():
        inside = opened(options).folder() / file
        if inside.exists():
            return inside
    return file.absolute()


def _passphrase(options: argparse.Namespace, file: Path) -> str | None:
    from billdesk.core.services.backups import is_locked

    if not is_locked(file):
        return None
    kept = opened(options).passphrase_that_opens(file)
    return kept if kept is not None else ask_passphrase("Passphrase of the backup")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    say()
    return input("Restore it? [y/N] ").strip().casefold() in ("y", "yes")


def _ask_stripe(paths: Paths) -> None:
    """Numbers that only Stripe knows of; without it the restore stands all the same."""
    books = open_books(paths)
    try:
        for entry in companies(books):
            application = open_application(books, entry.id)
            try:
                for line in raised_lines(application.seen_numbers.keep_past_stripe()):
                    say(line)
            except BillDeskError as error:
                complain(f"Stripe could not be asked for numbers it knows: {error}")
            finally:
                application.close()
    finally:
        books.close()
