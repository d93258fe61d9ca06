"""``billdesk report``: the books of any day, for people and programs."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_support import billdesk, one_sentence


def test_ageing_for_people_says_who_owes_what(tmp_path: Path, books: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "report", "ageing", "--as-of", "2026-11-20")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[0] == "Morning Studio, ageing at the end of 2026-11-20"
    assert " ".join(lines[2].split()) == (
        "number customer currency not due 1-30 31-60 61-90 over 90 total"
    )
    row = next(one for one in lines if "Café Ångström" in one)
    assert row.split()[-6:] == ["0.00", "720.00", "0.00", "0.00", "0.00", "720.00"]


def test_the_trial_balance_as_csv_is_a_table(tmp_path: Path, books: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "report", "trial-balance", "--csv")
    assert list(csv.reader(io.StringIO(ended.stdout))) == [
        ["code", "account", "debit", "credit"],
        ["1200", "Receivables", "720.00", ""],
        ["4000", "Revenue", "", "720.00"],
        ["", "Total", "720.00", "720.00"],
    ]


def test_a_name_is_no_formula_in_a_spreadsheet(tmp_path: Path, books: Path) -> None:
    with closing(sqlite3.connect(books / "books.db")) as connection, connection:
        connection.execute("UPDATE customer SET name = '=cmd|calc'")
    ended = billdesk(tmp_path, "--data-dir", books, "report", "ageing", "--csv")
    assert "'=cmd|calc" in {row[1] for row in csv.reader(io.StringIO(ended.stdout))}


@pytest.mark.parametrize(("day", "owed"), [("2026-11-01", 0), ("2026-11-02", 72_000)])
def test_balances_as_json_are_in_minor_units(
    tmp_path: Path, books: Path, day: str, owed: int
) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "report", "balance", "--json", "--as-of", day)
    found = json.loads(ended.stdout)
    assert (found["as_of"], found["currency"]) == (day, "EUR")
    assert sum(row["balance_minor"] for row in found["rows"]) == owed


def test_a_day_that_is_none_is_refused(tmp_path: Path, books: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "report", "ageing", "--as-of", "2026-02-30")
    assert "“2026-02-30” is not a date" in one_sentence(ended, code=2)
