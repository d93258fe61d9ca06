"""A keychain of the tests: it keeps secrets in a file, as no real one may."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

FILE_VARIABLE = "TEST_KEYRING_FILE"


class FileKeychain(KeyringBackend):
    """Made by keyring in a process of its own, it finds its file in the environment."""

    priority = 5  # type: ignore[assignment]  # a plain attribute in every back end

    def __init__(self, file: Path | None = None) -> None:
        super().__init__()
        self._file = file or Path(os.environ[FILE_VARIABLE])

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._all()
        del kept[f"{service} {username}"]
        self._file.write_text(json.dumps(kept))

    def _all(self) -> dict[str, str]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}


def variables(file: Path) -> dict[str, str]:
    """What makes a process of its own use the keychain in ``file``."""
    path = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHON_KEYRING_BACKEND": "file_keychain.FileKeychain",
        FILE_VARIABLE: str(file),
    }
