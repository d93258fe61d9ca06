"""Folders of cloud programs, by name and by what the programs leave in them."""

from pathlib import Path

import pytest

from billdesk.core.db.synced_folders import synced_by, warning


@pytest.mark.parametrize(
    ("place", "cloud"),
    [
        ("/home/ana/Dropbox/books", "Dropbox"),
        ("/home/ana/Dropbox (Personal)/books", "Dropbox"),
        ("/Users/ana/Library/CloudStorage/OneDrive-Studio/books", "OneDrive"),
        ("/Users/ana/Library/CloudStorage/GoogleDrive-ana@x.example/My Drive", "Google Drive"),
        ("/Users/ana/Library/Mobile Documents/com~apple~CloudDocs/b", "iCloud Drive"),
        ("/home/ana/iCloudDrive/b", "iCloud Drive"),
        ("/home/ana/Nextcloud/b", "Nextcloud"),
        ("/home/ana/ownCloud/b", "ownCloud"),
        ("/home/ana/Syncthing/b", "Syncthing"),
        ("/home/ana/.local/share/BillDesk", None),
        ("/home/ana/dropboxes/b", None),
    ],
)
def test_names(place: str, cloud: str | None) -> None:
    assert synced_by(Path(place), {}) == cloud


@pytest.mark.parametrize(
    ("marker", "cloud"),
    [
        (".stfolder", "Syncthing"),
        (".dropbox", "Dropbox"),
        (".sync_1f2e.db", "Nextcloud"),
        ("._sync_1f2e.db", "Nextcloud"),
        (".owncloudsync.log", "ownCloud"),
        (".tmp.driveupload", "Google Drive"),
    ],
)
def test_markers(tmp_path: Path, marker: str, cloud: str) -> None:
    top = tmp_path / "my files"
    books = top / "office" / "books"
    books.mkdir(parents=True)
    assert synced_by(books, {}) is None
    (top / marker).mkdir()
    assert synced_by(books, {}) == cloud


def test_windows_says_where_onedrive_is(tmp_path: Path) -> None:
    books = tmp_path / "cloud" / "books"
    assert synced_by(books, {"OneDrive": str(tmp_path / "cloud")}) == "OneDrive"
    assert synced_by(tmp_path / "else", {"OneDrive": str(tmp_path / "cloud")}) is None


def test_the_owner_is_told_what_to_do() -> None:
    told = warning(Path("/home/ana/Dropbox"), "Dropbox")
    assert "Move the books out of it and keep the backups there instead" in told
