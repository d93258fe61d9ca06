"""Every command on books on a PostgreSQL server, as somebody who may only work with them."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bank_files import Movement, camt
from cli_support import (
    COMMAND,
    COMPANY,
    NUMBERS,
    billdesk,
    commands,
    environment,
    in_a_process,
    make_books,
    one_sentence,
)
from postgres_server import DESK, OWNER, PostgresServer
from sqlalchemy import text

from billdesk.bootstrap import Paths
from billdesk.core.db.postgres.engine import open_engine

WINDOW_S = 60


@dataclass(frozen=True)
class ServerDesk:
    """A desk whose books are a database of the tests' server; libpq knows the password."""

    server: PostgresServer
    home: Path
    database: str

    def run(
        self, *arguments: str | Path, role: str = DESK, database: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """The command, ended as it may."""
        return billdesk(self.home, *self.options(role, database), *arguments, **self.secrets)

    def done(self, *arguments: str | Path, role: str = DESK, database: str = "") -> str:
        """What the command says on its way to a good end."""
        ended = self.run(*arguments, role=role, database=database)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def options(self, role: str = DESK, database: str = "") -> tuple[str, ...]:
        """What stands before the command."""
        address = self.server.address(database or self.database, role)
        return ("--data-dir", str(self.home / "desk"), "--database", address.url)

    @property
    def secrets(self) -> dict[str, str]:
        """Where libpq finds the password."""
        return {"PGPASSFILE": str(self.home / "pgpass")}


@pytest.fixture(scope="module")
def sample(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the company of these tests, to be copied."""
    name = postgres.books()
    make_books(Paths(tmp_path_factory.mktemp("maker"), postgres.address(name)), postgres.password)
    yield name
    postgres.drop(name)


@pytest.fixture
def desk(postgres: PostgresServer, sample: str, tmp_path: Path) -> Iterator[ServerDesk]:
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{postgres.port}:*:*:{postgres.password}\n")
    file.chmod(0o600)
    name = postgres.create(template=sample)
    yield ServerDesk(postgres, tmp_path, name)
    postgres.drop(name)


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    """A database with books and no company in them."""
    name = postgres.books()
    yield name
    postgres.drop(name)


@pytest.fixture
def bare(postgres: PostgresServer) -> Iterator[str]:
    """A database with nothing in it."""
    name = postgres.create()
    yield name
    postgres.drop(name)


# -- a case for each command -----------------------------------------------------------------


def _import(desk: ServerDesk) -> None:
    file = desk.home / "customers.csv"
    file.write_text("name\nAda\n")
    assert "nothing was written" in desk.done("import", "--customers", file, "--dry-run")
    assert "1 customer" in desk.done("import", "--customers", file)


def _bank(desk: ServerDesk) -> None:
    file = desk.home / "november.xml"
    file.write_bytes(camt(Movement(24_000, NUMBERS[0], name="CAFE ANGSTROEM")).data)
    said = desk.done("bank", file, "--confirm-above", "90", "--json")
    assert json.loads(said)["confirmed"] == 1
    assert "imported before" in desk.done("bank", file)


def _pdf(desk: ServerDesk) -> None:
    out = desk.home / "out"
    assert "3 PDFs written" in desk.done("pdf", "--all", "--output", out)
    assert "1 unchanged" in desk.done("pdf", NUMBERS[1], "--output", out)
    assert all((out / f"{number}.pdf").read_bytes().startswith(b"%PDF-") for number in NUMBERS)


def _report(desk: ServerDesk) -> None:
    assert "720.00" in desk.done("report", "ageing", "--as-of", "2026-11-20")
    assert "Receivables,720.00," in desk.done("report", "trial-balance", "--csv")
    found = json.loads(desk.done("report", "balance", "--json"))
    assert sum(row["balance_minor"] for row in found["rows"]) == 72_000


def _sync(desk: ServerDesk) -> None:
    said = json.loads(desk.done("sync", "--once", "--json"))
    # The two PDFs that had not been drawn yet.
    assert (said["connected"], said["jobs"], said["error"]) == (False, 2, "")


def _verify(desk: ServerDesk) -> None:
    said = json.loads(desk.done("verify", "--json"))
    assert (said["clean"], said["documents"], said["entries"]) == (True, 3, 3)


def _left_to_the_server(*command: str) -> Callable[[ServerDesk], None]:
    def case(desk: ServerDesk) -> None:
        assert "use pg_dump and pg_restore" in one_sentence(desk.run(*command))

    return case


def _company_export(desk: ServerDesk) -> None:
    file = desk.home / "company.zip"
    assert f"{COMPANY}: " in desk.done("company-export", file)
    assert "exists already" in one_sentence(desk.run("company-export", file))


def _company_import(desk: ServerDesk) -> None:
    """To a file and back to another database: the figures and the audit log go along."""
    first, second = desk.home / "first.zip", desk.home / "second.zip"
    head = desk.done("company-export", first).split("head ")[1]
    folder = ("--data-dir", desk.home / "file")
    taken = billdesk(desk.home, *folder, "company-import", first)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert head in taken.stdout
    assert billdesk(desk.home, *folder, "company-export", second).returncode == 0
    database = desk.server.books()
    try:
        assert "all sums and the trial balance as exported" in desk.done(
            "company-import", second, database=database
        )
        assert "Everything holds." in desk.done("verify", database=database)
    finally:
        desk.server.drop(database)
    assert "in these books already" in one_sentence(desk.run("company-import", second))


def _company_close(desk: ServerDesk) -> None:
    file = desk.home / "company.zip"
    desk.done("sync", "--once")
    desk.done("company-export", file)
    assert "is closed" in desk.done("company-close", file, "--name", COMPANY)
    assert "Everything holds." in desk.done("--company", COMPANY, "verify")
    refused = desk.run("--company", COMPANY, "company-close", file, "--name", COMPANY)
    assert "was closed on" in one_sentence(refused)


def _doctor(desk: ServerDesk) -> None:
    report = json.loads(desk.done("doctor", "--json"))
    found = {one["area"]: one for one in report["findings"]}
    assert found["database"]["facts"]["server"] == str(desk.server.address(desk.database))
    assert [found[area]["level"] for area in ("migrations", "guards", "role")] == ["ok"] * 3
    assert found["archive"]["facts"] == {"files": 1}
    assert found["companies"]["facts"] == {"names": [COMPANY]}


def _migrate(desk: ServerDesk) -> None:
    assert "is up to date" in desk.done("migrate")
    given = desk.done("migrate", "--grant-to", DESK, role=OWNER)
    assert f"{DESK} may work with the books" in given
    refused = desk.run("migrate", "--grant-to", DESK)
    sentence = one_sentence(refused)
    assert "given by their owner" in sentence
    assert "migrate --grant-to USER" in sentence


def _sandbox(desk: ServerDesk) -> None:
    """Needs no books, and starts, or not, whatever is said of them."""
    (desk.home / "file").write_text("")
    ended = desk.run("sandbox", "--mail-dir", desk.home / "file" / "mail")
    assert "The sandbox could not start" in one_sentence(ended)


def _demo(desk: ServerDesk) -> None:
    out, database = desk.home / "out", desk.server.create()
    try:
        ended = in_a_process(
            desk.home,
            *desk.options(OWNER, database),
            "demo",
            "--headless",
            "--output",
            str(out),
            seconds=170,
            **desk.secrets,
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        report = json.loads((out / "report.json").read_text("utf-8"))
        assert (report["status"], report["ledger_balanced"]) == ("paid", True)
        assert (out / report["pdf"]).exists()
        assert "Everything holds." in desk.done("verify", role=OWNER, database=database)
    finally:
        desk.server.drop(database)


CASES: dict[str, Callable[[ServerDesk], None]] = {
    "import": _import,
    "bank": _bank,
    "pdf": _pdf,
    "report": _report,
    "sync": _sync,
    "verify": _verify,
    "backup": _left_to_the_server("backup"),
    "backups": _left_to_the_server("backups"),
    "restore": _left_to_the_server("restore", "books.db", "--yes"),
    "company-export": _company_export,
    "company-import": _company_import,
    "company-close": _company_close,
    "doctor": _doctor,
    "migrate": _migrate,
    "sandbox": _sandbox,
    "demo": _demo,
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("command", CASES)
def test_a_command(desk: ServerDesk, command: str) -> None:
    CASES[command](desk)
    if command != "company-close":
        assert "Everything holds." in desk.done("verify")


def test_no_command_is_forgotten() -> None:
    assert CASES.keys() == commands().keys()


# -- without a command -----------------------------------------------------------------------


def test_the_window_opens_and_closes_on_a_signal(desk: ServerDesk) -> None:
    logs = desk.home / "logs"
    with subprocess.Popen(
        [*COMMAND, *desk.options(), "--log-dir", logs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(desk.home, QT_QPA_PLATFORM="offscreen", **desk.secrets),
    ) as process:
        _wait_for_a_desk(desk)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WINDOW_S)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert [file for file in logs.iterdir() if "ERROR" in file.read_text("utf-8")] == []


def _wait_for_a_desk(desk: ServerDesk) -> None:
    """Returns once the window reads the books: its last statements are queries of Home."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = :name AND query LIKE '%FROM %document%'"
    )
    engine = open_engine(desk.server.address("postgres", OWNER), desk.server.secret)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for _ in range(WINDOW_S * 20):
                if connection.scalar(asked, {"name": desk.database}):
                    return
                connection.execute(text("SELECT pg_sleep(0.05)"))
    finally:
        engine.dispose()
    raise AssertionError("the window did not open the books")


# -- what is refused, in one sentence --------------------------------------------------------


def test_who_has_no_rights_is_told_whom_to_ask(desk: ServerDesk, bare: str) -> None:
    assert "has new, empty books" in desk.done("migrate", role=OWNER, database=bare)
    for command in (("verify",), ("sync", "--once"), ("report", "ageing")):
        said = one_sentence(desk.run(*command, database=bare))
        assert "billdesk migrate --grant-to" in said
    examined = desk.run("doctor", database=bare)
    assert (examined.returncode, examined.stderr) == (1, "")
    assert "bad   database    The database user may not do this." in examined.stdout


@pytest.mark.parametrize("command", [("verify",), ("pdf", "--all", "--output", "out")])
def test_a_database_without_books_is_left_without(
    desk: ServerDesk, bare: str, command: tuple[str, ...]
) -> None:
    said = one_sentence(desk.run(*command, role=OWNER, database=bare))
    assert "There are no books in the database" in said
    assert "has new, empty books" in desk.done("migrate", role=OWNER, database=bare)


def test_a_password_that_is_missing_or_wrong(desk: ServerDesk) -> None:
    (desk.home / "pgpass").write_text(f"*:*:*:*:wrong{os.linesep}")
    assert "refuses this password" in one_sentence(desk.run("verify"))
    (desk.home / "pgpass").write_text("")
    said = one_sentence(desk.run("verify"))
    assert "asks for the password" in said
    assert "~/.pgpass" in said


# -- a new company from files ----------------------------------------------------------------


def test_a_new_company_is_on_the_server_when_its_import_succeeds(
    desk: ServerDesk, empty: str
) -> None:
    file = desk.home / "customers.csv"
    new = ("import", "--customers", file, "--new-company", "Acme", "--currency", "EUR")
    file.write_text("name,country\nAda,Atlantis\n")
    assert desk.run(*new, database=empty).returncode == 1
    file.write_text("name\nAda\n")
    assert "nothing was written" in desk.done(*new, "--dry-run", database=empty)
    assert "hold no company yet" in one_sentence(desk.run("verify", database=empty))
    assert "1 customer" in desk.done(*new, database=empty)
    verified = json.loads(desk.done("verify", "--json", database=empty))
    assert (verified["company"]["name"], verified["clean"]) == ("Acme", True)
    again = one_sentence(desk.run(*new, database=empty))
    assert "holds the books of Acme already" in again
    assert not list((desk.home / "desk").glob(".new-books-*"))
