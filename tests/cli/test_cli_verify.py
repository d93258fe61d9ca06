"""``billdesk verify``: a report people and programs can read."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
from cli_support import COMPANY, billdesk

TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}


def _closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


SCHEMA = _closed(
    company=_closed(id=COUNT, uid=TEXT, name=TEXT),
    clean={"type": "boolean"},
    checks={"type": "array", "items": TEXT, "minItems": 13},
    violations={"type": "array", "items": _closed(rule=TEXT, subject=TEXT, detail=TEXT)},
    documents=COUNT,
    entries=COUNT,
    audit=_closed(seq=COUNT, head={"type": "string", "pattern": "^[0-9a-f]{64}$"}),
)


def _spoil_stored_pdf(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as connection, connection:
        connection.execute("DROP TRIGGER guard_blob_update")
        connection.execute("UPDATE blob SET data = zeroblob(size)")


def test_sound_books(books: Path, tmp_path: Path) -> None:
    ended = billdesk(tmp_path, "--data-dir", books, "verify", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    report = json.loads(ended.stdout)
    jsonschema.validate(report, SCHEMA)
    assert report["company"]["name"] == COMPANY
    assert report["clean"]
    assert report["documents"] == 3
    assert report["entries"] == 3


def test_a_changed_pdf_is_found(books: Path, tmp_path: Path) -> None:
    _spoil_stored_pdf(books)
    ended = billdesk(tmp_path, "--data-dir", books, "verify", "--json")
    assert ended.returncode == 1
    report = json.loads(ended.stdout)
    jsonschema.validate(report, SCHEMA)
    assert [one["rule"] for one in report["violations"]] == ["stored-pdf"]
    assert "INV-00001" in report["violations"][0]["subject"]


def test_for_people(books: Path, tmp_path: Path) -> None:
    _spoil_stored_pdf(books)
    ended = billdesk(tmp_path, "--data-dir", books, "verify")
    assert ended.returncode == 1
    assert f"{COMPANY}: 3 issued documents, 3 ledger entries" in ended.stdout
    assert "  The audit chain is unbroken\n" in ended.stdout
    assert "1 violation:\n  stored-pdf: " in ended.stdout
    assert "Everything holds." not in ended.stdout


def test_a_guard_that_is_gone_is_told_and_not_put_back(books: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(books / "books.db")) as connection:
        connection.execute("DROP TRIGGER guard_posting_update")
    for _ in range(2):
        ended = billdesk(tmp_path, "--data-dir", books, "verify")
        assert ended.returncode == 1
        assert "1 violation:\n  guard: guard_posting_update: it is missing\n" in ended.stdout
    assert billdesk(tmp_path, "--data-dir", books, "report", "ageing").returncode == 0
    assert "put back: guard_posting_update" in _log(tmp_path)
    assert billdesk(tmp_path, "--data-dir", books, "verify").returncode == 0


def _log(home: Path) -> str:
    return "".join(file.read_text("utf-8") for file in (home / "state").rglob("*.log"))
