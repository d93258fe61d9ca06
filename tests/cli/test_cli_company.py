"""``billdesk company-export`` and ``company-import``: a company moves from folder to folder."""

import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from cli_support import COMPANY, billdesk, one_sentence

from billdesk.bootstrap import Paths, companies, open_application, open_books
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.verification import soundness


def test_a_company_moves_to_another_folder(books: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "company.zip", tmp_path / "there"
    written = billdesk(tmp_path, "--data-dir", books, "company-export", file)
    assert (written.returncode, written.stderr) == (0, "")
    assert f"{COMPANY}: " in written.stdout
    head = written.stdout.split("head ")[1].strip()

    taken = billdesk(tmp_path, "--data-dir", there, "company-import", file)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert f"head {head}" in taken.stdout
    verified = billdesk(tmp_path, "--data-dir", there, "verify")
    assert "3 issued documents, 3 ledger entries" in verified.stdout
    assert "Everything holds." in verified.stdout

    again = billdesk(tmp_path, "--data-dir", there, "company-import", file)
    assert "in these books already" in one_sentence(again)


def test_an_export_of_books_that_do_not_hold_is_written_and_says_so(
    books: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(books / "books.db")) as connection, connection:
        (guard,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'guard_audit_log_update'"
        ).fetchone()
        connection.execute("DROP TRIGGER guard_audit_log_update")
        connection.execute("UPDATE audit_log SET actor = 'x' WHERE seq = 2")
        connection.execute(guard)
    file = tmp_path / "company.zip"
    written = billdesk(tmp_path, "--data-dir", books, "company-export", file)
    assert written.returncode == 0
    assert file.exists()
    (careful,) = written.stderr.splitlines()
    assert careful.startswith("Careful: 1 violation in these books, the first: audit row 2: ")


def test_looking_after_an_export_ends_in_time(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "PATIENCE_S", 0)
    monkeypatch.setattr(soundness, "STEPS_BETWEEN_LOOKS", 100)
    file = tmp_path / "company.zip"
    written = billdesk(tmp_path, "--data-dir", books, "company-export", file)
    assert (written.returncode, written.stderr) == (0, "")
    assert "Not every rule was tried" in written.stdout


def test_the_export_is_checked_without_billdesk(books: Path, tmp_path: Path) -> None:
    file = tmp_path / "company.zip"
    billdesk(tmp_path, "--data-dir", books, "company-export", file)
    with zipfile.ZipFile(file) as archive:
        archive.extract("check.py", tmp_path)
    checked = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "check.py"), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0
    assert "Everything holds." in checked.stdout


def test_a_file_that_is_no_export_leaves_no_company(tmp_path: Path) -> None:
    letter, there = tmp_path / "letter.zip", tmp_path / "there"
    letter.write_text("Dear customer")
    refused = billdesk(tmp_path, "--data-dir", there, "company-import", letter)
    assert "not a whole export of a company" in one_sentence(refused)


def test_links_are_switched_off_before_a_company_is_closed(books: Path, tmp_path: Path) -> None:
    opened = open_books(Paths(books), secrets=MemorySecretStore("for this test"))
    with closing(opened):
        (company,) = companies(opened)
        app = open_application(opened, company.id)
        app.settings.save_online_payment(OnlinePayment(enabled=True))
        rows = app.queries.documents(DocumentFilter()).rows
        app.links.request(next(row.id for row in rows if row.open_minor > 0))
        app.close()
    file = tmp_path / "company.zip"
    billdesk(tmp_path, "--data-dir", books, "company-export", file)
    close = ("--data-dir", books, "company-close", file, "--name", COMPANY)
    assert billdesk(tmp_path, *close).returncode == 1
    asked = billdesk(tmp_path, *close, "--switch-off-links")
    assert (asked.returncode, asked.stderr) == (3, "")
    assert "1 payment link is to be switched off" in asked.stdout
    # There is none left, so now the company itself is looked at: what waits in the outbox.
    again = billdesk(tmp_path, *close, "--switch-off-links")
    assert "still being worked on" in one_sentence(again) or "have changed" in one_sentence(again)
