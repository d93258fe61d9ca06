"""The steps of the database schema.

``SHIPPED`` is written down so that the usual start needs no Alembic; a test compares it with the
scripts in ``versions``.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Steps:
    """Revisions that are known, oldest first, and the folders their scripts are in."""

    revisions: tuple[str, ...]
    folders: tuple[Path, ...]

    @property
    def newest(self) -> str:
        """The revision the mapped tables belong to."""
        return self.revisions[-1]


SHIPPED = Steps(revisions=("0001", "0002", "0003", "0004"), folders=(FOLDER / "versions",))
