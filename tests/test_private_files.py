"""Every file that holds the books is its owner's alone, in whatever folder, from the first byte."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Shop, StillTime, new_company, open_shelf

from billdesk.bootstrap import backup_service, restore_service
from billdesk.core.services.transfer.export_file import ExportWriter, write_export

PASSPHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    """A system that would let everybody read and write what is made."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077
    ]


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder everybody may look into."""
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o777)
    return folder


@pytest.fixture
def open_folder_shop(shared: Path, still_time: StillTime) -> Iterator[Shop]:
    """Books in such a folder, with a stored PDF."""
    books = open_shelf(shared, still_time)
    shop = Shop.open(books, new_company(books), still_time)
    shop.issued()
    shop.work()
    yield shop
    shop.app.close()
    books.close()


def test_books_backups_and_a_restore_are_the_owners_alone(
    open_folder_shop: Shop, shared: Path, still_time: StillTime
) -> None:
    shop = open_folder_shop
    backups = backup_service(shop.books.paths, shop.books.secrets, now=still_time.now)
    backup = backups.make()
    backups.export(shared / "copy.db")
    backups.set_passphrase(PASSPHRASE)
    backups.make()
    backups.export(shared / "copy.age.zip")
    shop.app.close()
    shop.books.close()
    restores = restore_service(shop.books.paths, now=still_time.now, today=still_time.today)
    done = restores.restore(backup.file)
    assert done.aside is not None
    assert done.aside.is_file()
    # The lists of packs name hashes, nothing else.
    left = [name for name in open_to_others(shared) if not name.endswith((".list", ".log"))]
    assert left == []


def test_what_leaves_the_books_is_the_owners_alone(open_folder_shop: Shop, shared: Path) -> None:
    shop = open_folder_shop
    shop.app.exports.write(shared / "company.zip")
    shop.app.personal_data.give_out(shop.customer(), shared / "person.zip")
    assert open_to_others(shared) == []


def test_nobody_else_can_read_an_export_that_is_being_written(shared: Path) -> None:
    (shared / "company.zip.part").write_bytes(b"left by a crash")

    def write(out: ExportWriter) -> None:
        out.data("customer.jsonl", b"{}\n")
        assert [file.name for file in shared.iterdir()] == ["company.zip.part"]
        assert open_to_others(shared) == []

    write_export(shared / "company.zip", write)
    assert open_to_others(shared) == []


def test_nobody_else_can_read_a_backup_that_is_being_written(
    open_folder_shop: Shop, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(file: Path) -> None:
        seen.append(file.name)
        assert open_to_others(shared) == []

    monkeypatch.setattr("billdesk.core.db.backup.flush", look)
    monkeypatch.setattr("billdesk.core.db.locking.flush", look)
    shop = open_folder_shop
    backups = backup_service(shop.books.paths, shop.books.secrets, now=shop.time.now)
    backups.export(shared / "copy.db")
    backups.export(shared / "copy.age.zip", passphrase=PASSPHRASE)
    assert seen == ["copy.db.part", "books.db.part", "copy.age.zip.part"]
