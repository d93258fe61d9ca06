"""Restore: the look before, the present books kept aside, no number twice."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from books import Shop, StillTime, open_shelf

from billdesk.bootstrap import Paths, backup_service, companies, open_books, restore_service
from billdesk.core.db.archive import FileArchive
from billdesk.core.domain.errors import TemporaryError, UserError
from billdesk.core.domain.numbering import Reset
from billdesk.core.services.attachments import AttachmentInput
from billdesk.core.services.backups import BackupService, RestoreService, Soundness
from billdesk.core.services.steps.restored_numbers import numbers_in_links
from billdesk.core.services.verification import soundness
from billdesk.sandbox import MailCatcher, StripeSandbox

Close = Callable[[], None]


def reopened(folder: Path, time: StillTime) -> Shop:
    books = open_shelf(folder, time)
    return Shop.open(books, companies(books)[0].id, time)


def end(shop: Shop) -> None:
    shop.app.close()
    shop.books.close()


def test_the_preview_tells_what_would_come_and_what_would_go(
    shop: Shop, backups: BackupService, restores: RestoreService
) -> None:
    shop.issued()
    row = backups.make()
    later = shop.issued()
    before = shop.books.paths.books.stat().st_mtime_ns
    seen = restores.preview(row.file)
    assert (seen.made_at, seen.locked, seen.is_older_schema) == (shop.time.at, False, False)
    assert seen.summary.documents == 1
    assert seen.present is not None
    assert seen.present.documents == 2
    assert [number.number for number in seen.lost_documents] == [later.number]
    assert not seen.of_other_books
    assert shop.books.paths.books.stat().st_mtime_ns == before
    assert [path.name for path in shop.books.paths.folder.glob(".backup-*")] == []


def test_a_restore_brings_back_the_backup_and_keeps_the_books_aside(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    first = shop.issued()
    row = backups.make()
    shop.receive(first.document_id, 10_000)
    close_shop()
    done = restores.restore(row.file)
    assert done.aside is not None
    assert done.aside.name == "books-replaced-20261124T120000Z.db"
    after = reopened(shop.books.paths.folder, shop.time)
    assert after.rows("SELECT * FROM payment") == []
    assert after.audit()[-1] == "books.restored"
    after.check()
    end(after)
    again = restores.restore(done.aside)
    back = reopened(shop.books.paths.folder, shop.time)
    assert len(back.rows("SELECT * FROM payment")) == 1
    assert again.aside is not None
    assert again.aside != done.aside
    end(back)


def test_counters_go_on_after_what_the_present_books_gave(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    shop.issued()
    row = backups.make()
    for _ in range(3):
        shop.issued()
    close_shop()
    done = restores.restore(row.file)
    raised = {each.kind: each for each in done.raised}
    assert (raised["invoice"].was, raised["invoice"].last_value) == (1, 4)
    assert raised["invoice"].next_number == "INV-00005"
    assert raised["customer"].was == 1
    after = reopened(shop.books.paths.folder, shop.time)
    assert after.issued().number == "INV-00005"
    # The gap from 2 to 4 is explained by an audit row.
    after.check()
    assert "numbers.raised" in after.audit()
    after.falsify("UPDATE audit_log SET action = 'forgotten' WHERE action = 'numbers.raised'")
    rules = {violation.rule for violation in after.app.verification.run().violations}
    assert "number-gap" in rules
    end(after)


def test_stored_pdfs_tell_numbers_when_the_books_are_lost(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    shop.app.settings.save_series("{yyyy}-{seq:03}", Reset.YEARLY, at_creation=False)
    shop.issued()
    shop.work()
    row = backups.make()
    shop.issued(issued_on=date(2027, 1, 2))
    shop.issued(issued_on=date(2027, 1, 3))
    shop.work()
    close_shop()
    shop.books.paths.books.unlink()
    seen = restores.preview(row.file)
    assert seen.present is None
    assert [number.number for number in seen.archived] == ["Invoice 2027-001", "Invoice 2027-002"]
    done = restores.restore(row.file)
    assert done.aside is None
    (raised,) = done.raised
    assert (raised.period, raised.was, raised.last_value) == ("2027", 0, 2)
    after = reopened(shop.books.paths.folder, shop.time)
    assert after.issued(issued_on=date(2027, 1, 4)).number == "2027-003"
    assert after.issued().number == "2026-002"
    after.check()
    end(after)


def test_an_attached_pdf_raises_no_counter(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    customer = shop.customer()
    row = backups.make()
    forged = (
        b"%PDF-1.7 /Title (Invoice INV-30000000) /Author (Werkstatt Lang GmbH) "
        b"/CreationDate (D:20261124120000)"
    )
    shop.app.attachments.add_to_customer(customer, AttachmentInput("plan.pdf", forged))
    # Drawn by books that are no more: nobody knows whose it is, so its number counts.
    FileArchive(shop.books.paths.archive).put(forged.replace(b"30000000", b"00004"))
    close_shop()
    seen = restores.preview(row.file)
    assert seen.told_by_pdfs == ("Invoice INV-00004",)
    assert [(one.was, one.last_value) for one in restores.restore(row.file).raised] == [(0, 4)]
    after = reopened(shop.books.paths.folder, shop.time)
    assert after.issued().number == "INV-00005"
    end(after)


def test_counters_go_on_after_numbers_the_owner_and_stripe_know(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    row = backups.make()
    close_shop()
    done = restores.restore(row.file, past=["INV-00041", "something else"])
    assert [(one.was, one.last_value) for one in done.raised] == [(0, 41)]
    after = reopened(shop.books.paths.folder, shop.time)
    assert after.issued().number == "INV-00042"
    uid = after.app.company_uid
    seen = numbers_in_links(
        [
            {"company": uid, "invoice_no": "INV-00050", "install": "x"},
            {"company": "another", "invoice_no": "INV-00099"},
            {"order": "not ours"},
        ],
        after.time.today(),
    )
    (raised,) = after.app.seen_numbers.keep_past(seen)
    assert (raised.was, raised.last_value) == (42, 50)
    assert after.issued().number == "INV-00051"
    assert after.app.seen_numbers.keep_past(seen) == ()
    # A number out of all proportion does not keep the check of the books from ending.
    far = [{"company": uid, "invoice_no": "INV-900000000"}]
    after.app.seen_numbers.keep_past(numbers_in_links(far, after.time.today()))
    assert after.issued().number == "INV-900000001"
    after.check()
    after.check()
    end(after)


def test_a_mail_that_waited_is_not_sent_a_second_time(
    online: Shop, postbox: MailCatcher, still_time: StillTime
) -> None:
    issued = online.issued(customer_id=online.customer(email="a@b.example"))
    online.settle_down()
    online.app.mail.send(issued.document_id, online.app.mail.draft_for(issued.document_id))
    paths = online.books.paths
    row = backup_service(paths, online.books.secrets, now=still_time.now).make()
    online.settle_down()
    assert len(postbox.messages) == 1
    end(online)
    done = restore_service(paths, now=still_time.now, today=still_time.today).restore(row.file)
    assert done.doubted_mails == 1
    after = reopened(paths.folder, still_time)
    still_time.advance(minutes=5)
    after.work()
    assert after.one("SELECT state FROM mail").state == "unknown"
    assert len(postbox.messages) == 1
    after.check()
    end(after)


@pytest.fixture
def falsified(shop: Shop, backups: BackupService) -> Callable[[str], Path]:
    """A backup that somebody has changed with a program of their own."""
    shop.issued()
    shop.work()

    def made(sql: str) -> Path:
        file = backups.make().file
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(sql)
        return file

    return made


def test_the_preview_says_that_a_backup_holds(
    falsified: Callable[[str], Path], restores: RestoreService
) -> None:
    assert restores.preview(falsified("")).soundness == Soundness(0, "", is_complete=True)


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        (
            "CREATE TRIGGER helper AFTER INSERT ON payment BEGIN DELETE FROM bank_line; END",
            "helper: this trigger is not one of BillDesk's",
        ),
        (
            "DROP TRIGGER guard_audit_log_update; UPDATE audit_log SET actor = 'x' WHERE seq = 2",
            "audit row 2: it has been changed",
        ),
        (
            "DROP TRIGGER guard_document_frozen; UPDATE document SET total_minor = 1",
            "INV-00001: ",
        ),
        (
            "DROP TRIGGER guard_audit_detail_update; UPDATE audit_detail SET body = 'no JSON'",
            "",
        ),
    ],
)
def test_the_preview_names_what_does_not_hold_and_the_restore_is_allowed(
    falsified: Callable[[str], Path],
    restores: RestoreService,
    close_shop: Close,
    sql: str,
    first: str,
) -> None:
    file = falsified(sql)
    found = restores.preview(file).soundness
    assert found is not None
    assert found.broken
    assert found.first.startswith(first)
    close_shop()
    assert restores.restore(file).aside is not None


def test_looking_into_a_large_backup_ends_in_time(
    falsified: Callable[[str], Path], restores: RestoreService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "PATIENCE_S", 0)
    monkeypatch.setattr(soundness, "STEPS_BETWEEN_LOOKS", 100)
    forged = "CREATE TRIGGER helper AFTER INSERT ON payment BEGIN DELETE FROM bank_line; END"
    found = restores.preview(falsified(forged)).soundness
    # The triggers are always looked at.
    assert found == Soundness(1, "helper: this trigger is not one of BillDesk's", is_complete=False)


def test_nobody_may_have_the_books_open(
    shop: Shop, backups: BackupService, restores: RestoreService
) -> None:
    row = backups.make()
    with pytest.raises(TemporaryError, match=r"has these books open .* Close it"):
        restores.restore(row.file)
    assert shop.issued().number == "INV-00001"


def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    row = backups.make()
    close_shop()
    with row.file.open("r+b") as content:
        content.seek(row.size_bytes // 2)
        content.write(b"\xff" * 40_000)
    before = shop.books.paths.books.read_bytes()
    with pytest.raises(UserError, match="damaged"):
        restores.restore(row.file)
    assert shop.books.paths.books.read_bytes() == before
    assert list(shop.books.paths.folder.glob("books-replaced*")) == []


def test_damaged_books_are_kept_as_they_are(
    shop: Shop, backups: BackupService, restores: RestoreService, close_shop: Close
) -> None:
    shop.issued()
    row = backups.make()
    close_shop()
    damaged = b"\xff" * 50_000
    shop.books.paths.books.write_bytes(damaged)
    log = shop.books.paths.books.with_name("books.db-wal")
    log.write_bytes(b"half a log")
    seen = restores.preview(row.file)
    assert seen.present is None
    assert "books.db" in seen.present_problem
    done = restores.restore(row.file)
    assert done.aside is not None
    assert done.aside.read_bytes() == damaged
    assert done.aside.with_name(done.aside.name + "-wal").read_bytes() == b"half a log"
    assert not log.exists()
    after = reopened(shop.books.paths.folder, shop.time)
    after.check()
    assert len(after.rows("SELECT * FROM document")) == 1
    end(after)


def test_books_of_a_newer_version_are_not_restored(
    shop: Shop, backups: BackupService, restores: RestoreService
) -> None:
    import sqlite3
    from contextlib import closing

    row = backups.make()
    with closing(sqlite3.connect(row.file)) as copy, copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="newer version"):
        restores.preview(row.file)


def test_a_new_computer_gets_books_and_pdfs_from_the_backup_folder(
    shop: Shop, backups: BackupService, close_shop: Close, tmp_path: Path
) -> None:
    shop.issued()
    shop.work()
    row = backups.make()
    close_shop()
    new = Paths(tmp_path / "new computer")
    new.folder.mkdir()
    service = restore_service(new, now=shop.time.now, today=shop.time.today)
    done = service.restore(row.file)
    assert (done.aside, done.brought_back, done.trouble) == (None, 1, ())
    after = reopened(new.folder, shop.time)
    after.check()
    end(after)


def test_pdfs_that_are_nowhere_are_told(
    shop: Shop, backups: BackupService, close_shop: Close, tmp_path: Path
) -> None:
    shop.issued()
    shop.work()
    row = backups.make()
    close_shop()
    alone = tmp_path / row.file.name
    row.file.rename(alone)
    new = Paths(tmp_path / "new computer")
    new.folder.mkdir()
    done = restore_service(new, now=shop.time.now, today=shop.time.today).restore(alone)
    assert done.trouble == ("1 stored PDFs are in no backup.",)


def test_stripe_is_asked_which_numbers_its_links_bear(
    online: Shop, stripe_sandbox: StripeSandbox, still_time: StillTime
) -> None:
    paths, secrets = online.books.paths, online.books.secrets
    row = backup_service(paths, secrets, now=still_time.now).make()
    for _ in range(2):
        online.issued(online_payment=True)
    online.settle_down()
    end(online)
    # Neither books nor stored PDFs are left to tell.
    paths.books.unlink()
    paths.archive.unlink()
    restore_service(paths, now=still_time.now, today=still_time.today).restore(row.file)
    books = open_books(paths, secrets=secrets, now=still_time.now, today=still_time.today)
    after = Shop.open(books, companies(books)[0].id, still_time, stripe=stripe_sandbox)
    (raised,) = after.app.seen_numbers.keep_past_stripe()
    assert (raised.kind, raised.was, raised.last_value) == ("invoice", 0, 2)
    assert after.issued().number == "INV-00003"
    after.check()
    end(after)


def test_without_online_payment_stripe_is_not_asked(shop: Shop) -> None:
    assert shop.app.seen_numbers.keep_past_stripe() == ()


def test_a_link_that_waited_is_looked_for_before_it_is_made(
    online: Shop, stripe_sandbox: StripeSandbox, still_time: StillTime
) -> None:
    paths, secrets = online.books.paths, online.books.secrets
    document = online.issued(online_payment=True).document_id
    row = backup_service(paths, secrets, now=still_time.now).make()
    online.settle_down()
    made = online.links(document)[0].stripe_id
    assert made is not None
    end(online)
    restore_service(paths, now=still_time.now, today=still_time.today).restore(row.file)
    # Long enough for Stripe to have forgotten the idempotency key.
    still_time.advance(days=3)
    books = open_books(paths, secrets=secrets, now=still_time.now, today=still_time.today)
    after = Shop.open(books, companies(books)[0].id, still_time, stripe=stripe_sandbox)
    after.work()
    (link,) = after.links(document)
    assert (link.stripe_id, link.state) == (made, "active")
    after.check()
    end(after)
