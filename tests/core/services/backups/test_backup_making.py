"""Backups of books in use: what is in them, when they are made, which go."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from books import Shop

from billdesk.core.db.workshop import one_backup_at_a_time
from billdesk.core.domain.backups import BackupReason, Retention
from billdesk.core.domain.errors import TemporaryError, UserError
from billdesk.core.services.backups import BackupService


def test_a_backup_tells_what_is_in_it(shop: Shop, backups: BackupService) -> None:
    issued = shop.issued("100")
    shop.receive(issued.document_id, 4_000)
    shop.app.invoices.create(shop.draft())
    row = backups.make()
    (listed,) = backups.rows()
    assert listed == row
    assert (row.reason, row.locked, row.problem) == (BackupReason.DEMAND, False, "")
    assert row.size_bytes == row.file.stat().st_size
    assert row.summary is not None
    (company,) = row.summary.companies
    assert (company.documents, company.customers, company.payments) == (1, 2, 1)
    assert (company.last_number, company.last_on) == ("INV-00001", shop.time.today())


def test_a_backup_is_whole_books(shop: Shop, backups: BackupService) -> None:
    shop.issued()
    row = backups.make()
    with closing(sqlite3.connect(row.file)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT number FROM document").fetchone() == ("INV-00001",)


def test_two_in_one_second_have_two_names(shop: Shop, backups: BackupService) -> None:
    assert backups.make().file != backups.make().file
    assert len(backups.rows()) == 2


def test_the_daily_backup_is_made_once_and_only_of_changes(
    shop: Shop, backups: BackupService
) -> None:
    assert backups.make_if_due() is not None
    assert backups.make_if_due() is None, "there is one of today"
    shop.time.advance(days=1)
    assert backups.make_if_due() is None, "nothing has changed"
    shop.issued()
    made = backups.make_if_due()
    assert made is not None
    assert made.reason is BackupReason.DAILY
    assert backups.make_on_close() is None, "nothing has changed since"
    shop.issued()
    made = backups.make_on_close()
    assert made is not None
    assert made.reason is BackupReason.CLOSE


def test_a_new_backup_removes_what_has_outlived_itself(shop: Shop, backups: BackupService) -> None:
    backups.keep_for(Retention(days=2, weeks=0, months=0))
    old = backups.make()
    other = old.file.with_name("billdesk-ffffffff-20200101T000000Z-daily.db")
    note = old.file.with_name("note.db")
    for file in (other, note):
        file.write_text("somebody else's")
    shop.time.advance(days=3)
    new = backups.make()
    assert [row.file for row in backups.rows()] == [new.file]
    assert not old.file.exists()
    assert other.exists()
    assert note.exists()


def test_a_failed_backup_removes_nothing(shop: Shop, backups: BackupService) -> None:
    backups.keep_for(Retention(days=1, weeks=0, months=0))
    old = backups.make()
    shop.time.advance(days=30)
    shop.books.close()
    shop.books.paths.books.write_bytes(b"damaged" * 1000)
    with pytest.raises(UserError):
        backups.make()
    assert old.file.exists()


def test_another_folder_takes_the_backups(
    shop: Shop, backups: BackupService, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    with pytest.raises(UserError, match="is not there") as caught:
        backups.choose_folder(disk)
    assert caught.value.field == "folder"
    disk.mkdir()
    backups.choose_folder(disk)
    assert backups.make().file.parent == disk
    disk.rename(tmp_path / "unplugged")
    with pytest.raises(UserError, match="Connect its disk"):
        backups.make()
    assert not disk.exists()
    backups.choose_folder(None)
    assert backups.make().file.parent == shop.books.paths.backups


def test_stored_pdfs_are_copied_once(shop: Shop, backups: BackupService) -> None:
    shop.issued()
    shop.work()
    backups.make()
    folder = shop.books.paths.backups / "pdfs"
    first = sorted(file.name for file in folder.iterdir())
    assert len(first) == 2
    backups.make()
    assert sorted(file.name for file in folder.iterdir()) == first, "nothing new, nothing copied"
    shop.time.advance(days=1)
    shop.issued()
    shop.work()
    backups.make()
    assert len(list(folder.iterdir())) == 4
    lists = sorted(folder.glob("*.list"))
    contents = [file.read_text().splitlines()[2:] for file in lists]
    assert [len(each) for each in contents] == [1, 1]
    assert contents[0] != contents[1]


def test_a_lost_pack_is_made_again(shop: Shop, backups: BackupService) -> None:
    shop.issued()
    shop.work()
    backups.make()
    folder = shop.books.paths.backups / "pdfs"
    (pack,) = folder.glob("*.db")
    pack.unlink()
    shop.time.advance(minutes=1)
    backups.make()
    assert len(list(folder.glob("*.db"))) == 1


def test_a_damaged_pdf_is_told_and_the_rest_is_backed_up(
    shop: Shop, backups: BackupService
) -> None:
    shop.issued()
    shop.issued()
    shop.work()
    with closing(sqlite3.connect(shop.books.paths.archive)) as archive, archive:
        archive.execute("DROP TRIGGER guard_blob_update")
        archive.execute(
            "UPDATE blob SET data = zeroblob(size) WHERE rowid = (SELECT min(rowid) FROM blob)"
        )
    with pytest.raises(UserError, match="1 stored PDFs are damaged"):
        backups.make()
    assert len(backups.rows()) == 1
    (listing,) = (shop.books.paths.backups / "pdfs").glob("*.list")
    assert len(listing.read_text().splitlines()) == 3


def test_what_a_killed_backup_left_goes_after_a_day(shop: Shop, backups: BackupService) -> None:
    import os

    folder = shop.books.paths.backups
    folder.mkdir()
    part = folder / "billdesk-00000000-20261101T000000Z-daily.db.part"
    part.write_bytes(b"half")
    backups.make()
    assert part.exists(), "another program may be writing it"
    yesterday = part.stat().st_mtime - timedelta(days=2).total_seconds()
    os.utime(part, (yesterday, yesterday))
    backups.make()
    assert not part.exists()


def test_books_without_a_company_need_no_backup(shelf, tmp_path: Path) -> None:
    from billdesk.bootstrap import backup_service

    backups = backup_service(shelf.paths, shelf.secrets)
    assert backups.make_if_due() is None
    assert backups.make_on_close() is None
    with pytest.raises(UserError, match="no company yet"):
        backups.make()


def test_two_programs_do_not_back_up_at_once(shop: Shop, backups: BackupService) -> None:
    with one_backup_at_a_time(shop.books.paths.folder):
        with pytest.raises(TemporaryError, match="is backing up these books just now"):
            backups.make()
        assert backups.make_if_due() is None
    assert backups.make_if_due() is not None
