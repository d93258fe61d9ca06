"""The way to the Internet chosen at this computer: a small file in the data folder."""

import json
import os
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

from billdesk.core.domain.canonical import canonical_json, from_json
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.network_way import NetworkWay, check_way

FILE = "network.json"
BUNDLE = "certificates.pem"
# Python's ssl module does not read the keychains of macOS.
_KEYCHAINS = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)
_PATIENCE_S = 20


def read_way(folder: Path) -> NetworkWay:
    """What was chosen; the usual way where nothing was. Raises ``UserError`` for a broken file."""
    file = folder / FILE
    try:
        return check_way(from_json(NetworkWay, file.read_text("utf-8")))
    except FileNotFoundError:
        return NetworkWay()
    except (OSError, ValueError):
        raise UserError(
            f"“{file}” cannot be understood. Correct it, or remove it to go the usual way."
        ) from None


def write_way(folder: Path, way: NetworkWay) -> None:
    """Go ``way`` from now on. Raises ``UserError`` when the folder cannot be written."""
    file = folder / FILE
    try:
        if way == NetworkWay():
            file.unlink(missing_ok=True)
            return
        _write(file, json.dumps(json.loads(canonical_json(way)), indent=2) + "\n")
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from None


def merged_bundle(folder: Path, own: Path) -> Path:
    """A file with the certificates in ``own`` and those this computer trusts.

    Raises ``UserError`` when it cannot be written or the system does not tell its certificates.
    """
    file = folder / BUNDLE
    try:
        _write(file, own.read_text("utf-8") + "\n" + "\n".join(_trusted_here()))
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from None
    return file


def _write(file: Path, text: str) -> None:
    """Whole or not at all; two programs that do it at once do not meet."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.stem}-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _trusted_here() -> list[str]:
    """In PEM; also what SSL_CERT_FILE names."""
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    texts = [ssl.DER_cert_to_PEM_cert(one) for one in found]
    if sys.platform == "darwin":
        command = ["/usr/bin/security", "find-certificate", "-a", "-p", *_KEYCHAINS]
        try:
            ended = subprocess.run(  # noqa: S603 - a program of the system, with fixed arguments
                command, capture_output=True, text=True, timeout=_PATIENCE_S
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                f"The keychains of macOS did not tell their certificates within {_PATIENCE_S} "
                "seconds. Try again, or do without this computer's certificates (Settings, Online "
                "payment)."
            ) from None
        texts.append(ended.stdout)
    return texts
