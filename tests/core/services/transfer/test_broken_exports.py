"""Whatever is wrong with an export, taking it in is refused by a sentence and changes nothing."""

import hashlib
import json
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from books import StillTime, open_shelf
from falsified_export import Change, Members, falsified, replace, retell, rewrite
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer
from sqlalchemy import event

from billdesk.bootstrap import Books, Paths, take_in_company
from billdesk.core.db.archive import LARGEST_BYTES, FileArchive
from billdesk.core.domain.errors import UserError
from billdesk.core.services.transfer import export_reading
from billdesk.core.services.transfer.export_reading import read_export

Bytes = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Books without a company, which every refusal leaves as they are."""
    books = open_shelf(tmp_path_factory.mktemp("empty"), StillTime())
    yield books
    books.close()


def refuse(books: Books, file: Path, sentence: str = "") -> None:
    """It is refused by a sentence about the file, and nothing of it stays."""
    with pytest.raises(UserError, match=sentence):
        take_in_company(books, file)
    with books.engine.connect() as connection:
        for table in ("company", "install", "customer", "posting", "audit_log"):
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            assert rows == 0, table
        if not isinstance(books.archive, FileArchive):
            files = connection.exec_driver_sql("SELECT count(*) FROM archived_file").scalar_one()
            assert files == 0
            return
    assert books.archive.hashes() == []


# -- the ZIP file --------------------------------------------------------------------------


def _in_directory(offset: int, value: bytes) -> Bytes:
    """Other bytes at ``offset`` of the directory's entry of the first member, and of its header."""

    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        entry = data.index(b"PK\x01\x02")
        changed[entry + offset : entry + offset + len(value)] = value
        # What the header in front of the member repeats stands two bytes earlier.
        changed[offset - 2 : offset - 2 + len(value)] = value
        return bytes(changed)

    return change


def _in_content(data: bytes) -> bytes:
    start = data.index(b"PK\x01\x02") // 2
    return (
        data[:start] + bytes(byte ^ 0xFF for byte in data[start : start + 40]) + data[start + 40 :]
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: b"Dear customer", id="a letter"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut off"),
        pytest.param(lambda data: data[len(data) // 2 :], id="without its first half"),
        pytest.param(_in_content, id="content that does not inflate"),
        pytest.param(_in_directory(8, b"\x01\x00"), id="encrypted"),
        pytest.param(_in_directory(10, b"\x63\x00"), id="an unknown compression"),
        pytest.param(_in_directory(10, b"\x0e\x00"), id="LZMA"),
        pytest.param(_in_directory(24, struct.pack("<L", 7)), id="a smaller size than it has"),
        pytest.param(_in_directory(42, b"\xfe\xff\xff\x7f"), id="a place behind its end"),
    ],
)
def test_a_broken_zip_is_refused(
    written: Path, tmp_path: Path, empty: Books, change: Bytes
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(change(written.read_bytes()))
    refuse(empty, broken, "whole export|has been changed|cannot be read")


def test_a_folder_is_refused(tmp_path: Path, empty: Books) -> None:
    refuse(empty, tmp_path, "cannot be read")


# -- the manifest --------------------------------------------------------------------------


def _manifest(data: bytes) -> Change:
    return lambda members: members.update({"manifest.json": data})


def _told(*path: str, value: Any) -> Change:
    """The manifest with ``value`` at ``path``; without it when that is ``...``."""

    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        if value is ...:
            del manifest[path[-1]]
        else:
            manifest[path[-1]] = value

    return lambda members: retell(members, change)


NO_JSON = "is not a whole export|not an export"
WRONG = "not those of its rows"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_manifest(b""), NO_JSON),
        (_manifest(b"{"), NO_JSON),
        (_manifest(b"\xff\xfe{}"), NO_JSON),
        (_manifest(b"\x80"), NO_JSON),
        (_manifest(b"[" * 200_000), NO_JSON),
        (_manifest(b"1" * 5_000), NO_JSON),
        (_manifest(b"[]"), NO_JSON),
        (_manifest(b"null"), NO_JSON),
        (_manifest(b'"format"'), NO_JSON),
        (_told("format", value=...), "not an export"),
        (_told("format", value=["billdesk-company/1"]), "another version"),
        (_told("schema", value=...), "does not say schema"),
        (_told("schema", value=2), "does not say schema"),
        (_told("schema", value="9999"), "schema 9999"),
        (_told("company", value=...), "does not say company.uid"),
        (_told("company", value="Lang"), "does not say company.uid"),
        (_told("company", "name", value=None), "does not say company.name"),
        (_told("company", "name", value="Nachbar KG"), "another company than it says"),
        (_told("company", "uid", value="x"), "another company than it says"),
        (_told("install", value=...), "does not say install.uid"),
        (_told("install", value=[1]), "does not say install.uid"),
        (_told("install", "reference_key", value={}), "does not say install.reference_key"),
        (_told("figures", value=...), "does not say figures.tables"),
        (_told("figures", value=7), "does not say figures.tables"),
        (_told("figures", "tables", value=[]), "does not say figures.tables"),
        (_told("figures", "tables", "posting", value=3), "does not say figures.tables.posting"),
        (_told("figures", "tables", "posting", value=...), "not the rows it should have"),
        (_told("figures", "tables", "posting", "rows", value=2.5), "say figures.tables.posting"),
        (_told("figures", "tables", "posting", "rows", value=10**30), "not the rows it should"),
        (_told("figures", "tables", "posting", "sums", value={"minor": 1}), WRONG),
        (_told("figures", "trial_balance", value={}), WRONG),
        (_told("figures", "audit", value=None), "does not say figures.audit.seq"),
        (_told("figures", "audit", "head", value="ab" * 32), WRONG),
        (_told("members", value=...), "does not say members"),
        (_told("members", value=["tables/company.jsonl"]), "does not say members"),
        (_told("members", "check.py", value="ab"), "does not say members.check.py.sha256"),
        (_told("members", "check.py", value={}), "does not say members.check.py.sha256"),
        (_told("members", "tables/posting.jsonl", "rows", value=...), "is not as it was written"),
        (_told("members", "tables/posting.jsonl", "rows", value="3"), "is not as it was written"),
        (_told("members", "../out", value={"sha256": "ab"}), "is not as it was written"),
        (_told("members", "files/", value={"sha256": ""}), "files/ is not as it was written"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    written: Path, tmp_path: Path, empty: Books, change: Change, sentence: str
) -> None:
    refuse(empty, falsified(written, change, into=tmp_path), sentence)


# -- the rows ------------------------------------------------------------------------------


def _lines(data: bytes) -> Change:
    return lambda members: replace(members, "tables/customer.jsonl", data)


def _row(table: str, **values: Any) -> Change:
    return lambda members: rewrite(members, table, lambda rows: rows[0].update(values))


def _count(table: str, rows: int) -> Change:
    return _told("figures", "tables", table, "rows", value=rows)


def _all(*changes: Change) -> Change:
    return lambda members: [change(members) for change in changes]


def _again(rows: list[dict[str, Any]]) -> None:
    rows.append(rows[0])


UNSOUND = "rows that do not belong together"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_lines(b"{\n"), "whole export"),
        (_lines(b"[]\n"), "no row"),
        (_lines(b"7\n"), "no row"),
        (_lines(b"\xff\n"), "whole export"),
        (_lines(b"{}\n"), UNSOUND),
        (_lines(b"[" * 200_000 + b"\n"), "whole export"),
        (_lines(b""), "not the rows it should have"),
        (_row("customer", name=None), UNSOUND),
        (_row("customer", name=7), "says 7 for customer.name"),
        (_row("customer", name={"a": 1}), "for customer.name"),
        (_row("customer", name="\ud800"), UNSOUND),
        (_row("customer", id=[1]), UNSOUND),
        (_row("customer", id=10**30), UNSOUND),
        (_row("posting", minor=1.5), "says 1.5 for posting.minor"),
        (_row("posting", minor="10000"), "for posting.minor"),
        (_row("posting", minor=10**30), UNSOUND),
        (_row("posting", minor=True), "says True for posting.minor"),
        (_row("document", issued_at="yesterday"), UNSOUND),
        (_row("document", issued_at=20_260_101), UNSOUND),
        (_row("document_line", quantity="many"), UNSOUND),
        (_row("setting", body="[" * 200_000), UNSOUND),
        (_row("setting", body=7), UNSOUND),
        (_row("rendition", sha256=None), "does not name files/None"),
        (_row("rendition", sha256=["a"]), "does not name files/"),
        (
            _all(
                lambda members: rewrite(members, "customer", _again),
                _count("customer", 3),
            ),
            "has customer 1 twice",
        ),
    ],
)
def test_rows_that_are_none_are_refused(
    written: Path, tmp_path: Path, empty: Books, change: Change, sentence: str
) -> None:
    def with_its_count(members: Members) -> None:
        change(members)
        counts = json.loads(members["manifest.json"])["members"]["tables/customer.jsonl"]["rows"]
        if members["tables/customer.jsonl"]:
            _count("customer", counts)(members)

    refuse(empty, falsified(written, with_its_count, into=tmp_path), sentence)


def _unbalanced(members: Members) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0]["minor"] += 1
        rows[0]["base_minor"] += 1

    rewrite(members, "posting", change)


def test_what_a_guard_refuses_is_named_and_nobody_is_blamed(
    written: Path, tmp_path: Path, empty: Books, postgres: PostgresServer
) -> None:
    """Books that were broken by something else are exported by BillDesk, too."""
    file = falsified(written, _unbalanced, into=tmp_path)
    sentence = (
        r"do not belong together: the postings do not sum to zero in the base currency\. Nothing "
        r"was taken in\. “python3 check\.py falsified\.zip”.* “billdesk verify”"
    )
    refuse(empty, file, sentence)
    name = postgres.books()
    paths = Paths(tmp_path / "desk", postgres.address(name))
    server = open_shelf(paths, StillTime(), postgres.password)
    refuse(server, file, sentence)
    server.close()
    postgres.drop(name)


def _with_a_file_too_many(members: Members) -> None:
    replace(members, "files/" + "ab" * 32, b"%PDF")


def _with_an_empty_file(members: Members) -> None:
    replace(members, f"files/{hashlib.sha256().hexdigest()}", b"")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_with_a_file_too_many, "abababababab… is another file"),
        # Found only while they are written.
        (_with_an_empty_file, "The file is empty"),
    ],
)
def test_a_stored_file_that_is_none_leaves_none(
    written: Path, tmp_path: Path, empty: Books, change: Change, sentence: str
) -> None:
    refuse(empty, falsified(written, change, into=tmp_path), sentence)


def _posted_twice(members: Members) -> None:
    rewrite(members, "posting", _again)
    _count("posting", len(members["tables/posting.jsonl"].splitlines()))(members)


def test_a_key_twice_is_the_files_fault_and_not_tried_again(
    written: Path, tmp_path: Path, postgres: PostgresServer
) -> None:
    """A server tells it as it tells a race that another desk has won."""
    file = falsified(written, _posted_twice, into=tmp_path)
    name = postgres.books()
    paths = Paths(tmp_path / "desk", postgres.address(name))
    server = open_shelf(paths, StillTime(), postgres.password)
    inserts: list[str] = []
    event.listen(
        server.engine,
        "before_cursor_execute",
        lambda _c, _cursor, sql, *_: inserts.append(sql) if "INTO company" in sql else None,
    )
    refuse(server, file, UNSOUND)
    server.close()
    postgres.drop(name)
    assert len(inserts) == 1


# -- sizes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "limit"),
    [
        ("tables/customer.jsonl", "_LARGEST_LINE"),
        ("files/" + "ab" * 32, "LARGEST_BYTES"),
        ("manifest.json", "_LARGEST_MANIFEST"),
    ],
)
def test_no_more_is_read_than_there_can_be(
    written: Path,
    tmp_path: Path,
    empty: Books,
    monkeypatch: pytest.MonkeyPatch,
    member: str,
    limit: str,
) -> None:
    """A few bytes that inflate to very many; the limits are smaller here, to be quick."""
    largest = 2 * 1024 * 1024
    assert getattr(export_reading, limit) >= LARGEST_BYTES
    monkeypatch.setattr(export_reading, limit, largest)
    size = 16 * largest

    def bomb(members: Members) -> None:
        if member == "manifest.json":
            members[member] += b" " * size
        else:
            replace(members, member, bytes(size))

    file = falsified(written, bomb, into=tmp_path)
    assert file.stat().st_size < largest
    tracemalloc.start()
    try:
        refuse(empty, file, f"{member[:12]}.* is larger than it can be")
        assert tracemalloc.get_traced_memory()[1] < 6 * largest
    finally:
        tracemalloc.stop()


# -- any byte ------------------------------------------------------------------------------


def _everything(file: Path) -> Any:
    with read_export(file) as export:
        rows = {
            member: list(export.rows(member))
            for member in export.manifest["members"]
            if member.startswith("tables/")
        }
        return export.manifest, rows, [export.data(f"files/{one}") for one in export.blobs()]


@settings(max_examples=60)
@given(st.data())
def test_any_byte_that_is_another_is_found_or_says_nothing(
    written: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A member's time of day may differ, say; what the file holds may not."""
    whole = bytearray(written.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] ^= data.draw(st.integers(1, 255))
    flipped = tmp_path_factory.getbasetemp() / "flipped.zip"
    flipped.write_bytes(whole)
    try:
        found = _everything(flipped)
    except UserError:
        return
    assert found == _everything(written)


@settings(max_examples=20)
@given(st.data())
def test_a_file_cut_anywhere_is_refused(
    written: Path, empty: Books, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = written.read_bytes()
    cut = tmp_path_factory.getbasetemp() / "cut.zip"
    cut.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refuse(empty, cut, "is not a whole export")
