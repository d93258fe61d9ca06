"""The files of an import, read once into memory."""

from dataclasses import dataclass
from pathlib import Path

from billdesk.core.domain.errors import UserError

LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A CSV file: the name used in messages and its bytes."""

    name: str
    data: bytes

    @classmethod
    def read(cls, path: Path) -> "ImportFile":
        """Read ``path``. Raises ``UserError`` when it is missing, unreadable or too large."""
        return cls(path.name, read_limited(path, LARGEST_BYTES))


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """What to import; any of them may be left out, ``lines`` needs ``invoices``."""

    customers: ImportFile | None = None
    items: ImportFile | None = None
    invoices: ImportFile | None = None
    lines: ImportFile | None = None


def read_limited(path: Path, most: int) -> bytes:
    """The bytes of ``path``. Raises ``UserError`` when it cannot be read or is above ``most``."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > most:
        raise UserError(f"{path} is larger than {most:,} bytes; split it into several files.")
    return data
