"""The way to the Internet chosen at this computer: a small file in the data folder."""

import json
import ssl
import subprocess
import sys
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
        part = file.with_suffix(".part")
        part.write_text(json.dumps(json.loads(canonical_json(way)), indent=2) + "\n", "utf-8")
        part.replace(file)
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from None


def merged_bundle(folder: Path, own: Path) -> Path:
    """A file with the certificates in ``own`` and those this computer trusts.

    Raises ``UserError`` when it cannot be written.
    """
    file = folder / BUNDLE
    try:
        text = own.read_text("utf-8") + "\n" + "\n".join(_trusted_here())
        part = file.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(file)
    except OSError as error:
        raise UserError(f"“{file}” cannot be written: {error.strerror}.") from None
    return file


def _trusted_here() -> list[str]:
    """In PEM; also what SSL_CERT_FILE names."""
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    texts = [ssl.DER_cert_to_PEM_cert(one) for one in found]
    if sys.platform == "darwin":
        command = ["/usr/bin/security", "find-certificate", "-a", "-p", *_KEYCHAINS]
        ended = subprocess.run(  # noqa: S603 - a program of the system, with fixed arguments
            command, capture_output=True, text=True, timeout=_PATIENCE_S
        )
        texts.append(ended.stdout)
    return texts
