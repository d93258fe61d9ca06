"""Files locked with a passphrase, in the published age format (https://age-encryption.org/v1).

Each locked file is a zip archive that any zip program opens, holding the data encrypted to a key
(`*.age`), that key protected by the passphrase (`key.age`), what may be told in the clear
(`about.json`) and how to open it without BillDesk. Because only the public half of the key is
needed to lock, backups are made without asking for the passphrase.
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billdesk.core.db.backup import PART, flush, flush_folder
from billdesk.core.db.private_files import create_private, create_private_anew
from billdesk.core.domain.errors import UserError

SHORTEST_PASSPHRASE = 8
KEY = "key.age"
ABOUT = "about.json"
READ_ME = "READ ME.txt"
_SUFFIX = ".age"
_LARGEST_ABOUT = 1_000_000
_INSTRUCTIONS = """\
This is a backup of BillDesk, locked with a passphrase in the age format
(https://age-encryption.org). BillDesk opens it: billdesk restore FILE

Without BillDesk: unpack this archive and run one of the free programs age or rage in its folder,

    age --decrypt --identity key.age --output {name} {name}.age

and type the passphrase when it is asked for. {name} is then a SQLite database
(https://www.sqlite.org), which many programs read.

Nobody can open it without the passphrase, BillDesk's makers neither.
"""


class WrongPassphrase(UserError):
    """The passphrase does not open the file."""


@dataclass(frozen=True, slots=True)
class LockingKey:
    """What is needed to lock: ``recipient`` is public, ``protected`` opens with the passphrase."""

    recipient: str
    protected: bytes


def make_key(passphrase: str) -> LockingKey:
    """A new key behind ``passphrase``. Takes a second on purpose. Raises ``UserError``."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UserError(
            f"Use a passphrase of at least {SHORTEST_PASSPHRASE} characters; four or five words "
            "are easy to remember.",
            field="passphrase",
        )
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    # The form of an age identity file, so that "age --identity" takes it as it is.
    text = f"# public key: {recipient}\n{identity}\n"
    return LockingKey(recipient, pyrage.passphrase.encrypt(text.encode(), passphrase))


def lock(source: Path, target: Path, name: str, key: LockingKey, about: dict[str, Any]) -> None:
    """Write ``source`` locked to the new file ``target``, as ``name`` inside of it.

    ``target`` appears only when it is whole, on the disk and has been read back. Raises
    ``UserError`` when it cannot be written.
    """
    import pyrage

    recipient = pyrage.x25519.Recipient.from_str(key.recipient)
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                source.open("rb") as plain,
                create_private_anew(part) as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
            ):
                archive.writestr(READ_ME, _INSTRUCTIONS.format(name=name))
                archive.writestr(ABOUT, json.dumps(about, indent=2))
                archive.writestr(KEY, key.protected)
                with archive.open(name + _SUFFIX, "w", force_zip64=True) as into:
                    pyrage.encrypt_io(plain, into, [recipient])
            flush(part)
            with zipfile.ZipFile(part) as written:
                if written.testzip() is not None:
                    raise UserError(f"“{target}” came back from the disk changed. Check the disk.")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        flush_folder(target.parent)
    except (OSError, pyrage.EncryptError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"The backup “{target}” cannot be written: {reason}.") from error


def about_of(file: Path) -> dict[str, Any]:
    """What a locked file tells in the clear. Raises ``UserError`` when it is not one."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(ABOUT).file_size > _LARGEST_ABOUT:
                raise ValueError("too large")
            about = json.loads(archive.read(ABOUT))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"“{file}” is not a backup of BillDesk, or it is damaged.") from error
    if not isinstance(about, dict):
        raise UserError(f"“{file}” is not a backup of BillDesk, or it is damaged.")
    return about


def key_of(file: Path) -> bytes:
    """The protected key of a locked file. Raises ``UserError`` when it is not one."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.read(KEY)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"“{file}” is not a backup of BillDesk, or it is damaged.") from error


class Unlocker:
    """Opens locked files with one passphrase; each key is opened once, which takes a second."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self._identities: dict[bytes, Any] = {}

    def unlock(self, file: Path, target: Path, name: str) -> None:
        """Write what was locked as ``name`` to the new file ``target``, its owner's alone.

        Raises ``WrongPassphrase``, and ``UserError`` when ``file`` is damaged or there is no room.
        """
        import pyrage

        written = create_private(target)
        try:
            with written as plain, zipfile.ZipFile(file) as archive:
                identity = self._identity(archive.read(KEY))
                with archive.open(name + _SUFFIX) as locked:
                    pyrage.decrypt_io(locked, plain, [identity])
        except BaseException as error:
            target.unlink(missing_ok=True)
            if isinstance(error, OSError):
                reason = error.strerror or error
                raise UserError(f"“{file}” cannot be opened: {reason}.") from error
            if isinstance(error, (KeyError, ValueError, zipfile.BadZipFile, pyrage.DecryptError)):
                raise UserError(f"“{file}” is damaged. Choose another backup.") from error
            raise

    def _identity(self, protected: bytes) -> Any:
        if protected not in self._identities:
            self._identities[protected] = _identity(protected, self._passphrase)
        return self._identities[protected]


def opens(protected: bytes, passphrase: str) -> bool:
    """Whether ``passphrase`` is the one of a protected key. Takes a second on purpose."""
    try:
        _identity(protected, passphrase)
    except WrongPassphrase:
        return False
    return True


def _identity(protected: bytes, passphrase: str) -> Any:
    import pyrage

    try:
        text = pyrage.passphrase.decrypt(protected, passphrase)
    except pyrage.DecryptError:
        raise WrongPassphrase(
            "This is not the passphrase of the backup.", field="passphrase"
        ) from None
    try:
        lines = text.decode().splitlines()
        line = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
        return pyrage.x25519.Identity.from_str(line)
    except (UnicodeDecodeError, pyrage.IdentityError):
        raise UserError("The key of the backup is damaged. Choose another backup.") from None
