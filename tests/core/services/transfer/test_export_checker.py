"""The program inside an export: it needs no BillDesk, and names whatever was falsified."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from books import Shop
from falsified_export import (
    Change,
    Members,
    falsified,
    replace,
    retell,
    rewrite,
    without_a_stored_file,
)

from billdesk.core.services.attachments import AttachmentInput
from billdesk.core.services.transfer.company_tables import company_tables
from billdesk.resources import locate


@pytest.fixture
def export(written: Path, tmp_path: Path) -> Path:
    """A copy of the export, to be changed."""
    return Path(shutil.copy(written, tmp_path))


def check(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the checker that the export itself holds, without the application's packages."""
    with zipfile.ZipFile(file) as archive:
        script = file.with_name("check.py")
        script.write_bytes(archive.read("check.py"))
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(file), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_export_as_it_was_written_holds(export: Path) -> None:
    rows = _audit_log(export)
    head, early = rows[-1]["hash"], rows[2]["hash"]
    done = check(export, "--head", early)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Everything holds." in done.stdout
    assert f"head {head}" in done.stdout


def test_a_head_that_was_kept_and_is_gone_is_named(export: Path) -> None:
    done = check(export, "--head", "ab" * 32)
    assert done.returncode == 1
    assert "the head you kept" in done.stdout


def test_a_changed_member_is_named(export: Path) -> None:
    done = check(_rewritten(export, "posting", _add_a_cent, consistent=False))
    assert done.returncode == 1
    assert "tables/posting.jsonl has been changed" in done.stdout


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        ("posting", lambda rows: _add_a_cent(rows), "ledger entry 1 is off by 1 EUR"),
        ("ledger_entry", lambda rows: rows.pop(0), "ledger entry 1 is not whole"),
        ("document", lambda rows: rows[0].update(total_minor=5), "INV-00001 does not add up"),
        ("document", lambda rows: rows[1].update(open_minor=5), "INV-00002 has 5 open"),
        (
            "document_snapshot",
            lambda rows: rows[0].update(body=rows[0]["body"].replace("Work", "Play")),
            "what was frozen of INV-00001 has been changed",
        ),
        ("document_snapshot", lambda rows: rows.pop(0), "INV-00001 was issued without a snapshot"),
        ("audit_log", lambda rows: rows[2].update(actor="x"), "audit row 3 has been changed"),
        ("audit_log", lambda rows: rows.pop(2), "audit row 3 is missing"),
        ("audit_log", lambda rows: rows.clear(), "the last rows of the audit log are missing"),
        ("audit_log", lambda rows: rows.pop(), "the last rows of the audit log are missing"),
        (
            "audit_detail",
            lambda rows: rows[1].update(body="{}"),
            "the detail of audit row 2 has been changed",
        ),
        ("audit_detail", lambda rows: rows.clear(), "the detail of audit row 12 is missing"),
        ("allocation", lambda rows: rows.clear(), "allocation holds 0 rows instead of 1"),
        ("document", lambda rows: rows.pop(0), "which the audit log saw issued, is gone"),
        ("document", lambda rows: rows[0].update(issued_at=None), "saw issued, is gone"),
        (
            "document_snapshot",
            lambda rows: _frozen_anew(rows[0]),
            "INV-00001 is not what the audit log recorded",
        ),
        (
            "rendition",
            lambda rows: rows[0].update(sha256="ab" * 32),
            "a PDF of INV-00001 is not what the audit log recorded",
        ),
        ("rendition", lambda rows: rows.pop(0), "a PDF that was recorded for document"),
    ],
)
def test_a_forger_who_renews_the_hashes_is_found(
    export: Path, table: str, change: Callable[[list[dict]], object], sentence: str
) -> None:
    """The members' hashes are made to fit: what the rows say of one another does not."""
    done = check(_rewritten(export, table, change, consistent=True))
    assert done.returncode == 1
    assert sentence in done.stdout


def test_an_invoice_that_was_never_recorded_is_named(export: Path) -> None:
    """Its detail says the hash of what was frozen: a forger cannot leave the row out."""
    issued = {row["seq"] for row in _audit_log(export) if row["action"] == "invoice.issued"}
    assert issued

    def erase(rows: list[dict]) -> None:
        rows[:] = [row for row in rows if row["seq"] not in issued]

    done = check(_rewritten(export, "audit_detail", erase, consistent=True))
    assert done.returncode == 1
    for seq in issued:
        assert f"the detail of audit row {seq} is missing" in done.stdout
    assert "INV-00001 is not what the audit log recorded" in done.stdout


def test_an_attached_file_that_is_left_out_is_named(shop: Shop, tmp_path: Path) -> None:
    shop.app.attachments.add(shop.issued().document_id, AttachmentInput("Plan.pdf", b"%PDF"))
    file = tmp_path / "company.zip"
    shop.app.exports.write(file)
    done = check(falsified(file, without_a_stored_file))
    assert done.returncode == 1
    assert "the attached Plan.pdf is missing: files/" in done.stdout


def _leave_out(table: str) -> Change:
    def change(manifest: dict) -> None:
        del manifest["members"][f"tables/{table}.jsonl"]
        del manifest["figures"]["tables"][table]

    return lambda members: (members.pop(f"tables/{table}.jsonl"), retell(members, change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_a_stored_file, "is missing: files/"),
        (_leave_out("outbox"), "the manifest leaves tables/outbox.jsonl out"),
        (_leave_out("outbox"), "the manifest does not count outbox"),
        (
            lambda members: retell(
                members, lambda m: m["figures"]["trial_balance"].update({"1200 EUR": [1, 1]})
            ),
            "account 1200 EUR has [",
        ),
        (
            lambda members: retell(
                members, lambda m: m["figures"]["trial_balance"].update({"9 EUR": [0, 0]})
            ),
            "account 9 EUR has None, the manifest says [0, 0]",
        ),
    ],
)
def test_what_a_manifest_hides_is_named(export: Path, change: Change, sentence: str) -> None:
    done = check(falsified(export, change))
    assert (done.returncode, done.stderr) == (1, "")
    assert sentence in done.stdout


def test_every_table_is_known_to_the_checker(checker: ModuleType) -> None:
    assert checker.TABLES.split() == sorted(table.name for table in company_tables())


def _manifest(data: bytes) -> Change:
    return lambda members: members.update({"manifest.json": data})


def _line(data: bytes) -> Change:
    return lambda members: replace(members, "tables/posting.jsonl", data + b"\n")


BROKEN: dict[str, Change] = {
    "no manifest": lambda members: members.pop("manifest.json"),
    "an empty manifest": _manifest(b""),
    "a manifest that is no text": _manifest(b"\x80"),
    "a manifest without end": _manifest(b"[" * 200_000),
    "a manifest of nothing": _manifest(b"null"),
    "a manifest of a list": _manifest(b"[]"),
    "a number of many digits": _manifest(b"1" * 5_000),
    "another format": lambda members: retell(members, lambda m: m.update(format="x/1")),
    "no members": lambda members: retell(members, lambda m: m.pop("members")),
    "members in a list": lambda members: retell(members, lambda m: m.update(members=[])),
    "no hash": lambda members: retell(members, lambda m: m["members"].update({"check.py": 1})),
    "no company": lambda members: retell(members, lambda m: m.pop("company")),
    "no figures": lambda members: retell(members, lambda m: m.update(figures=None)),
    "no head": lambda members: retell(members, lambda m: m["figures"].pop("audit")),
    "a row that is no JSON": _line(b"{"),
    "a row that is no row": _line(b"7"),
    "a row without columns": _line(b"{}"),
    "a row without end": _line(b"[" * 200_000),
    "a row that is no text": _line(b"\xff"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_told_in_a_sentence(
    export: Path, change: Change, checker: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_told(checker, falsified(export, change), capsys)


@pytest.mark.parametrize(
    ("offset", "value"),
    [(8, b"\x01\x00"), (10, b"\x63\x00"), (10, b"\x0e\x00"), (42, b"\xfe\xff\xff\x7f")],
    ids=["encrypted", "an unknown compression", "LZMA", "a place behind its end"],
)
def test_a_zip_that_cannot_be_opened_is_told(
    export: Path,
    checker: ModuleType,
    capsys: pytest.CaptureFixture[str],
    offset: int,
    value: bytes,
) -> None:
    data = bytearray(export.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + offset : entry + offset + len(value)] = value
    export.write_bytes(data)
    assert_told(checker, export, capsys)


@pytest.mark.parametrize(
    "bytes_of", [lambda _: b"", lambda _: b"Dear customer", lambda data: data[: len(data) // 2]]
)
def test_a_file_that_is_no_export_is_told(
    export: Path,
    checker: ModuleType,
    capsys: pytest.CaptureFixture[str],
    bytes_of: Callable[[bytes], bytes],
) -> None:
    export.write_bytes(bytes_of(export.read_bytes()))
    assert_told(checker, export, capsys)
    assert_told(checker, export.with_name("nothing.zip"), capsys)


def test_no_more_is_read_than_there_can_be(
    export: Path,
    checker: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checker, "LARGEST_MANIFEST", 1024)
    assert_told(checker, export, capsys, "more than any export")
    monkeypatch.undo()
    monkeypatch.setattr(checker, "LARGEST_LINE", 32)
    assert_told(checker, export, capsys, "more than any export")


@pytest.fixture
def checker() -> ModuleType:
    """The program itself, to be run in this process."""
    module = ModuleType("check_export")
    exec(locate("check_export.py").read_text(), module.__dict__)
    return module


def assert_told(
    checker: ModuleType, file: Path, capsys: pytest.CaptureFixture[str], why: str = ""
) -> None:
    """It ends with 2 and one sentence."""
    assert checker.main([str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"{file} cannot be checked: " in told.err
    assert why in told.err


def _audit_log(file: Path) -> list[dict]:
    with zipfile.ZipFile(file) as archive:
        return [json.loads(row) for row in archive.read("tables/audit_log.jsonl").splitlines()]


def _frozen_anew(row: dict) -> None:
    row["body"] = row["body"].replace("Nordlicht", "Somebody")
    row["sha256"] = hashlib.sha256(row["body"].encode()).hexdigest()


def _add_a_cent(rows: list[dict]) -> None:
    rows[0]["minor"] += 1


def _rewritten(
    file: Path, table: str, change: Callable[[list[dict]], object], *, consistent: bool
) -> Path:
    def forge(members: Members) -> None:
        manifest = members["manifest.json"]
        rewrite(members, table, change)
        if not consistent:
            members["manifest.json"] = manifest

    return falsified(file, forge)
