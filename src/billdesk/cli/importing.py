"""``billdesk import``: customers, items and invoices from CSV files."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billdesk.cli.books import open_company, paths_of
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.new_books import new_books
from billdesk.cli.output import complain, counted, say, say_json
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.services.importing import ImportFile, ImportReport, ImportService

_DESCRIPTION = """\
Bring customers, items and invoices from CSV files into the books. All or nothing: with one bad
line nothing is imported, and every bad line is reported with file, line, column and reason.

Invoices with a number of their own become history: they keep number, dates and what was paid, and
the number series goes on behind the highest of them. Nothing imported is mailed, reminded or given
a payment link by itself. Files with other column names need a mapping file (see docs/import.md).
"""
_EPILOG = """\
examples:
  billdesk import --customers customers.csv --dry-run
  billdesk import --customers c.csv --items i.csv --invoices v.csv --lines l.csv
  billdesk import --customers kunden.csv --mapping mapping.toml --locale de \\
      --date-format DD.MM.YYYY
  billdesk --data-dir ~/books import --new-company "Morning Studio" --currency EUR \\
      --customers c.csv --invoices v.csv --lines l.csv

exit codes: 0 imported (or, with --dry-run, it could be); 1 nothing was imported, and why
"""
_FILES = ("customers", "items", "invoices", "lines")


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "import",
        run,
        summary="customers, items and invoices from CSV files",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    for name in _FILES:
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"CSV file of {name}")
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help="mapping file (TOML) for foreign columns"
    )
    parser.add_argument(
        "--locale",
        default="",
        help="how numbers are written, for example de or en_US (default: 1234.50)",
    )
    parser.add_argument(
        "--date-format",
        default="",
        metavar="FORMAT",
        help="how dates are written, for example DD.MM.YYYY (default: YYYY-MM-DD)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="check everything, then take all of it back"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--new-company",
        metavar="NAME",
        help="start new books, or those of a server, with this company if the import succeeds",
    )
    parser.add_argument("--currency", metavar="CODE", help="the new company's currency, like EUR")
    parser.set_defaults(usage_error=parser.error)


def run(options: argparse.Namespace) -> int:
    """Import and print the report."""
    if not any(getattr(options, name) for name in _FILES):
        options.usage_error("give at least one of --customers, --items, --invoices, --lines")
    if bool(options.new_company) != bool(options.currency):
        options.usage_error("--new-company and --currency go together")
    with _import_service(options) as imports:
        report = _import(imports, options)
        if not report.clean:
            _tell(report, options)
            # Raised inside, so that books made for this import go away with it.
            problems = counted(report.problem_count, "problem", "problems")
            raise UserError(f"Nothing was imported because of {problems} in the files.")
    # Only now, when new books have got their place.
    _tell(report, options)
    return ExitCode.DONE


def _tell(report: "ImportReport", options: argparse.Namespace) -> None:
    if options.json:
        say_json(_as_json(report, dry_run=options.dry_run))
    else:
        _print(report, dry_run=options.dry_run)


@contextmanager
def _import_service(options: argparse.Namespace) -> Iterator["ImportService"]:
    if options.new_company:
        with new_books(
            paths_of(options),
            name=options.new_company,
            currency=options.currency,
            keep=not options.dry_run,
        ) as application:
            yield application.imports
    else:
        with open_company(options) as company:
            yield company.application.imports


def _import(imports: "ImportService", options: argparse.Namespace) -> "ImportReport":
    from billdesk.core.services.importing import (
        ImportFile,
        ImportFiles,
        ImportMapping,
        ImportOptions,
        read_mapping,
    )

    def read(name: str) -> "ImportFile | None":
        path = getattr(options, name)
        return None if path is None else ImportFile.read(path)

    mapping = read_mapping(options.mapping) if options.mapping else ImportMapping()
    files = ImportFiles(**{name: read(name) for name in _FILES})
    return imports.run(
        files,
        ImportOptions(
            mapping=mapping,
            locale=options.locale,
            date_format=options.date_format,
            dry_run=options.dry_run,
        ),
    )


def _as_json(report: "ImportReport", *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "written": report.written,
        "customers": report.customers,
        "items": report.items,
        "invoices": report.invoices,
        "drafts": report.drafts,
        "lines": report.lines,
        "payments": report.payments,
        "tax_rates": report.tax_rates,
        "totals_minor": dict(report.totals),
        "ignored_columns": list(report.ignored),
        "problem_count": report.problem_count,
        "problems": [
            {"file": one.file, "line": one.line, "column": one.column, "reason": one.reason}
            for one in report.problems
        ],
    }


def _print(report: "ImportReport", *, dry_run: bool) -> None:
    for problem in report.problems:
        complain(str(problem))
    if not report.clean:
        unnamed = report.problem_count - len(report.problems)
        if unnamed:
            complain(f"and {counted(unnamed, 'more problem', 'more problems')}")
        return
    say("This would be imported (nothing was written):" if dry_run else "Imported:")
    for count, one, many in (
        (report.customers, "customer", "customers"),
        (report.items, "item", "items"),
        (report.invoices, "invoice", "invoices"),
        (report.drafts, "draft", "drafts"),
        (report.lines, "line", "lines"),
        (report.payments, "payment", "payments"),
        (report.tax_rates, "new tax rate", "new tax rates"),
    ):
        if count:
            say(f"  {counted(count, one, many)}")
    for currency, total_minor in report.totals:
        total = Decimal(total_minor).scaleb(-exponent(currency))
        say(f"  invoices add up to {total:,} {currency}")
    if report.ignored:
        say(f"Nothing was taken from these columns: {', '.join(report.ignored)}")
