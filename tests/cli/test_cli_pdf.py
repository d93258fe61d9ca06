"""``billdesk pdf``: files named by number, written whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from cli_support import NUMBERS, billdesk, one_sentence

from billdesk.cli.safe_names import file_names


def _text(file: Path) -> str:
    document = pypdfium2.PdfDocument(file)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_issued_invoice(books: Path, tmp_path: Path, jobs: str) -> None:
    output = tmp_path / "a" / "b"
    ended = billdesk(
        tmp_path, "--data-dir", books, "pdf", "--all", "--output", output, "--jobs", jobs
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "3 PDFs written, 0 unchanged, 0 kept, 0 failed" in ended.stdout
    assert _names(output) == [f"{number}.pdf" for number in NUMBERS]
    for number in NUMBERS:
        assert number in _text(output / f"{number}.pdf")


def test_files_with_other_content_are_kept_unless_forced(books: Path, tmp_path: Path) -> None:
    command = ("--data-dir", books, "pdf", *NUMBERS[:2], "--output", tmp_path / "out")
    assert billdesk(tmp_path, *command).returncode == 0
    first = tmp_path / "out" / f"{NUMBERS[0]}.pdf"
    drawn = first.read_bytes()
    assert "0 PDFs written, 2 unchanged" in billdesk(tmp_path, *command).stdout
    first.write_bytes(b"mine")
    ended = billdesk(tmp_path, *command)
    assert f"{first.name}; --force replaces" in one_sentence(ended)
    assert "1 unchanged, 1 kept" in ended.stdout
    assert first.read_bytes() == b"mine"
    assert billdesk(tmp_path, *command, "--force").returncode == 0
    assert first.read_bytes() == drawn
    assert len(_names(tmp_path / "out")) == 2


def test_an_unknown_number_writes_nothing(books: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    ended = billdesk(tmp_path, "--data-dir", books, "pdf", NUMBERS[0], "INV-9", "--output", output)
    assert "no invoice with the number INV-9" in one_sentence(ended)
    assert not output.exists()


def test_a_damaged_pdf_does_not_hold_up_the_others(books: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(books / "archive.db")) as connection, connection:
        connection.execute("DROP TRIGGER guard_blob_update")
        connection.execute("UPDATE blob SET data = zeroblob(size)")
    output = tmp_path / "out"
    ended = billdesk(tmp_path, "--data-dir", books, "pdf", "--all", "--output", output)
    assert f"{NUMBERS[0]} was not written: " in one_sentence(ended)
    assert _names(output) == [f"{number}.pdf" for number in NUMBERS[1:]]


def test_a_folder_that_cannot_be_made(books: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = billdesk(
        tmp_path, "--data-dir", books, "pdf", "--all", "--output", tmp_path / "file" / "out"
    )
    assert "cannot be made: Not a directory" in one_sentence(ended)


def test_names_are_safe_and_different() -> None:
    numbers = ["2026/0042", "2026-0042", "../../etc/passwd", "CON", "inv-1", "INV-1", "Ä 1\t", "."]
    names = file_names([(number, 90 + place) for place, number in enumerate(numbers)])
    assert names == [
        "2026-0042.pdf",
        "2026-0042-91.pdf",
        "etc-passwd.pdf",
        "CON_.pdf",
        "inv-1.pdf",
        "INV-1-95.pdf",
        "Ä-1.pdf",
        "invoice.pdf",
    ]
