"""Whether a folder is copied about by a cloud program, which knows nothing of databases.

Such a program may copy books.db and its log at different moments, or put an older one back.
"""

import os
from collections.abc import Mapping
from pathlib import Path

# Names of folders; "OneDrive - Company", "Dropbox (Personal)" and "GoogleDrive-name" start so.
_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "mobile documents": "iCloud Drive",
    "icloud drive": "iCloud Drive",
    "iclouddrive": "iCloud Drive",
    "icloud~": "iCloud Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "syncthing": "Syncthing",
    "pclouddrive": "pCloud",
    "box sync": "Box",
    "megasync": "MEGA",
    "seafile": "Seafile",
}
# What the programs themselves leave at the top of a folder they copy.
_MARKERS = (
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".stfolder", "Syncthing"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    (".tmp.drivedownload", "Google Drive"),
    (".tmp.driveupload", "Google Drive"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".sync_*.db", "Nextcloud"),
    ("._sync_*.db", "Nextcloud"),
    (".megaignore", "MEGA"),
    (".debris", "MEGA"),
    (".seafile-data", "Seafile"),
    (".sync/ID", "Resilio Sync"),
)
_VARIABLES = {
    "OneDrive": "OneDrive",
    "OneDriveConsumer": "OneDrive",
    "OneDriveCommercial": "OneDrive",
}


def synced_by(folder: Path, environment: Mapping[str, str] = os.environ) -> str | None:
    """The cloud program that copies ``folder`` by its looks, or ``None``."""
    place = folder.absolute()
    for parent in (place, *place.parents):
        found = _by_name(parent.name) or _by_marker(parent)
        if found:
            return found
    for variable, cloud in _VARIABLES.items():
        root = environment.get(variable)
        if root and place.is_relative_to(Path(root).absolute()):
            return cloud
    return None


def warning(folder: Path, cloud: str) -> str:
    """What to tell the owner of books in such a folder."""
    return (
        f"These books lie in a folder that {cloud} copies ({folder}). {cloud} can tear a database "
        "apart while it is in use. Move the books out of it and keep the backups there instead."
    )


def _by_name(name: str) -> str | None:
    name = name.casefold()
    for sign, cloud in _NAMES.items():
        if name == sign or name.startswith((f"{sign} ", f"{sign}-")):
            return cloud
    return None


def _by_marker(folder: Path) -> str | None:
    try:
        for marker, cloud in _MARKERS:
            if next(folder.glob(marker), None) is not None:
                return cloud
    except OSError:
        return None
    return None
