"""A program in a mount namespace of its own: ``python troubled_disk.py WHAT FOLDER``.

Prints one JSON object with what happened. ``FOLDER`` is empty and becomes a small or a read-only
disk that nobody else sees.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from books import Shop, StillTime, new_company, open_shelf

from billdesk.bootstrap import backup_service, restore_service
from billdesk.core.domain.errors import UserError

KB = 1024


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def refused(work: Callable[[], object]) -> str:
    """The sentence ``work`` was refused with; empty when it was done."""
    try:
        work()
    except UserError as error:
        return str(error)
    return ""


def refused_in_the_end(work: Callable[[], object]) -> str:
    for _ in range(2000):
        sentence = refused(work)
        if sentence:
            return sentence
    raise AssertionError("the disk never became full")


def full_disk(disk: Path) -> dict[str, Any]:
    """A disk of 4 MB is filled by work, by a backup and by a restore."""
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk)
    time = StillTime()
    shop = Shop.open(books := open_shelf(disk / "data", time), new_company(books), time)
    customer = shop.customer()
    shop.issued(customer_id=customer)
    shop.work()
    backups = backup_service(books.paths, books.secrets, now=time.now)
    whole = backups.make().file
    before = whole.read_bytes()

    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 200 * KB))
    backup = refused(backups.make)
    no_half_backup = [file.name for file in backups.folder().glob("*.db*")] == [whole.name]
    issued = refused_in_the_end(lambda: shop.issued(customer_id=customer))
    stored = refused_in_the_end(lambda: books.archive.put(os.urandom(100 * KB)))
    documents = len(shop.rows("SELECT * FROM document WHERE issued_at IS NOT NULL"))
    shop.app.close()
    books.close()
    restore = refused(
        lambda: restore_service(books.paths, now=time.now, today=time.today).restore(whole)
    )

    ballast.unlink()
    again = open_shelf(disk / "data", time)
    after = Shop.open(again, 1, time)
    after.check()
    same = len(after.rows("SELECT * FROM document WHERE issued_at IS NOT NULL")) == documents
    after.issued(customer_id=customer)
    after.check()
    after.app.close()
    again.close()
    return {
        "backup": backup,
        "issued": issued,
        "stored": stored,
        "restore": restore,
        "no_half_backup": no_half_backup,
        "earlier_backup_is_whole": whole.read_bytes() == before,
        "nothing_lost": same,
    }


def quota(disk: Path) -> dict[str, Any]:
    """Files may not grow any more, as under a quota: writing fails, the disk is not full."""
    time = StillTime()
    shop = Shop.open(books := open_shelf(disk / "data", time), new_company(books), time)
    customer = shop.customer()
    log = books.paths.books.with_name("books.db-wal")
    most = max(log.stat().st_size, books.paths.books.stat().st_size) + 64 * KB
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    issued = refused_in_the_end(lambda: shop.issued(customer_id=customer))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    shop.issued(customer_id=customer)
    shop.check()
    shop.app.close()
    books.close()
    return {"issued": issued}


def read_only(disk: Path) -> dict[str, Any]:
    """Books on a disk that takes no writing."""
    time = StillTime()
    books = open_shelf(disk / "data", time)
    shop = Shop.open(books, new_company(books), time)
    shop.issued()
    whole = backup_service(books.paths, books.secrets, now=time.now).make().file
    shop.app.close()
    books.close()
    content = books.paths.books.read_bytes()
    mount("--bind", disk, disk)
    mount("-o", "remount,ro,bind", disk)
    return {
        "open": refused(lambda: open_shelf(disk / "data", time)),
        "make": refused(lambda: open_shelf(disk / "other", time)),
        "backup": refused(backup_service(books.paths, books.secrets, now=time.now).make),
        "restore": refused(
            lambda: restore_service(books.paths, now=time.now, today=time.today).restore(whole)
        ),
        "unchanged": books.paths.books.read_bytes() == content,
    }


if __name__ == "__main__":
    done = {"full": full_disk, "quota": quota, "read-only": read_only}[sys.argv[1]](
        Path(sys.argv[2])
    )
    sys.stdout.write(json.dumps(done))
