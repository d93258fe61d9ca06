"""A company leaves its books as one file and is the same company elsewhere."""

import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from books import Shop, StillTime, line, new_company, open_shelf
from falsified_export import Change, Members, falsified, retell, rewrite, without_a_stored_file
from postgres_server import PostgresServer

from billdesk.bootstrap import Books, Paths, take_in_company
from billdesk.core.db.tables import Base
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.numbering import SeenNumber
from billdesk.core.services.attachments import AttachmentInput
from billdesk.core.services.transfer.company_tables import (
    LEFT_OUT,
    THROUGH,
    company_tables,
)
from billdesk.core.services.verification import Soundness, soundness


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Books with something of everything that needs no network."""
    vat = shop.rates()[0]
    first = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),))
    second = shop.issued("50", currency="USD", exchange_rate=Decimal("0.9"))
    shop.receive(first.document_id, 12_000)
    shop.receive(second.document_id, 2_000)
    shop.app.invoices.void(shop.issued("7").document_id, "Mistake")
    shop.app.invoices.create(shop.draft(lines=(line("3", tax_rate_ids=(vat,)),)))
    shop.work()
    return shop


@pytest.fixture
def elsewhere(tmp_path: Path, still_time: StillTime) -> Iterator[Books]:
    """Other books, empty."""
    books = open_shelf(tmp_path / "elsewhere", still_time)
    yield books
    books.close()


def _export(shop: Shop, folder: Path) -> Path:
    file = folder / "company.zip"
    shop.app.exports.write(file)
    return file


def _moved(file: Path, books: Books, still_time: StillTime) -> Shop:
    return Shop.open(books, take_in_company(books, file).company_id, still_time)


def test_a_moved_company_is_the_same_and_goes_on(
    busy: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    file = _export(busy, tmp_path)
    moved = _moved(file, elsewhere, still_time)
    try:
        moved.check()
        assert moved.balances() == busy.balances()
        assert moved.audit() == [*busy.audit(), "company.moved_in"]
        first = busy.one("SELECT id FROM document WHERE number = 'INV-00001'").id
        assert moved.app.queries.pdf(first) == busy.app.queries.pdf(first)
        assert moved.issued("9").number == busy.issued("9").number == "INV-00004"
        moved.check()
    finally:
        moved.app.close()


def test_a_company_finds_room_beside_others(
    busy: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    neighbour = Shop.open(elsewhere, new_company(elsewhere, "Nachbar KG"), still_time)
    neighbour.issued("11")
    before = neighbour.balances()
    moved = _moved(_export(busy, tmp_path), elsewhere, still_time)
    try:
        assert moved.app.company_id != neighbour.app.company_id
        assert moved.balances() == busy.balances()
        assert neighbour.balances() == before
        assert moved.issued("9").number == "INV-00004"
        for shop in (moved, neighbour):
            shop.check()
    finally:
        moved.app.close()
        neighbour.app.close()


def test_what_the_log_explains_and_undoes_is_found_after_a_move(
    shop: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    new_company(elsewhere, "Nachbar KG")
    shop.issued()
    seen = SeenNumber(shop.app.company_uid, "invoice", "INV-00005", still_time.today(), "stripe")
    shop.app.seen_numbers.keep_past([seen])
    assert shop.issued().number == "INV-00006"
    twice, once = shop.customer(name="Nordlicht A/S"), shop.customer()
    shop.app.invoices.create(shop.draft(customer_id=twice))
    shop.app.customer_merges.merge(twice, once)
    moved = _moved(_export(shop, tmp_path), elsewhere, still_time)
    try:
        moved.check()
        duplicate = moved.one("SELECT id FROM customer WHERE merged_into_id IS NOT NULL").id
        moved.app.customer_merges.undo(duplicate)
        draft = moved.one("SELECT customer_id FROM document WHERE issued_at IS NULL")
        assert draft.customer_id == duplicate
        moved.check()
    finally:
        moved.app.close()


def test_there_and_back_is_byte_for_byte_the_same_rows(
    busy: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    file = _export(busy, tmp_path)
    moved = _moved(file, elsewhere, still_time)
    back = tmp_path / "back.zip"
    moved.app.exports.write(back)
    moved.app.close()
    with zipfile.ZipFile(file) as one, zipfile.ZipFile(back) as other:
        for table in company_tables():
            member = f"tables/{table.name}.jsonl"
            if table.name not in {"audit_log", "audit_detail", "audit_head"}:
                assert other.read(member) == one.read(member), member
        # The chain has grown by the one row that tells of the move.
        rows = other.read("tables/audit_log.jsonl").splitlines()
        assert rows[:-1] == one.read("tables/audit_log.jsonl").splitlines()


def test_from_a_file_to_a_server_and_back(
    busy: Shop,
    tmp_path: Path,
    elsewhere: Books,
    still_time: StillTime,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows, sums and the audit chain are the same on both engines."""
    file, away = _export(busy, tmp_path), tmp_path / "away.zip"
    name = postgres.books()
    paths = Paths(tmp_path / "desk", postgres.address(name))
    server = open_shelf(paths, still_time, postgres.password)
    there = _moved(file, server, still_time)
    there.check()
    assert there.balances() == busy.balances()
    assert there.issued("9").number == "INV-00004"
    there.check()
    assert there.app.verification.look() == Soundness(0, "", is_complete=True)
    for seconds in (0, 0.002):
        # The server is stopped, or no longer asked.
        monkeypatch.setattr(soundness, "PATIENCE_S", seconds)
        assert there.app.verification.look() == Soundness(0, "", is_complete=False)
    there.check()
    there.app.exports.write(away)
    there.app.close()
    server.close()
    postgres.drop(name)

    back = _moved(away, elsewhere, still_time)
    try:
        back.check()
        assert back.audit()[: len(busy.audit())] == busy.audit()
        assert back.issued("8").number == "INV-00005"
        back.check()
    finally:
        back.app.close()


def test_the_same_books_export_the_same_bytes(busy: Shop, tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    busy.app.exports.write(first)
    busy.app.exports.write(second)
    assert first.read_bytes() == second.read_bytes()


def test_a_company_is_taken_in_once(busy: Shop, tmp_path: Path, elsewhere: Books) -> None:
    file = _export(busy, tmp_path)
    take_in_company(elsewhere, file)
    with pytest.raises(UserError, match="in these books already"):
        take_in_company(elsewhere, file)
    with pytest.raises(UserError, match="in these books already"):
        take_in_company(busy.books, file)


def test_links_that_could_still_be_paid_stay_with_their_books(
    online: Shop, tmp_path: Path, elsewhere: Books
) -> None:
    """Stripe's metadata names the books: others would take the payment for a stranger's."""
    online.issued("20", online_payment=True)
    new_company(elsewhere, "Nachbar KG")
    with pytest.raises(NotAllowed, match="Switch its open payment links off"):
        take_in_company(elsewhere, _export(online, tmp_path))


def test_the_first_company_brings_the_identity_of_its_books(
    online: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    online.issued("20", online_payment=True)
    moved = _moved(_export(online, tmp_path), elsewhere, still_time)
    try:
        assert moved.rows("SELECT uid, reference_key FROM install") == online.rows(
            "SELECT uid, reference_key FROM install"
        )
    finally:
        moved.app.close()


def _without_a_member(members: Members) -> None:
    del members["tables/posting.jsonl"]


def _with_another_amount(members: Members) -> None:
    members["tables/posting.jsonl"] = members["tables/posting.jsonl"].replace(b"10000", b"10001")


def _of_another_format(members: Members) -> None:
    members["manifest.json"] = members["manifest.json"].replace(b"company/1", b"company/9")


def _of_another_schema(members: Members) -> None:
    retell(members, lambda manifest: manifest.update(schema="9999"))


def _without_manifest(members: Members) -> None:
    del members["manifest.json"]


def _with_a_manifest_that_names_nothing(members: Members) -> None:
    retell(members, lambda manifest: manifest.update(members={}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_without_a_member, "posting.jsonl is not as it was written"),
        (_with_another_amount, "posting.jsonl is not as it was written"),
        (_of_another_format, "another version of BillDesk"),
        (_of_another_schema, "schema 9999"),
        (_without_manifest, "not an export"),
        (_with_a_manifest_that_names_nothing, "its manifest does not name tables/"),
        (without_a_stored_file, "its manifest does not name files/"),
    ],
)
def test_a_changed_file_is_refused_and_nothing_is_written(
    busy: Shop,
    tmp_path: Path,
    elsewhere: Books,
    change: Change,
    sentence: str,
) -> None:
    file = falsified(_export(busy, tmp_path), change)
    with pytest.raises(UserError, match=sentence):
        take_in_company(elsewhere, file)
    assert _companies(elsewhere) == 0


@pytest.mark.parametrize(
    ("table", "column", "value", "sentence"),
    [
        ("customer", "company_id", 0, "customer row in this file is of another company"),
        ("customer", "id", 0, "customer row with the number 0"),
        ("ledger_entry", "id", -1, "ledger_entry row with the number -1"),
        ("document", "customer_id", 0, "customer row with the number 0"),
        ("document", "customer_id", 77, "rows that do not belong together"),
        ("customer", "merged_into_id", 77, "refers to customer 77, which it lacks"),
        ("document", "customer_id", "1", "customer row with the number '1'"),
        ("company", "uid", "another", "another company than it says"),
    ],
)
def test_rows_that_point_out_of_the_file_are_refused(
    busy: Shop,
    tmp_path: Path,
    elsewhere: Books,
    still_time: StillTime,
    table: str,
    column: str,
    value: object,
    sentence: str,
) -> None:
    """A crafted number could be a row of the company next door."""
    neighbour = Shop.open(elsewhere, new_company(elsewhere, "Nachbar KG"), still_time)
    try:
        neighbour.issued("11")
        before = neighbour.rows("SELECT * FROM customer"), neighbour.balances()

        def change(members: Members) -> None:
            rewrite(members, table, lambda rows: rows[0].update({column: value}))

        with pytest.raises(UserError, match=sentence):
            take_in_company(elsewhere, falsified(_export(busy, tmp_path), change))
        assert (neighbour.rows("SELECT * FROM customer"), neighbour.balances()) == before
        assert _companies(elsewhere) == 1
    finally:
        neighbour.app.close()


def test_names_of_attached_files_lead_nowhere_else(
    shop: Shop, tmp_path: Path, elsewhere: Books, still_time: StillTime
) -> None:
    issued = shop.issued()
    shop.app.attachments.add(issued.document_id, AttachmentInput("Plan.pdf", b"%PDF"))
    shop.work()

    def change(members: Members) -> None:
        rewrite(members, "attachment", lambda rows: rows[0].update(name="/home/ada/.bashrc.exe"))

    moved = _moved(falsified(_export(shop, tmp_path), change), elsewhere, still_time)
    try:
        assert moved.one("SELECT name FROM attachment").name == "bashrc.exe.file"
    finally:
        moved.app.close()


def test_a_file_that_is_no_export_is_refused(tmp_path: Path, elsewhere: Books) -> None:
    file = tmp_path / "letter.zip"
    file.write_text("Dear customer")
    with pytest.raises(UserError, match="not a whole export"):
        take_in_company(elsewhere, file)
    with pytest.raises(UserError, match="cannot be read"):
        take_in_company(elsewhere, tmp_path / "nothing.zip")


def test_an_export_never_replaces_a_file(busy: Shop, tmp_path: Path) -> None:
    file = tmp_path / "letter.zip"
    file.write_text("Dear customer")
    with pytest.raises(UserError, match="exists already"):
        busy.app.exports.write(file)
    with pytest.raises(UserError, match="cannot be written"):
        busy.app.exports.write(tmp_path / "no folder" / "company.zip")
    assert file.read_text() == "Dear customer"


def test_every_table_is_known_to_the_export() -> None:
    for table in Base.metadata.sorted_tables:
        of_its_own = table.name == "company" or "company_id" in table.c
        assert of_its_own or table.name in THROUGH or table.name in LEFT_OUT, table.name


def _companies(books: Books) -> int:
    with books.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM company").scalar_one())
