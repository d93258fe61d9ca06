"""What the manifest of an export must say before anything else of the file is read."""

import json
from pathlib import Path
from typing import Any

from billdesk.core.domain.errors import UserError
from billdesk.core.services.transfer.export_file import FORMAT

# Each fact by its path, and its type.
_FACTS: tuple[tuple[tuple[str, ...], type], ...] = (
    (("version",), str),
    (("schema",), str),
    (("company", "uid"), str),
    (("company", "name"), str),
    (("company", "currency"), str),
    (("install", "uid"), str),
    (("install", "reference_key"), str),
    (("figures", "tables"), dict),
    (("figures", "trial_balance"), dict),
    (("figures", "audit", "seq"), int),
    (("figures", "audit", "head"), str),
)


def read_manifest(file: Path, data: bytes) -> dict[str, Any]:
    """The manifest, whose every fact the reader uses is there and of its type.

    Raises ``UserError``, and ``ValueError`` or ``RecursionError`` for what is no JSON.
    """
    manifest = json.loads(data)
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise UserError(f"“{file}” is not an export of a BillDesk company.")
    if manifest["format"] != FORMAT:
        raise UserError(f"“{file}” was written by another version of BillDesk.")
    for path, kind in _FACTS:
        if type(_at(manifest, path)) is not kind:
            raise _says_not(file, ".".join(path))
    for name, facts in manifest["figures"]["tables"].items():
        if type(_at(facts, ("rows",))) is not int or type(_at(facts, ("sums",))) is not dict:
            raise _says_not(file, f"figures.tables.{name}")
    members = manifest.get("members")
    if not isinstance(members, dict):
        raise _says_not(file, "members")
    for name, facts in members.items():
        if type(_at(facts, ("sha256",))) is not str:
            raise _says_not(file, f"members.{name}.sha256")
    return manifest


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _says_not(file: Path, fact: str) -> UserError:
    return UserError(f"“{file}” is not a whole export: its manifest does not say {fact[:80]}.")
