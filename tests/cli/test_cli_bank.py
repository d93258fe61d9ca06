"""``billdesk bank``: a statement from the command line."""

import json
from pathlib import Path

from bank_files import Movement, camt, csv_file
from cli_support import billdesk, one_sentence


def statement(folder: Path) -> Path:
    path = folder / "november.xml"
    movements = (
        Movement(24_000, "INV-00001", name="CAFE ANGSTROEM"),
        Movement(-500, "???", name=""),
    )
    path.write_bytes(camt(*movements).data)
    return path


def test_a_statement_is_taken_in_and_what_is_safe_confirmed(books: Path, tmp_path: Path) -> None:
    path = statement(tmp_path)
    ended = billdesk(tmp_path, "--data-dir", books, "bank", path, "--confirm-above", "90", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == {
        "accounts": ["DE87200500001234567890"],
        "lines": 2,
        "known": 0,
        "imported_before": False,
        "confirmed": 1,
        "open": 1,
    }
    again = billdesk(tmp_path, "--data-dir", books, "bank", path)
    assert again.stdout.splitlines() == [
        "This file was imported before.",
        "1 line waits to be matched.",
    ]
    assert billdesk(tmp_path, "--data-dir", books, "verify").returncode == 0


def test_what_cannot_be_read_is_one_sentence(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(csv_file([Movement(100, "x")]).data)
    ended = billdesk(tmp_path, "--data-dir", books, "bank", path)
    assert "columns are not known yet" in one_sentence(ended)
    missing = billdesk(tmp_path, "--data-dir", books, "bank", tmp_path / "none.xml")
    assert "cannot be read" in one_sentence(missing)
    path.write_bytes(statement(tmp_path).read_bytes())
    low = billdesk(tmp_path, "--data-dir", books, "bank", path, "--confirm-above", "10")
    assert "50 %" in one_sentence(low)
