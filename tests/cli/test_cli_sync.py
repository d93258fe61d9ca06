"""``billdesk sync`` against a practice Stripe, with the key in a keychain."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_support import COMMAND, COMPANY, NUMBERS, billdesk, environment, one_sentence
from file_keychain import FileKeychain, variables

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.gateways.secrets import open_secret_store
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.companies import NewCompany
from billdesk.sandbox import StripeSandbox
from billdesk.sandbox.permissions import SLUGS


@dataclass(frozen=True)
class Desk:
    """Books connected to a practice Stripe."""

    books: Path
    stripe: StripeSandbox
    keys: Path

    def run(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """The command with these books, this keychain and this Stripe."""
        return billdesk(
            self.keys.parent,
            "--data-dir",
            self.books,
            *arguments,
            keychain=FileKeychain(self.keys),
            **{"BILLDESK_STRIPE_URL": self.stripe.url, **more},
        )

    @contextmanager
    def open(self) -> Iterator[Application]:
        secrets = open_secret_store(FileKeychain(self.keys))
        opened = open_books(Paths(self.books), secrets=secrets)
        application = open_application(opened, 1, stripe_url=self.stripe.url)
        try:
            yield application
        finally:
            application.close()
            opened.close()


@pytest.fixture
def desk(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with StripeSandbox() as stripe:
        made = Desk(books, stripe, tmp_path / "keyring.json")
        with made.open() as application:
            application.connecting.connect(stripe.api_key)
        yield made


def _document(application: Application, number: str) -> int:
    page = application.queries.documents(DocumentFilter(search=number))
    return next(row.id for row in page.rows if row.number == number)


def test_once_makes_links_and_books_payments(desk: Desk) -> None:
    with desk.open() as application:
        application.links.request(_document(application, NUMBERS[0]))
    first = desk.run("sync", "--once")
    assert (first.returncode, first.stderr) == (0, "")
    with desk.open() as application:
        link = application.queries.document(_document(application, NUMBERS[0])).link
    assert link is not None
    assert link.url is not None
    desk.stripe.pay(link.url)
    second = desk.run("sync", "--once", "--json")
    assert (second.returncode, second.stderr) == (0, "")
    report = json.loads(second.stdout)
    assert report["connected"]
    assert report["applied"] >= 1
    assert report["error"] == ""
    assert report["outbox_failed"] == 0
    with desk.open() as application:
        assert application.queries.document(_document(application, NUMBERS[0])).open_minor == 0


def test_stripe_out_of_reach(desk: Desk) -> None:
    desk.stripe.stop()
    assert "Stripe" in one_sentence(desk.run("sync", "--once"))


def test_without_a_key_on_this_computer(desk: Desk, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", desk.books, "sync", "--once")
    assert "has no Stripe key for this company" in one_sentence(ended)


def test_not_connected(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "sync", "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Stripe: not connected" in ended.stdout


def test_another_host_is_refused(desk: Desk) -> None:
    ended = desk.run("sync", "--once", BILLDESK_STRIPE_URL="http://192.0.2.1:12111")
    assert "must run on this computer" in one_sentence(ended)


def test_every_company_of_the_books(desk: Desk) -> None:
    secrets = open_secret_store(FileKeychain(desk.keys))
    opened = open_books(Paths(desk.books), secrets=secrets)
    create_company(opened, NewCompany("Evening Studio", currency="EUR"))
    opened.close()
    ended = desk.run("sync", "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line for line in ended.stdout.splitlines() if line.endswith("Studio:")] == [
        f"{COMPANY}:",
        "Evening Studio:",
    ]
    told = [json.loads(line) for line in desk.run("sync", "--once", "--json").stdout.splitlines()]
    assert [(one["company"], one["connected"]) for one in told] == [
        (COMPANY, True),
        ("Evening Studio", False),
    ]
    alone = desk.run("--company", "Evening Studio", "sync", "--once")
    assert "Studio" not in alone.stdout


def test_a_permission_that_is_missing_is_named_by_the_exit_code_too(desk: Desk) -> None:
    may = SLUGS - {"rak_event_read", "rak_event_write"}
    with desk.open() as application:
        application.connecting.connect(desk.stripe.make_key(sorted(may)))
    ended = desk.run("sync", "--once")
    assert ended.returncode == 3
    assert "rak_event_read" in ended.stderr
    assert json.loads(desk.run("sync", "--once", "--json").stdout)["missing_permission"]


def test_once_goes_on_until_everything_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billdesk.core.sync.reconciler.MOST_STEPS", 1)
    with desk.open() as application:
        application.sync.poll_now()
    with sqlite3.connect(desk.books / "books.db") as books:
        books.execute("UPDATE stripe_cursor SET deep_place = 'whole:own_links:'")
    books.close()
    ended = desk.run("sync", "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    with sqlite3.connect(desk.books / "books.db") as books:
        (place,) = books.execute("SELECT deep_place FROM stripe_cursor").fetchone()
    books.close()
    assert place is None


def test_one_invoice(desk: Desk) -> None:
    with desk.open() as application:
        application.links.request(_document(application, NUMBERS[0]))
        application.sync.work_outbox_now()
        link = application.queries.document(_document(application, NUMBERS[0])).link
    assert link is not None
    assert link.url is not None
    desk.stripe.pay(link.url)
    ended = desk.run("sync", "--invoice", NUMBERS[0])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{NUMBERS[0]}: 1 payment at Stripe. It is paid.\n"
    again = json.loads(desk.run("sync", "--invoice", NUMBERS[0], "--json").stdout)
    assert (again["payments"], again["open_minor"], again["error"]) == (1, 0, "")
    assert "no invoice INV-77777" in one_sentence(desk.run("sync", "--invoice", "INV-77777"))
    desk.stripe.stop()
    assert "Stripe" in one_sentence(desk.run("sync", "--invoice", NUMBERS[0]))


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_watch_goes_on_until_told_to_end(desk: Desk, tmp_path: Path, end: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "--data-dir", desk.books, "sync", "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, BILLDESK_STRIPE_URL=desk.stripe.url, **variables(desk.keys)),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        looked = json.loads(process.stdout.readline())
        assert looked["error"] == ""
        process.send_signal(end)
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
