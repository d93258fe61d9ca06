"""Exports of a company as a forger would change them."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Members = dict[str, bytes]
Change = Callable[[Members], object]


def falsified(file: Path, change: Change, into: Path | None = None) -> Path:
    """A copy of the export with its members changed."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    copy = (into or file.parent) / "falsified.zip"
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return copy


def rewrite(members: Members, table: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change rows of a table and let what the manifest says of the member fit."""
    member = f"tables/{table}.jsonl"
    rows = [json.loads(row) for row in members[member].splitlines()]
    change(rows)
    replace(members, member, b"".join(json.dumps(row).encode() + b"\n" for row in rows))


def replace(members: Members, member: str, data: bytes) -> None:
    """Another content, which the manifest has hash and rows of."""
    members[member] = data

    def fit(manifest: dict[str, Any]) -> None:
        facts = manifest["members"].setdefault(member, {})
        facts["sha256"] = hashlib.sha256(data).hexdigest()
        if member.startswith("tables/"):
            facts["rows"] = len(data.splitlines())

    retell(members, fit)


def retell(members: Members, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the manifest says."""
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()


def recount(members: Members, table: str) -> None:
    """Let the manifest's figures of a table fit its rows."""
    rows = [json.loads(row) for row in members[f"tables/{table}.jsonl"].splitlines()]

    def fit(manifest: dict[str, Any]) -> None:
        figures = manifest["figures"]["tables"][table]
        figures["rows"] = len(rows)
        figures["sums"] = {n: sum(row[n] or 0 for row in rows) for n in figures["sums"]}

    retell(members, fit)


def without_a_stored_file(members: Members) -> None:
    """As if the company had a PDF less."""
    name = next(name for name in members if name.startswith("files/"))
    del members[name]
    retell(members, lambda manifest: manifest["members"].pop(name))
