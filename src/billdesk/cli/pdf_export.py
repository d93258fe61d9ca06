"""Find the invoices of ``billdesk pdf``, have them written and report."""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.cli.books import open_company
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import complain, counted, say, size_text
from billdesk.cli.pdf_writing import Outcome, Wanted, Written, write_all
from billdesk.cli.safe_names import file_names
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import UserError
from billdesk.core.queries.documents import DocumentFilter, DocumentRow, DocumentSort

if TYPE_CHECKING:
    from billdesk.core.queries import Queries

# Below this a second process takes longer to start than it saves.
_WORTH_A_POOL = 60
_MOST_JOBS = 4
_MOST_NAMED = 10


def export(options: argparse.Namespace) -> int:
    """Write the files, print the figures, return the exit code. Raises ``UserError``."""
    began = time.perf_counter()
    with open_company(options) as company:
        queries = company.application.queries
        rows = list(_issued(queries)) if options.all else _named(queries, options.numbers)
        output = _folder(options.output)
        names = file_names([(row.number or str(row.id), row.id) for row in rows])
        wanted = [
            Wanted(row.id, row.number or str(row.id), output / name)
            for row, name in zip(rows, names, strict=True)
        ]
        jobs = options.jobs or _fitting_jobs(len(wanted))
        results = write_all(company, wanted, jobs=jobs, force=options.force)
    return _report(output, results, time.perf_counter() - began)


def _issued(queries: "Queries") -> Iterator[DocumentRow]:
    wanted = DocumentFilter(sort=DocumentSort.NUMBER, descending=False)
    after = None
    while True:
        page = queries.documents(wanted, after)
        yield from (row for row in page.rows if row.state is not DocumentState.DRAFT)
        after = page.next_key
        if after is None:
            return


def _named(queries: "Queries", numbers: Sequence[str]) -> list[DocumentRow]:
    found = [_find(queries, number) for number in dict.fromkeys(numbers)]
    for row in found:
        if row.state is DocumentState.DRAFT:
            raise UserError(f"{row.number} is a draft; issue it first.")
    return found


def _find(queries: "Queries", number: str) -> DocumentRow:
    after = None
    while True:
        page = queries.documents(DocumentFilter(search=number), after)
        for row in page.rows:
            if row.number is not None and row.number.casefold() == number.casefold():
                return row
        after = page.next_key
        if after is None:
            raise UserError(f"There is no invoice with the number {number}.")


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be made: {error.strerror}.") from None
    return folder


def _fitting_jobs(documents: int) -> int:
    if documents < _WORTH_A_POOL:
        return 1
    return min(_MOST_JOBS, os.cpu_count() or 1)


def _report(output: Path, results: Sequence[Written], seconds: float) -> int:
    def count(outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in results)

    if not results:
        say("No invoice has been issued yet; nothing was written.")
        return ExitCode.DONE
    say(
        f"{output}: {counted(count(Outcome.WRITTEN), 'PDF', 'PDFs')} written, "
        f"{count(Outcome.UNCHANGED):,} unchanged, {count(Outcome.KEPT):,} kept, "
        f"{count(Outcome.FAILED):,} failed "
        f"({size_text(sum(result.size_bytes for result in results))}, {seconds:.1f} s)"
    )
    kept = [result.name for result in results if result.outcome is Outcome.KEPT]
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    if kept:
        complain(
            f"{counted(len(kept), 'file has', 'files have')} other content and was kept: "
            f"{_some(kept)}; --force replaces."
        )
    for result in failed[:_MOST_NAMED]:
        complain(f"{result.name} was not written: {result.problem}")
    return ExitCode.FAILED if kept or failed else ExitCode.DONE


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
