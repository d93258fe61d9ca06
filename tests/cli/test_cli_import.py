"""``billdesk import``: all or nothing, every bad line named."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from cli_support import billdesk, one_sentence

CUSTOMERS = "number;name;country\nK-1;Café Ångström;SE\nK-2;Müller & Söhne;DE\n"
INVOICES = (
    "number;customer;currency;issued_on;due_on;paid_on;amount_paid\n"
    "2025-007;K-1;EUR;01.03.2025;15.03.2025;12.03.2025;1.234,50\n"
)
LINES = "invoice;name;quantity;unit_price\n2025-007;Design;1;1.234,50\n"


def _files(folder: Path, customers: str = CUSTOMERS) -> list[str | Path]:
    arguments: list[str | Path] = ["--locale", "de", "--date-format", "DD.MM.YYYY"]
    texts = {"customers": customers, "invoices": INVOICES, "lines": LINES}
    for name, text in texts.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8-sig")
        arguments += [f"--{name}", file]
    return arguments


def _dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "books.db")) as connection:
        return [line for line in connection.iterdump() if line.startswith("INSERT")]


def test_a_dry_run_leaves_nothing(books: Path, tmp_path: Path) -> None:
    before = _dump(books)
    ended = billdesk(tmp_path, "--data-dir", books, "import", *_files(tmp_path), "--dry-run")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "nothing was written" in ended.stdout
    assert "2 customers" in ended.stdout
    assert "1,234.50 EUR" in ended.stdout
    assert _dump(books) == before


def test_an_import(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "import", *_files(tmp_path), "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    report = json.loads(ended.stdout)
    assert report["written"]
    assert (report["customers"], report["invoices"], report["payments"]) == (2, 1, 1)
    assert report["totals_minor"] == {"EUR": 123450}
    assert report["problems"] == []
    verified = billdesk(tmp_path, "--data-dir", books, "verify", "--json")
    assert json.loads(verified.stdout)["documents"] == 4
    # History is drawn from what was imported.
    output = tmp_path / "out"
    drawn = billdesk(tmp_path, "--data-dir", books, "pdf", "2025-007", "--output", output)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert (output / "2025-007.pdf").read_bytes().startswith(b"%PDF-")


def test_bad_lines_are_named_and_nothing_is_imported(books: Path, tmp_path: Path) -> None:
    before = _dump(books)
    files = _files(tmp_path, customers="number;name;country\nK-1;;SE\nK-2;Müller;Atlantis\n")
    ended = billdesk(tmp_path, "--data-dir", books, "import", *files)
    assert ended.returncode == 1
    *problems, last = ended.stderr.splitlines()
    assert problems[0].startswith("customers.csv, line 2, column name: ")
    assert any(line.startswith("customers.csv, line 3, column country: ") for line in problems)
    assert last == "Nothing was imported because of 2 problems in the files."
    assert ended.stdout == ""
    assert _dump(books) == before
    as_json = billdesk(tmp_path, "--data-dir", books, "import", *files, "--json")
    assert [one["line"] for one in json.loads(as_json.stdout)["problems"]] == [2, 3]
    one_sentence(as_json)


def test_a_bad_mapping(books: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[custmers]\nname = "Firma"\n')
    ended = billdesk(
        tmp_path, "--data-dir", books, "import", *_files(tmp_path), "--mapping", mapping
    )
    assert "is “customers” meant?" in one_sentence(ended)


def test_new_books_appear_only_when_the_import_succeeds(tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    new = ("--new-company", "Acme", "--currency", "EUR")
    bad = billdesk(tmp_path, "--data-dir", folder, "import", *_files(tmp_path, "name\n\n"), *new)
    assert bad.returncode == 1
    dry = billdesk(tmp_path, "--data-dir", folder, "import", *_files(tmp_path), *new, "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert not folder.exists()
    made = billdesk(tmp_path, "--data-dir", folder, "import", *_files(tmp_path), *new)
    assert (made.returncode, made.stderr) == (0, "")
    assert [file.name for file in folder.iterdir()] == ["books.db"]
    verified = billdesk(tmp_path, "--data-dir", folder, "verify", "--json")
    assert json.loads(verified.stdout)["company"]["name"] == "Acme"
    again = billdesk(tmp_path, "--data-dir", folder, "import", *_files(tmp_path), *new)
    assert "There are books in" in one_sentence(again)
