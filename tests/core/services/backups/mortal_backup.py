"""A program that backs up, or restores FILE, until it is killed.

``python mortal_backup.py FOLDER [FILE]`` prints ``ready`` before it begins.
"""

import sys
from pathlib import Path

from billdesk.bootstrap import Paths, backup_service, restore_service
from billdesk.core.gateways.secrets import MemorySecretStore


def main(folder: Path, file: Path | None) -> None:
    paths = Paths(folder)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if file is not None:
        restore_service(paths).restore(file)
        return
    backups = backup_service(paths, MemorySecretStore("tests"))
    while True:
        backups.make()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
