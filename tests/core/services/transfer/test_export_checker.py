"""The program inside an export: it needs no BillDesk, and names whatever was falsified."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from books import Shop, line
from falsified_export import Members, falsified, rewrite


@pytest.fixture
def export(shop: Shop, tmp_path: Path) -> Path:
    """Exported books with documents, money, PDFs and an audit log."""
    vat = shop.rates()[0]
    first = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),))
    shop.receive(first.document_id, 12_000)
    shop.issued("50")
    shop.work()
    file = tmp_path / "company.zip"
    shop.app.exports.write(file)
    return file


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


def test_an_export_as_it_was_written_holds(export: Path, shop: Shop) -> None:
    head = shop.one("SELECT hash FROM audit_head").hash
    early = shop.one("SELECT hash FROM audit_log WHERE seq = 3").hash
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
        ("allocation", lambda rows: rows.clear(), "allocation holds 0 rows instead of 1"),
    ],
)
def test_a_forger_who_renews_the_hashes_is_found(
    export: Path, table: str, change: Callable[[list[dict]], object], sentence: str
) -> None:
    """The members' hashes are made to fit: what the rows say of one another does not."""
    done = check(_rewritten(export, table, change, consistent=True))
    assert done.returncode == 1
    assert sentence in done.stdout


def test_a_file_that_is_no_export_is_told(export: Path) -> None:
    other = export.with_name("letter.zip")
    other.write_text("Dear customer")
    with zipfile.ZipFile(export) as archive:
        script = export.with_name("check.py")
        script.write_bytes(archive.read("check.py"))
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(other)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot be checked" in done.stderr


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
