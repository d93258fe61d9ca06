"""Verify my books: clean after every use case, and each falsified row is named."""

import hashlib
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.services.steps.credit import CreditInput


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Books with something of everything that needs no network."""
    vat = shop.rates()[0]
    first = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),))
    second = shop.issued("50", currency="USD", exchange_rate=Decimal("0.9"))
    third = shop.issued("30")
    shop.receive(first.document_id, 11_900)
    shop.receive(second.document_id, 6_000)
    shop.app.payments.undo(shop.receive(third.document_id, 1_000))
    shop.app.invoices.void(shop.issued("7").document_id, "Mistake")
    shop.app.invoices.create(shop.draft())
    shop.work()
    return shop


@pytest.mark.both_engines
def test_busy_books_are_clean(busy: Shop) -> None:
    report = busy.app.verification.run()
    assert report.violations == ()
    assert report.clean
    assert report.documents == 4
    assert report.entries == 9
    head = busy.one("SELECT seq, hash FROM audit_head")
    assert (report.audit_seq, report.audit_head) == (head.seq, head.hash)
    assert len(set(report.checks)) == len(report.checks) > 10


@pytest.mark.parametrize(
    ("sql", "rule", "subject"),
    [
        (
            "UPDATE posting SET minor = minor + 1 WHERE entry_id = 1 AND position = 1",
            "entry-balance",
            "entry 1",
        ),
        (
            "UPDATE posting SET base_minor = base_minor + 1 WHERE entry_id = 1 AND position = 1",
            "entry-balance",
            "entry 1",
        ),
        ("DELETE FROM posting WHERE entry_id = 2", "entry-balance", "entry 2"),
        (
            "UPDATE document SET open_minor = 5 WHERE number = 'INV-00001'",
            "open-amount",
            "INV-00001",
        ),
        (
            "UPDATE document SET paid_minor = 5 WHERE number = 'INV-00001'",
            "open-amount",
            "INV-00001",
        ),
        ("DELETE FROM allocation WHERE id = 1", "open-amount", "INV-00001"),
        ("UPDATE document SET total_minor = 5 WHERE number = 'INV-00003'", "totals", "INV-00003"),
        ("UPDATE document SET tax_minor = 5 WHERE number = 'INV-00001'", "totals", "INV-00001"),
        (
            "UPDATE document_snapshot SET body = replace(body, 'Nordlicht', 'Somebody') "
            "WHERE document_id = 1",
            "snapshot",
            "INV-00001",
        ),
        ("DELETE FROM document_snapshot WHERE document_id = 1", "totals", "INV-00001"),
        ("UPDATE document SET currency = 'USD' WHERE id = 1", "totals", "INV-00001"),
        (
            "UPDATE document SET search_text = 'inv-00001' WHERE id = 1",
            "search-text",
            "INV-00001",
        ),
        (
            "UPDATE document SET search_text = replace(search_text, 'c', 'k') WHERE id = 1",
            "search-index",
            "INV-00001",
        ),
        ("DELETE FROM document_search_docsize WHERE id = 1", "search-index", "INV-00001"),
        ("INSERT INTO document_search_docsize VALUES (99, x'01')", "search-index", "document 99"),
        ("UPDATE document SET issued_on = '2020-01-01' WHERE id = 1", "totals", "INV-00001"),
        ("UPDATE document_snapshot SET body = '{' WHERE document_id = 1", "totals", "INV-00001"),
        ("UPDATE document_snapshot SET body = '[]' WHERE document_id = 1", "totals", "INV-00001"),
        ("UPDATE document SET number = 'INV-00009' WHERE number = 'INV-00003'", "number-gap", ""),
        ("UPDATE number_counter SET last_value = 2 WHERE period = ''", "number-counter", ""),
        ("UPDATE payment SET amount_minor = 1 WHERE id = 1", "payment-allocated", "payment 1"),
        (
            "UPDATE ledger_entry SET source_id = 'x' WHERE kind = 'received' AND id = 4",
            "payment-posted",
            "payment 1",
        ),
        ("UPDATE audit_log SET actor = 'nobody' WHERE seq = 5", "audit-chain", "audit row 5"),
        ("DELETE FROM audit_log WHERE seq = 5", "audit-chain", "audit row 5"),
        (
            "DELETE FROM audit_log WHERE seq = (SELECT max(seq) FROM audit_log)",
            "audit-chain",
            "head",
        ),
        ("DELETE FROM audit_log", "audit-chain", "head"),
        (
            "UPDATE audit_log SET subject = 'document:' WHERE action = 'invoice.issued'",
            "snapshot",
            "INV-00001",
        ),
        (
            "UPDATE audit_log SET subject = 'document:' WHERE action = 'rendition.stored'",
            "stored-pdf",
            "INV-00001",
        ),
        (
            "UPDATE audit_detail SET body = '{}' WHERE seq = 3",
            "audit-chain",
            "audit row 3",
        ),
        ("UPDATE audit_head SET hash = 'x'", "audit-chain", "head"),
        (
            "UPDATE rendition SET sha256 = (SELECT sha256 FROM rendition WHERE document_id = 2) "
            "WHERE document_id = 3",
            "stored-pdf",
            "INV-00003",
        ),
    ],
)
def test_a_falsified_row_is_named(busy: Shop, sql: str, rule: str, subject: str) -> None:
    busy.falsify(sql)
    violations = busy.app.verification.run().violations
    found = {(violation.rule, violation.subject) for violation in violations}
    if subject:
        assert (rule, subject) in found
    else:
        assert rule in {name for name, _ in found}


@pytest.mark.both_engines
def test_a_snapshot_falsified_together_with_its_hash_is_named(busy: Shop) -> None:
    body = busy.one("SELECT body FROM document_snapshot WHERE document_id = 1").body
    changed = body.replace("Nordlicht", "Somebody")
    busy.falsify(
        "UPDATE document_snapshot SET body = :body, sha256 = :sha256 WHERE document_id = 1",
        body=changed,
        sha256=hashlib.sha256(changed.encode()).hexdigest(),
    )
    violations = busy.app.verification.run().violations
    assert [(v.rule, v.subject) for v in violations] == [("snapshot", "INV-00001")]


@pytest.mark.both_engines
def test_erased_personal_details_leave_the_chain_whole(busy: Shop) -> None:
    busy.falsify(
        "DELETE FROM audit_detail WHERE seq IN "
        "(SELECT seq FROM audit_log WHERE action LIKE 'customer.%')"
    )
    assert busy.app.verification.run().clean


@pytest.mark.parametrize("action", ["invoice.issued", "rendition.stored"])
def test_a_missing_detail_that_anchored_a_document_is_named(busy: Shop, action: str) -> None:
    seq = busy.one("SELECT min(seq) AS seq FROM audit_log WHERE action = :a", a=action).seq
    busy.falsify("DELETE FROM audit_detail WHERE seq = :seq", seq=seq)
    violations = busy.app.verification.run().violations
    assert ("audit-chain", f"audit row {seq}") in {(v.rule, v.subject) for v in violations}


def test_a_credit_note_falsified_together_with_its_hash_is_named(shop: Shop) -> None:
    invoice = shop.issued("30")
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    body = shop.one(
        "SELECT body FROM document_snapshot WHERE document_id = :d", d=note.document_id
    ).body
    changed = body.replace("Nordlicht", "Somebody")
    shop.falsify(
        "UPDATE document_snapshot SET body = :body, sha256 = :sha256 WHERE document_id = :d",
        body=changed,
        sha256=hashlib.sha256(changed.encode()).hexdigest(),
        d=note.document_id,
    )
    violations = shop.app.verification.run().violations
    assert [(v.rule, v.subject) for v in violations] == [("snapshot", note.number)]


def test_one_byte_of_a_stored_pdf_is_named(busy: Shop) -> None:
    row = busy.one("SELECT sha256 FROM rendition WHERE document_id = 2 AND kind = 'original'")
    with closing(sqlite3.connect(busy.books.paths.archive)) as file:
        file.execute("DROP TRIGGER guard_blob_update")
        (pdf,) = file.execute("SELECT data FROM blob WHERE sha256 = ?", tuple(row)).fetchone()
        changed = pdf[:-1] + bytes([pdf[-1] ^ 1])
        file.execute("UPDATE blob SET data = ? WHERE sha256 = ?", (changed, row.sha256))
        file.commit()
    violations = busy.app.verification.run().violations
    assert [(v.rule, v.subject) for v in violations] == [("stored-pdf", "INV-00002")]


def test_a_missing_archive_is_named_for_each_document(busy: Shop) -> None:
    stored = len(busy.rows("SELECT * FROM rendition"))
    busy.books.paths.archive.unlink()
    rules = [violation.rule for violation in busy.app.verification.run().violations]
    assert rules == ["stored-pdf"] * stored


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("DROP TRIGGER guard_posting_update", "guard_posting_update"),
        (
            "CREATE TRIGGER helper AFTER INSERT ON payment BEGIN DELETE FROM setting; END",
            "helper",
        ),
    ],
)
def test_a_missing_or_foreign_trigger_is_named(shop: Shop, sql: str, name: str) -> None:
    with shop.books.engine.begin() as connection:
        connection.exec_driver_sql(sql)
    found = shop.app.verification.run().violations
    assert [(one.rule, one.subject) for one in found] == [("guard", name)]
