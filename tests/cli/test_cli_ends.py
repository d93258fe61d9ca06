"""Every way a command can end: one sentence and an exit code, whatever went wrong."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_support import (
    COMMAND,
    COMPANY,
    billdesk,
    environment,
    in_a_process,
    log_given_back,
    one_sentence,
)

from billdesk.bootstrap import CompanyEntry, choose_company
from billdesk.cli.main import main
from billdesk.core.db import migrate
from billdesk.core.domain.errors import UserError
from billdesk.core.services.verification import VerificationService

KEY = "sk_live_abcdefghijklmnop1234"


@pytest.fixture
def root_log() -> Iterator[None]:
    """Takes away what the command adds to the process's log."""
    with log_given_back():
        yield


def _set_schema(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / "books.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@pytest.mark.parametrize("command", [["verify"], ["migrate"], ["pdf", "--all", "--output", "out"]])
def test_a_folder_without_books_is_not_filled_by_a_command(
    command: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    said = one_sentence(billdesk(tmp_path, "--data-dir", folder, *command))
    assert f"There are no books in {folder}" in said
    assert list(folder.iterdir()) == []


def test_a_missing_folder(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    said = one_sentence(billdesk(tmp_path, "--data-dir", folder, "verify"))
    assert f"There are no books in {folder}; check --data-dir" in said
    assert not folder.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    customers = tmp_path / "customers.csv"
    customers.write_text("name\nAda\n")
    ended = billdesk(
        tmp_path, "--data-dir", tmp_path / "file" / "books", "import", "--customers", customers,
        "--new-company", "X", "--currency", "EUR",
    )  # fmt: skip
    assert "cannot be used: Not a directory" in one_sentence(ended)


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = one_sentence(billdesk(tmp_path, "--log-dir", tmp_path / "file", "verify"))
    assert "--log-dir" in said


def test_a_file_that_is_no_database(books: Path, tmp_path: Path) -> None:
    (books / "books.db").write_bytes(b"these are no books " * 100)
    assert "is not a BillDesk database" in one_sentence(
        billdesk(tmp_path, "--data-dir", books, "verify")
    )


@pytest.mark.parametrize("command", ["verify", "migrate"])
def test_books_of_a_newer_version(books: Path, tmp_path: Path, command: str) -> None:
    _set_schema(books, "9999")
    said = one_sentence(billdesk(tmp_path, "--data-dir", books, command))
    assert "newer version of BillDesk" in said


@pytest.mark.usefixtures("root_log")
def test_books_of_an_older_version_are_left_alone(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(migrate, "schema_state", lambda file: migrate.SchemaState.OLDER)
    before = (books / "books.db").read_bytes()
    assert main(["--data-dir", str(books), "--log-dir", str(tmp_path), "verify"]) == 1
    assert "billdesk migrate" in capsys.readouterr().err
    assert (books / "books.db").read_bytes() == before


def test_migrate_says_when_there_is_nothing_to_do(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "migrate")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "is up to date" in ended.stdout
    assert not (books / "backups").exists()


def test_an_unknown_company(books: Path, tmp_path: Path) -> None:
    said = one_sentence(billdesk(tmp_path, "--data-dir", books, "--company", "Acme", "verify"))
    assert "“Acme”" in said
    assert f"{COMPANY} (1)" in said


def test_a_company_is_chosen_by_name_or_id() -> None:
    first, second, twin = (
        CompanyEntry(1, "Studio", False),
        CompanyEntry(2, "2 Rivers", False),
        CompanyEntry(3, "studio", False),
    )
    assert choose_company([first], None) is first
    assert choose_company([first, second], "STUDIO") is first
    assert choose_company([first, second], "2") is second
    with pytest.raises(UserError, match="Choose a company with --company"):
        choose_company([first, second], None)
    with pytest.raises(UserError, match="by its id"):
        choose_company([first, second, twin], "studio")
    with pytest.raises(UserError, match="no company yet"):
        choose_company([], None)


@pytest.mark.usefixtures("root_log")
def test_a_fault_names_the_log_and_keeps_secrets_out_of_it(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(self: VerificationService) -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr(VerificationService, "run", fail)
    assert main(["--data-dir", str(books), "--log-dir", str(tmp_path), "verify"]) == 70
    said = capsys.readouterr()
    file = tmp_path / "billdesk.log"
    assert said.err == f"This is a fault in BillDesk (RuntimeError); the details are in {file}\n"
    assert "Traceback" in file.read_text("utf-8")
    assert KEY not in file.read_text("utf-8")


@pytest.mark.usefixtures("root_log")
def test_ctrl_c_is_quiet(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: VerificationService) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(VerificationService, "run", interrupt)
    assert main(["--data-dir", str(books), "--log-dir", str(tmp_path), "verify"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_goes_away_is_no_error(books: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--data-dir", books, "verify"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


def test_commands_need_no_qt(books: Path, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("name\nAda\n")
    commands = (
        ["verify"],
        ["doctor"],
        ["migrate"],
        ["sync", "--once"],
        ["report", "ageing"],
        ["pdf", "--all", "--output", "out", "--jobs", "1"],
        ["import", "--customers", "customers.csv", "--dry-run"],
    )
    code = (
        "import sys\n"
        "from billdesk.cli.main import main\n"
        f"for command in {commands!r}:\n"
        f"    code = main(['--data-dir', {str(books)!r}, *command])\n"
        "    assert code == 0, command\n"
        "    loaded = [name for name in sys.modules if name.startswith(('PySide6', 'shiboken6'))]\n"
        "    assert loaded == [], command\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(tmp_path),
        cwd=tmp_path,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_letters_the_terminal_cannot_show(books: Path, tmp_path: Path) -> None:
    target = tmp_path / "Ångström"
    shutil.copytree(books, target)
    ended = in_a_process(tmp_path, "--data-dir", target, "migrate", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "\\xc5ngstr\\xf6m" in ended.stdout
