"""The key, its tail and what opens a payment are in the keychain and nowhere else."""

import gzip
import json
import logging
import os
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import keyring
import pytest
from books import Shop
from indiscreet_stripe import FAILURES, IndiscreetStripe
from keyring.backend import KeyringBackend
from spilling import spilled, spilled_in

# Before Qt loads.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import STRIPE_URL_VARIABLE, Books, Paths, backup_service
from billdesk.bootstrap.log_file import start_logging
from billdesk.cli.main import main
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import BillDeskError
from billdesk.desktop import DesktopProgram
from billdesk.sandbox import SandboxClock
from billdesk.ui.app import WindowApp
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import Dialog

KEY = "rk_test_5Qz7Wm2Lp9Xv4Tn8Rb3Kd6Hf1Jc0Gs"
# Four letters at the end may be shown, so that people know their keys apart.
TAIL = KEY[-16:]
CLIENT_SECRET = "pi_3PqAbCdEfGh_secret_Zx9Yw8Vu7Ts6Rq5Po4"
SECRETS = (KEY, TAIL, CLIENT_SECRET, CLIENT_SECRET[-16:])


class _Keychain(KeyringBackend):
    """A keychain in memory that BillDesk trusts."""

    priority = 5  # type: ignore[assignment]  # a plain attribute in every back end

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@contextmanager
def logged(folder: Path) -> Iterator[None]:
    """Everything any library says goes to the log file."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        start_logging(folder)
        root.setLevel(logging.DEBUG)
        yield
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)


def test_the_search_finds_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"..." + KEY.encode("utf-16-le"))
    (tmp_path / "packed").write_bytes(gzip.compress(f"x{KEY}x".encode()))
    with zipfile.ZipFile(tmp_path / "deep", "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("inner", (tmp_path / "packed").read_bytes())
    found = {where.partition(":")[0] for where in spilled_in(tmp_path, [KEY])}
    assert found == {"plain", "packed/unpacked", "deep/inner/unpacked"}
    assert spilled(json.dumps({"key": f"{KEY[:8]}...{KEY[-4:]}"}).encode(), SECRETS) == []


def test_no_key_anywhere(
    tmp_path: Path,
    shelf: Books,
    open_shop: Callable[..., Shop],
    qapp: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    state = tmp_path / "stripe" / "state.json"
    state.parent.mkdir()
    said: list[str] = []
    with logged(tmp_path / "log"):
        shop = open_shop()
        clock = SandboxClock(shop.time.seconds)
        world = IndiscreetStripe((KEY, CLIENT_SECRET), clock=clock, state_file=state)
        with world.connected() as stripe:
            shop = Shop.open(shelf, shop.app.company_id, shop.time, stripe=stripe)
            live_through(shop, stripe, said)
            give_out(shop, tmp_path, said)
            examine(shop, stripe, tmp_path, monkeypatch)
        doctor = capsys.readouterr().out
        assert json.loads(doctor)["findings"]
        said += [doctor, crashed(qapp, qtbot, tmp_path)]
        shop.app.close()
    shown = spilled("\n".join(said).encode(), SECRETS, "said")
    assert shown == []
    # Stripe's own file holds what Stripe knows of payments, but no key.
    stripes = tuple(one["client_secret"] for one in stripe.state()["payment_intents"])
    assert stripes
    tails = tuple(one.rpartition("_secret_")[2] for one in stripes)
    assert spilled_in(state.parent, SECRETS) == []
    for folder in (shelf.paths.folder, tmp_path / "log", tmp_path / "out"):
        assert spilled_in(folder, (*SECRETS, *stripes, *tails)) == []
    assert [shelf.secrets.get(*shop.key_entry())] == [KEY], "in the keychain it is"


def live_through(shop: Shop, stripe: IndiscreetStripe, said: list[str]) -> None:
    """Connect, be paid, and see everything fail in every way."""
    connecting = shop.app.connecting
    found = connecting.examine(KEY)
    said.append(repr(found))
    said.append(repr(connecting.connect(KEY, findings=found)))
    issued = shop.issued("100", online_payment=True)
    waiting = shop.issued("50", online_payment=True)
    shop.work()
    stripe.pay(shop.links(issued.document_id)[0].url)
    shop.settle_down()
    assert shop.state(issued.document_id) is DocumentState.PAID
    for failing in FAILURES:
        stripe.failing = failing
        for attempt in (
            lambda: connecting.connect(KEY),
            lambda: connecting.examine(KEY),
            shop.app.stripe_permissions.probe,
            shop.app.seen_numbers.keep_past_stripe,
        ):
            try:
                attempt()
            except BillDeskError as error:
                said += [str(error), repr(error), *traceback.format_exception(error)]
        shop.app.links.request(waiting.document_id)
        shop.pass_time(hours=2)
        shop.work()
        said.append(repr(shop.poll(deep=True)))
        said.append(repr(shop.app.queries.sync_status()))
        said.append(repr(shop.app.queries.document(waiting.document_id)))
    stripe.failing = None
    for wrong in (f"{KEY} ", f"{KEY}\u00e9", f"x{KEY}"):
        with suppress(BillDeskError):
            said.append(repr(connecting.examine(wrong)))
    said += [repr(shop.app.settings.kept_secrets()), repr(shop.app.queries.stripe_access())]
    said.append(repr(shop.app.connecting))
    # The faults were not waited out for good: it goes on.
    shop.app.connecting.connect(KEY)
    shop.settle_down()
    shop.check()


def give_out(shop: Shop, folder: Path, said: list[str]) -> None:
    """What leaves the books: a backup, an export, what is stored beside them."""
    out = folder / "out"
    out.mkdir()
    backups = backup_service(shop.books.paths, shop.books.secrets, now=shop.time.now)
    said.append(repr(backups.make()))
    backups.export(out / "books.backup")
    shop.app.exports.write(out / "company.zip")


def examine(
    shop: Shop, stripe: IndiscreetStripe, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``doctor --json`` with the key at hand."""
    keychain = _Keychain()
    keychain.kept[shop.key_entry()] = KEY
    monkeypatch.setenv(STRIPE_URL_VARIABLE, stripe.url)
    before = keyring.get_keyring()
    keyring.set_keyring(keychain)
    try:
        main(
            [
                "--log-dir",
                str(folder / "log"),
                "--data-dir",
                str(shop.books.paths.folder),
                "doctor",
                "--json",
            ]
        )
    finally:
        keyring.set_keyring(before)


def crashed(qapp: QApplication, qtbot: QtBot, folder: Path) -> str:
    """What the window lets one copy after a fault that has the key in its text."""
    settings = QSettings(str(folder / "device.ini"), QSettings.Format.IniFormat)
    window_app = WindowApp(DesktopProgram(Paths(folder / "no books"), None), settings)
    window_app.window.show()
    try:
        raise RuntimeError(f"{KEY} {CLIENT_SECRET}")
    except RuntimeError as error:
        window_app.report(error)
    (dialog,) = window_app.window.findChildren(Dialog)
    (copy,) = [one for one in dialog.findChildren(Button) if one.text() == "Copy details"]
    copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "RuntimeError" in copied
    dialog.accept()
    window_app.window.close()
    qtbot.waitUntil(lambda: not window_app.window.isVisible(), timeout=15_000)
    assert window_app.lanes.shutdown(10_000)
    window_app.window.deleteLater()
    return copied
