"""Run the command, here or in a process of its own, and make books for it."""

import argparse
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import null

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.cli.main import main
from billdesk.cli.parser import build_parser
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput

COMPANY = "Morning Studio"
NUMBERS = ("INV-00001", "INV-00002", "INV-00003")
# What every program needs, and which sources are tried.
KEPT = ("PATH", "SYSTEMROOT", "PYTHONPATH")
COMMAND = [sys.executable, "-W", "error", "-m", "billdesk"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command: a home of its own, no keychain, no screen."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_DATA_HOME": str(home / "share"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def billdesk(
    home: Path,
    *arguments: str | Path,
    typed: str = "",
    keychain: KeyringBackend | None = None,
    **more: str,
) -> "subprocess.CompletedProcess[str]":
    """Run ``billdesk`` to its end in this process, which spares the start of Python.

    ``typed`` is its standard input, ``keychain`` what the system has of that kind.
    """
    given = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment(home, **more), clear=True),
        patch.object(sys, "stdin", io.StringIO(typed)),
        _keychain(keychain or null.Keyring()),
        log_given_back(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code: object = main(given)
        except SystemExit as ended:
            # How argparse ends: usage errors, --help.
            code = ended.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())


def in_a_process(
    home: Path, *arguments: str | Path, seconds: int = 60, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run ``billdesk`` to its end in a process of its own, where that is what is tried."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        env=environment(home, **more),
    )


@contextmanager
def log_given_back() -> Iterator[None]:
    """Takes away what the command adds to this process's log."""
    root = logging.getLogger()
    before, level, raising = list(root.handlers), root.level, logging.raiseExceptions
    try:
        yield
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
        logging.raiseExceptions = raising


@contextmanager
def _keychain(backend: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def one_sentence(ended: "subprocess.CompletedProcess[str]", *, code: int = 1) -> str:
    """The one line on standard error of a command that failed as it should."""
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command of ``billdesk`` with its parser."""
    actions = build_parser()._actions
    (found,) = (one for one in actions if isinstance(one, argparse._SubParsersAction))
    return dict(found.choices)


def make_books(paths: Paths, password: str | None = None) -> None:
    """A company with three issued invoices, of which the first has a stored PDF, and a draft."""
    books = open_books(paths, secrets=MemorySecretStore("for a test"), password=lambda: password)
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
