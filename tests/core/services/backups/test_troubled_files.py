"""Full and read-only disks, lost and damaged files: a clear sentence and no damage."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import troubled_disk
from books import Shop, StillTime, open_shelf

from billdesk.core.db.lost_books import LostBooks
from billdesk.core.domain.errors import UserError
from billdesk.core.services.backups import BackupService
from billdesk.core.services.backups.safety import Threat

TESTS = Path(__file__).parents[3]
# Mounts of one's own: root may, others through a user namespace.
NAMESPACE = (
    ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
)


def trouble(what: str, disk: Path) -> dict[str, Any]:
    disk.mkdir()
    done = subprocess.run(
        [*NAMESPACE, sys.executable, troubled_disk.__file__, what, str(disk)],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_full_disk_stops_work_and_harms_nothing(tmp_path: Path) -> None:
    found = trouble("full", tmp_path / "disk")
    for what in ("issued", "backup", "stored", "restore"):
        assert "full" in found[what] or "No space left" in found[what], (what, found[what])
    assert found["no_half_backup"]
    assert found["earlier_backup_is_whole"]
    assert found["nothing_lost"]


def test_a_quota_stops_work_and_harms_nothing(tmp_path: Path) -> None:
    assert "could not be written" in trouble("quota", tmp_path / "disk")["issued"]


def test_a_read_only_disk_is_told(tmp_path: Path) -> None:
    found = trouble("read-only", tmp_path / "disk")
    assert "cannot be written" in found["open"]
    assert "cannot be made" in found["make"]
    for what in ("backup", "restore"):
        assert "may be written" in found[what] or "cannot be written" in found[what], found
    assert found["unchanged"]


def test_a_file_that_is_deleted_meanwhile_takes_no_more_work(shop: Shop) -> None:
    shop.issued()
    file = shop.books.paths.books
    kept = file.with_name("elsewhere.db")
    file.rename(kept)
    for _ in range(2):
        with pytest.raises(UserError, match="removed, replaced or emptied"):
            shop.issued()
    shop.books.engine.dispose()
    with pytest.raises(UserError, match="removed, replaced or emptied"):
        shop.issued()
    assert not file.exists(), "no empty file in its place"
    kept.rename(file)
    assert shop.issued().number == "INV-00002"
    shop.check()


def test_a_file_that_is_replaced_meanwhile_takes_no_more_work(shop: Shop) -> None:
    shop.issued()
    file = shop.books.paths.books
    older = file.read_bytes()
    file.rename(file.with_name("elsewhere.db"))
    file.write_bytes(older)
    with pytest.raises(UserError, match="removed, replaced or emptied"):
        shop.issued()
    assert file.read_bytes() == older


@pytest.mark.parametrize("traces", ["archive", "backups"])
def test_lost_books_are_not_begun_anew(
    shop: Shop,
    backups: BackupService,
    close_shop: Callable[[], None],
    still_time: StillTime,
    traces: str,
) -> None:
    shop.issued()
    if traces == "archive":
        shop.work()
    else:
        backups.make()
    close_shop()
    file = shop.books.paths.books
    for lose in (lambda: file.write_bytes(b""), file.unlink):
        lose()
        with pytest.raises(LostBooks, match="restore your newest backup"):
            open_shelf(file.parent, still_time)
        assert not file.exists() or file.stat().st_size == 0


def test_an_emptied_file_keeps_its_log(shop: Shop, still_time: StillTime, tmp_path: Path) -> None:
    shop.issued()
    folder = tmp_path / "copy"
    folder.mkdir()
    log = folder / "books.db-wal"
    log.write_bytes(shop.books.paths.books.with_name("books.db-wal").read_bytes())
    (folder / "books.db").touch()
    before = log.read_bytes()
    assert before
    with pytest.raises(LostBooks, match="is empty, but its log"):
        open_shelf(folder, still_time)
    assert log.read_bytes() == before


def test_a_truncated_file_is_told_at_the_start(
    shop: Shop, close_shop: Callable[[], None], still_time: StillTime
) -> None:
    shop.issued()
    close_shop()
    file = shop.books.paths.books
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size // 2)
    before = file.read_bytes()
    with pytest.raises(UserError, match=r"is damaged\. Restore your newest backup"):
        open_shelf(file.parent, still_time)
    assert file.read_bytes() == before


def test_damage_within_is_found_by_the_look_at_the_start(shop: Shop) -> None:
    for _ in range(3):
        shop.issued()
    assert shop.app.safety is not None
    assert shop.app.safety.look() == ()
    shop.books.engine.dispose()
    file = shop.books.paths.books
    size = file.stat().st_size
    with file.open("r+b") as content:
        content.seek(size - 3 * 4096)
        content.write(b"\xff" * 4096 * 3)
    (notice,) = shop.app.safety.look()
    assert notice.threat is Threat.DAMAGED
    assert "damaged" in notice.sentence
    assert "newest backup" in notice.sentence
