"""Run the real command in a process of its own, and make books for it."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput

COMPANY = "Morning Studio"
NUMBERS = ("INV-00001", "INV-00002", "INV-00003")
COMMAND = [sys.executable, "-W", "error", "-m", "billdesk"]
# A keyring back end of the tests: it keeps secrets in a file, as no real one may.
FILE_KEYRING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

FILE = pathlib.Path(os.environ["TEST_KEYRING_FILE"])

class Keyring(KeyringBackend):
    priority = 5

    def _all(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}

    def get_password(self, service, username):
        return self._all().get(service + " " + username)

    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self._all(), service + " " + username: password}))

    def delete_password(self, service, username):
        FILE.write_text("{}")
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command: a home of its own, no keychain, no screen."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "share"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def billdesk(home: Path, *arguments: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run ``billdesk`` to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=environment(home, **more),
    )


def one_sentence(ended: "subprocess.CompletedProcess[str]", *, code: int = 1) -> str:
    """The one line on standard error of a command that failed as it should."""
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def make_books(folder: Path) -> None:
    """A company with three issued invoices, of which the first has a stored PDF, and a draft."""
    folder.mkdir()
    books = open_books(Paths(folder), secrets=MemorySecretStore("for a test"))
    application = open_application(books, create_company(books, NewCompany(COMPANY, "EUR")))
    customer = application.customers.create(CustomerInput(name="Café Ångström"))
    draft = InvoiceDraft(
        customer_id=customer,
        issued_on=date(2026, 11, 2),
        terms_days=14,
        lines=(LineDraft("Design", Decimal(3), Decimal("80.00")),),
    )
    for position in range(len(NUMBERS)):
        saved = application.invoices.create(replace(draft, subject=f"Part {position + 1}"))
        application.invoices.issue(saved.document_id, saved.version)
        if position == 0:
            application.sync.work_outbox_now()
    application.invoices.create(draft)
    application.close()
    books.close()
