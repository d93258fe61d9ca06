"""A shop with its backups and its restore, on real files."""

from collections.abc import Callable

import pytest
from books import Shop

from billdesk.bootstrap import backup_service, restore_service
from billdesk.core.services.backups import BackupService, RestoreService

PASSPHRASE = "correct horse battery"


@pytest.fixture
def backups(shop: Shop) -> BackupService:
    return backup_service(shop.books.paths, shop.books.secrets, now=shop.time.now)


@pytest.fixture
def restores(shop: Shop) -> RestoreService:
    return restore_service(shop.books.paths, now=shop.time.now, today=shop.time.today)


@pytest.fixture
def close_shop(shop: Shop) -> Callable[[], None]:
    def close() -> None:
        shop.app.close()
        shop.books.close()

    return close
