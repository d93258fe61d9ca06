"""``billdesk sync`` against a practice Stripe, with the key in a keychain."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_support import COMMAND, FILE_KEYRING, NUMBERS, billdesk, environment, one_sentence
from keyring.backend import KeyringBackend

from billdesk.bootstrap import Paths, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.gateways.secrets import open_secret_store
from billdesk.core.queries.documents import DocumentFilter
from billdesk.sandbox import StripeSandbox


class _FileKeyring(KeyringBackend):
    """What the command's own back end reads, from this side."""

    priority = 5  # type: ignore[assignment]  # a plain attribute in every back end

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def get_password(self, service: str, username: str) -> str | None:
        kept = json.loads(self._file.read_text()) if self._file.exists() else {}
        return kept.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({f"{service} {username}": password}))


@dataclass(frozen=True)
class Desk:
    """Books connected to a practice Stripe."""

    books: Path
    stripe: StripeSandbox
    variables: dict[str, str]

    @contextmanager
    def open(self) -> Iterator[Application]:
        keyring = _FileKeyring(Path(self.variables["TEST_KEYRING_FILE"]))
        opened = open_books(Paths(self.books), secrets=open_secret_store(keyring))
        application = open_application(opened, 1, stripe_url=self.stripe.url)
        try:
            yield application
        finally:
            application.close()
            opened.close()


@pytest.fixture
def desk(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "file_keyring.py").write_text(FILE_KEYRING)
    with StripeSandbox() as stripe:
        made = Desk(
            books,
            stripe,
            {
                "BILLDESK_STRIPE_URL": stripe.url,
                "PYTHONPATH": os.pathsep.join([str(modules)]),
                "PYTHON_KEYRING_BACKEND": "file_keyring.Keyring",
                "TEST_KEYRING_FILE": str(tmp_path / "keyring.json"),
            },
        )
        with made.open() as application:
            application.settings.connect_stripe(stripe.api_key)
        yield made


def _document(application: Application, number: str) -> int:
    page = application.queries.documents(DocumentFilter(search=number))
    return next(row.id for row in page.rows if row.number == number)


def test_once_makes_links_and_books_payments(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as application:
        application.links.request(_document(application, NUMBERS[0]))
    command = ("--data-dir", desk.books, "sync", "--once")
    first = billdesk(tmp_path, *command, **desk.variables)
    assert (first.returncode, first.stderr) == (0, "")
    with desk.open() as application:
        link = application.queries.document(_document(application, NUMBERS[0])).link
    assert link is not None
    assert link.url is not None
    desk.stripe.pay(link.url)
    second = billdesk(tmp_path, *command, "--json", **desk.variables)
    assert (second.returncode, second.stderr) == (0, "")
    report = json.loads(second.stdout)
    assert report["connected"]
    assert report["applied"] >= 1
    assert report["error"] == ""
    assert report["outbox_failed"] == 0
    with desk.open() as application:
        assert application.queries.document(_document(application, NUMBERS[0])).open_minor == 0


def test_stripe_out_of_reach(desk: Desk, tmp_path: Path) -> None:
    desk.stripe.stop()
    ended = billdesk(tmp_path, "--data-dir", desk.books, "sync", "--once", **desk.variables)
    assert "Stripe" in one_sentence(ended)


def test_without_a_key_on_this_computer(desk: Desk, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", desk.books, "sync", "--once")
    assert "has no Stripe key for this company" in one_sentence(ended)


def test_not_connected(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "sync", "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Stripe: not connected" in ended.stdout


def test_another_host_is_refused(desk: Desk, tmp_path: Path) -> None:
    elsewhere = {**desk.variables, "BILLDESK_STRIPE_URL": "http://192.0.2.1:12111"}
    ended = billdesk(tmp_path, "--data-dir", desk.books, "sync", "--once", **elsewhere)
    assert "must run on this computer" in one_sentence(ended)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_watch_goes_on_until_told_to_end(desk: Desk, tmp_path: Path, end: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "--data-dir", desk.books, "sync", "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, **desk.variables),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        looked = json.loads(process.stdout.readline())
        assert looked["error"] == ""
        process.send_signal(end)
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
