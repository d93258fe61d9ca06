"""Backups behind a passphrase: nobody reads them without it, anybody with it can."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from books import Shop, StillTime, open_shelf
from quick_key import HOLDS_NO_KEY, HOLDS_NO_TEXT, PASSPHRASE

from billdesk.bootstrap import Paths, restore_service
from billdesk.core.db.locking import WrongPassphrase
from billdesk.core.domain.errors import UserError
from billdesk.core.services.backups import BackupService


def test_a_locked_backup_goes_all_the_way_round(
    shop: Shop,
    backups: BackupService,
    close_shop: Callable[[], None],
    still_time: StillTime,
    tmp_path: Path,
) -> None:
    issued = shop.issued()
    shop.work()
    open_row = backups.make()
    backups.set_passphrase(PASSPHRASE)
    row = backups.make()

    # What stands in the clear: counts and the last number, no names and no amounts.
    assert row.locked
    assert row.file.name.endswith("-demand.age.zip")
    told = backups.rows()[0].summary
    assert told is not None
    assert (told.documents, told.companies[0].last_number) == (1, issued.number)
    with zipfile.ZipFile(row.file) as archive:
        assert archive.namelist() == ["READ ME.txt", "about.json", "key.age", "books.db.age"]
        assert b"age --decrypt --identity key.age" in archive.read("READ ME.txt")
        assert set(json.loads(archive.read("about.json"))) == {
            "made_at", "reason", "install", "schema", "audit", "companies",
        }  # fmt: skip
    raw = row.file.read_bytes()
    for secret in (b"SQLite format 3", b"Nordlicht", b"Werkstatt"):
        assert secret in open_row.file.read_bytes()
        assert secret not in raw
    # The PDFs are packed once more, behind the same lock.
    folder = shop.books.paths.backups / "pdfs"
    (pack,) = folder.glob("*.age.zip")
    assert b"%PDF" not in pack.read_bytes()

    # Any program that knows the format opens it: two steps of the published library.
    with zipfile.ZipFile(row.file) as archive:
        key_file = pyrage.passphrase.decrypt(archive.read("key.age"), PASSPHRASE).decode()
        identity = pyrage.x25519.Identity.from_str(key_file.splitlines()[1])
        books = pyrage.decrypt(archive.read("books.db.age"), [identity])
    assert books.startswith(b"SQLite format 3\0")

    close_shop()
    new = Paths(tmp_path / "new computer")
    new.folder.mkdir()
    service = restore_service(new, now=still_time.now, today=still_time.today)
    with pytest.raises(UserError, match="is locked") as caught:
        service.preview(row.file)
    assert caught.value.field == "passphrase"
    with pytest.raises(WrongPassphrase):
        service.preview(row.file, "battery staple")
    assert list(new.folder.iterdir()) == []
    done = service.restore(row.file, PASSPHRASE)
    assert (done.brought_back, done.trouble) == (1, ())
    after = open_shelf(new.folder, still_time)
    restored = Shop.open(after, 1, still_time)
    restored.check()
    restored.app.close()
    after.close()


@pytest.mark.usefixtures("quick_key")
def test_the_passphrase_is_in_the_keychain_and_nowhere_else(
    shop: Shop, backups: BackupService
) -> None:
    backups.set_passphrase(PASSPHRASE)
    row = backups.make()
    assert backups.passphrase_that_opens(row.file) == PASSPHRASE
    for file in shop.books.paths.folder.rglob("*"):
        assert not file.is_file() or PASSPHRASE.encode() not in file.read_bytes()
    backups.remove_passphrase()
    assert not backups.make().locked


def test_a_short_passphrase_is_refused(backups: BackupService) -> None:
    with pytest.raises(UserError, match="at least 8 characters") as caught:
        backups.set_passphrase("short")
    assert caught.value.field == "passphrase"
    assert backups.settings().key is None


@pytest.mark.usefixtures("quick_key")
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_locked_backup_is_refused(
    shop: Shop, backups: BackupService, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.set_passphrase(PASSPHRASE)
    row = backups.make()
    raw = bytearray(row.file.read_bytes())
    if damage == "cut":
        row.file.write_bytes(raw[:-2000])
    else:
        raw[len(raw) // 2] ^= 1
        row.file.write_bytes(raw)
    service = restore_service(shop.books.paths)
    with pytest.raises(UserError, match="damaged"):
        service.preview(row.file, PASSPHRASE)


@pytest.mark.usefixtures("quick_key")
@pytest.mark.parametrize("protected", [HOLDS_NO_KEY, HOLDS_NO_TEXT], ids=["words", "no text"])
def test_a_key_that_holds_none_is_refused(
    shop: Shop, backups: BackupService, protected: bytes, tmp_path: Path
) -> None:
    backups.set_passphrase(PASSPHRASE)
    row = backups.make()
    with zipfile.ZipFile(row.file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["key.age"] = protected
    forged = tmp_path / row.file.name
    with zipfile.ZipFile(forged, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(UserError, match="damaged"):
        restore_service(shop.books.paths).preview(forged, PASSPHRASE)


def test_settings_that_cannot_be_read_make_no_open_backup(
    shop: Shop, backups: BackupService
) -> None:
    (shop.books.paths.folder / "backup.json").write_text("{half")
    with pytest.raises(UserError, match=r"backup\.json.* cannot be read"):
        backups.make()
    assert not shop.books.paths.backups.exists()
