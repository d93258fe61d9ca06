"""``billdesk report``: who owes what, and the balance of every account, on any day."""

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from billdesk.cli.books import open_company
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import say, say_json
from billdesk.core.domain.currencies import exponent

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.queries import Queries
    from billdesk.core.queries.as_of import Buckets

_DESCRIPTION = """\
Print a report of the books as they stood at the end of a day.

ageing         what each customer owes, by how many days it is late
balance        each customer's account: open invoices, disputed money, unused credit
trial-balance  the balance of every account of the ledger, in the company's currency
"""
_EPILOG = """\
examples:
  billdesk report ageing
  billdesk report balance --as-of 2026-06-30
  billdesk report trial-balance --as-of 2025-12-31 --csv > trial-balance.csv

Amounts in --json are whole minor units (cents), elsewhere decimal numbers.

exit codes: 0 printed; 1 the books cannot be read, standard error says why
"""
BUCKETS = ("not due", "1-30", "31-60", "61-90", "over 90", "total")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """A report as rows of text; columns from ``first_amount`` on are amounts."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_amount: int


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "report",
        run,
        summary="print ageing, balances or the trial balance of any day",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    names = sorted(REPORTS)
    parser.add_argument("report", choices=names, metavar="|".join(names), help="which report")
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="the day, like 2026-12-31 (default: today)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")


def run(options: argparse.Namespace) -> int:
    """Print the report."""
    with open_company(options) as company:
        report = company.application.queries
        as_of = options.as_of or company.application.today()
        found, table = REPORTS[options.report](report, as_of)
        if options.json:
            say_json(found)
        elif options.csv:
            csv.writer(sys.stdout, lineterminator="\n").writerows(_cells(table))
        else:
            say(f"{company.entry.name}, {options.report} at the end of {as_of}")
            say()
            _print(table)
    return ExitCode.DONE


def _ageing(queries: "Queries", as_of: date) -> tuple[dict[str, Any], Table]:
    report = queries.ageing(as_of)
    rows = [
        (row.number, row.name, row.currency, *_amounts(row.open, row.currency))
        for row in report.rows
    ]
    rows += [("", "Total", currency, *_amounts(sums, currency)) for currency, sums in report.totals]
    base = _amounts(report.base_total, report.currency)
    rows.append(("", "Total in company currency", report.currency, *base))
    found = {
        "as_of": as_of.isoformat(),
        "currency": report.currency,
        "rows": [asdict(row) for row in report.rows],
        "totals": {currency: asdict(sums) for currency, sums in report.totals},
        "base_total": asdict(report.base_total),
    }
    return found, Table(("number", "customer", "currency", *BUCKETS), tuple(rows), 3)


def _balance(queries: "Queries", as_of: date) -> tuple[dict[str, Any], Table]:
    report = queries.balances(as_of)
    rows = tuple(
        (
            row.number,
            row.name,
            row.currency,
            *(
                _plain(minor, row.currency)
                for minor in (
                    row.open_minor,
                    row.disputed_minor,
                    row.credit_minor,
                    row.balance_minor,
                )
            ),
            _plain(row.base_minor, report.currency),
        )
        for row in report.rows
    )
    found = {
        "as_of": as_of.isoformat(),
        "currency": report.currency,
        "rows": [{**asdict(row), "balance_minor": row.balance_minor} for row in report.rows],
    }
    heads = ("number", "customer", "currency", "open", "disputed", "credit", "balance")
    return found, Table((*heads, f"in {report.currency}"), rows, 3)


def _trial_balance(queries: "Queries", as_of: date) -> tuple[dict[str, Any], Table]:
    report = queries.trial_balance(as_of)
    currency = report.currency
    rows = [
        (
            row.code,
            row.name,
            _plain(row.debit, currency) if row.debit else "",
            _plain(row.credit, currency) if row.credit else "",
        )
        for row in report.rows
    ]
    debit, credit = sum(row.debit for row in report.rows), sum(row.credit for row in report.rows)
    rows.append(("", "Total", _plain(debit, currency), _plain(credit, currency)))
    found = {
        "as_of": as_of.isoformat(),
        "currency": currency,
        "rows": [asdict(row) for row in report.rows],
        "debit_minor": debit,
        "credit_minor": credit,
    }
    return found, Table(("code", "account", "debit", "credit"), tuple(rows), 2)


REPORTS: dict[str, Callable[["Queries", date], tuple[dict[str, Any], Table]]] = {
    "ageing": _ageing,
    "balance": _balance,
    "trial-balance": _trial_balance,
}


def _amounts(sums: "Buckets", currency: str) -> tuple[str, ...]:
    parts = (
        sums.not_due,
        sums.late_1_30,
        sums.late_31_60,
        sums.late_61_90,
        sums.late_over_90,
        sums.total,
    )
    return tuple(_plain(part, currency) for part in parts)


def _plain(minor: int, currency: str) -> str:
    return format(Decimal(minor).scaleb(-exponent(currency)), "f")


def _cells(table: Table) -> list[list[str]]:
    """Rows no spreadsheet calculates with (https://owasp.org/www-community/attacks/CSV_Injection).

    Amounts may begin with a minus sign; words that would be a formula get an apostrophe.
    """
    return [
        [
            f"'{cell}" if i < table.first_amount and cell.startswith(_FORMULA) else cell
            for i, cell in enumerate(row)
        ]
        for row in (table.heads, *table.rows)
    ]


def _print(table: Table) -> None:
    lines: Sequence[tuple[str, ...]] = (table.heads, *table.rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.heads))]
    for line in lines:
        cells = (
            cell.rjust(width) if i >= table.first_amount else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        say("  ".join(cells).rstrip())


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{typed}” is not a date like 2026-12-31") from None
