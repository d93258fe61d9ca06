"""``billdesk backup``, ``backups`` and ``restore`` on real books."""

import json
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from cli_support import billdesk, one_sentence
from file_keychain import FileKeychain

from billdesk.cli.parser import build_parser
from billdesk.core.domain.errors import UserError

PASSPHRASE = "correct horse battery"


def test_a_backup_is_made_listed_and_restored(books: Path, tmp_path: Path) -> None:
    made = billdesk(tmp_path, "--data-dir", books, "backup")
    assert made.returncode == 0, made.stderr
    file = Path(made.stdout.rpartition(" (")[0])
    assert file.parent == books / "backups"
    assert list((books / "backups" / "pdfs").glob("*.list"))

    (row,) = json.loads(billdesk(tmp_path, "--data-dir", books, "backups", "--json").stdout)[
        "backups"
    ]
    assert (row["reason"], row["locked"], row["problem"]) == ("demand", False, "")
    assert row["companies"][0]["last_number"] == "INV-00003"

    done = billdesk(
        tmp_path, "--data-dir", books, "restore", file.name, "--yes", "--past", "INV-00009"
    )
    assert done.returncode == 0, done.stderr
    assert "Checked    everything in it holds" in done.stdout
    assert "Holds      Morning Studio: 3 issued documents, 1 customer, 0 payments" in done.stdout
    assert "The next invoice number is INV-00010: 6 were given after the backup" in done.stdout
    (aside,) = books.glob("books-replaced-*.db")
    assert str(aside) in done.stdout


def test_a_passphrase_comes_from_the_input_and_is_kept(books: Path, tmp_path: Path) -> None:
    keychain = FileKeychain(tmp_path / "keyring.json")

    def run(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        return billdesk(tmp_path, "--data-dir", books, *arguments, typed=typed, keychain=keychain)

    made = run("backup", "--encrypt", typed=PASSPHRASE + "\n")
    assert made.returncode == 0, made.stderr
    assert "locked with this passphrase from now on" in made.stdout
    (file,) = (books / "backups").glob("*.age.zip")
    assert zipfile.is_zipfile(file)
    # The keychain knows the passphrase, so nobody is asked.
    assert run("restore", file.name, "--yes").returncode == 0

    elsewhere = tmp_path / "stick" / "books.age.zip"
    exported = run("backup", "--encrypt", "--to", str(elsewhere), typed="another passphrase\n")
    assert exported.returncode == 0, exported.stderr
    wrong = run("restore", str(elsewhere), "--yes", typed="not it at all\n")
    assert "not the passphrase" in one_sentence(wrong)


def test_a_backup_somebody_has_changed_is_told_and_restored(books: Path, tmp_path: Path) -> None:
    file = tmp_path / "books.db"
    assert billdesk(tmp_path, "--data-dir", books, "backup", "--to", file).returncode == 0
    with closing(sqlite3.connect(file)) as backup:
        backup.execute("CREATE TRIGGER helper AFTER INSERT ON payment BEGIN SELECT 1; END")
    done = billdesk(tmp_path, "--data-dir", books, "restore", file, "--yes")
    assert done.returncode == 0, done.stderr
    fault = "1 violation in this backup, the first: helper: this trigger is not one of BillDesk's"
    assert f"Careful    {fault}" in done.stdout
    assert "Restored." in done.stdout


def test_what_cannot_be_done_is_said_in_one_sentence(books: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    said = one_sentence(billdesk(tmp_path, "--data-dir", books, "backup", "--to", there))
    assert "exists already" in said
    assert there.read_text() == "mine"
    said = one_sentence(billdesk(tmp_path, "--data-dir", books, "restore", there, "--yes"))
    assert "not a BillDesk database" in said


def test_lost_books_are_not_replaced_by_empty_ones(books: Path, tmp_path: Path) -> None:
    assert billdesk(tmp_path, "--data-dir", books, "backup").returncode == 0
    (books / "books.db").unlink()
    (backup,) = (books / "backups").glob("*.db")
    one_sentence(billdesk(tmp_path, "--data-dir", books, "migrate"))
    assert not (books / "books.db").exists()
    asked = billdesk(tmp_path, "--data-dir", books, "restore", backup)
    assert "Nothing was changed. Add --yes" in one_sentence(asked)
    assert not (books / "books.db").exists()
    done = billdesk(tmp_path, "--data-dir", books, "restore", backup, "--yes")
    assert done.returncode == 0, done.stderr
    assert billdesk(tmp_path, "--data-dir", books, "verify").returncode == 0


@pytest.mark.parametrize("command", [("backup",), ("backups",), ("restore", "x.db")])
def test_books_on_a_server_are_backed_up_by_the_server(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    given = ["--data-dir", str(tmp_path / "desk"), "--log-dir", str(tmp_path)]
    options = build_parser().parse_args(
        [*given, "--database", "postgresql+psycopg://ana@db.example/books", *command]
    )
    with pytest.raises(UserError, match="use pg_dump and pg_restore"):
        options.run(options)
    assert not (tmp_path / "desk").exists()
