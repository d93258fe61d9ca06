"""Look for secrets in files as they lie on the disk, and in what is packed in them."""

import base64
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms_of(secret: str) -> tuple[bytes, ...]:
    """How a secret may be written: plain, in two bytes a letter, in base64, in hexadecimal."""
    plain = secret.encode()
    # Base64 of a text depends on where in a group of three bytes it begins.
    shifted = (base64.b64encode(b"x" * at + plain)[4:-4] for at in range(3))
    return (plain, secret.encode("utf-16-le"), plain.hex().encode(), *shifted)


def spilled(data: bytes, secrets: Iterable[str], name: str = "") -> list[str]:
    """Where a secret was found in ``data``, or in what is packed in it."""
    found = [
        f"{name}: {secret[:8]}…" for secret in secrets for form in forms_of(secret) if form in data
    ]
    for inner_name, inner in _unpacked(data):
        found += spilled(inner, secrets, f"{name}/{inner_name}")
    return found


def spilled_in(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Where a secret was found in the files of a folder."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files, f"{folder} is empty"
    wanted = tuple(secrets)
    return [where for file in files for where in spilled(file.read_bytes(), wanted, file.name)]


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield member, archive.read(member)
    elif data[:2] == b"\x1f\x8b":
        yield "unpacked", gzip.decompress(data)
