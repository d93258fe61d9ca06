"""Imported history: its own numbers, dates and paid state, and nothing that leaves by itself."""

from decimal import Decimal

from import_support import (
    CUSTOMERS,
    EXAMPLE,
    INVOICES,
    LINES,
    Desk,
    example_files,
    places,
)

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.events import Event, Imported
from billdesk.core.services.invoices import InvoiceService

MAPPING = (EXAMPLE / "mapping.toml").read_text(encoding="utf-8")
ONE_LINE = LINES + "INV-00041,Work,2,50.00,19\n"


def issue_another(desk: Desk) -> str:
    service = InvoiceService(desk.uow)
    customer = desk.rows("SELECT id FROM customer")[0][0]
    line = LineDraft("Work", Decimal(1), Decimal(10))
    saved = service.create(InvoiceDraft(customer_id=customer, lines=(line,)))
    return service.issue(saved.document_id, saved.version).number


def test_the_documented_example_arrives_whole(desk: Desk) -> None:
    told: list[Event] = []
    desk.uow.bus.subscribe(told.append)
    report = desk.run(example_files(), MAPPING)
    assert report.problems == ()
    assert report.written
    assert told == [Imported(desk.uow.company_id)]
    assert (report.customers, report.items, report.invoices) == (4, 3, 4)
    assert (report.drafts, report.lines, report.payments) == (1, 5, 3)
    assert report.totals == (("CHF", 188400), ("EUR", 69232))
    assert desk.rows(
        "SELECT number, issued_on, due_on, currency, total_minor, paid_minor, open_minor,"
        " settled_on, base_total_minor, is_history, subject FROM document ORDER BY id"
    ) == [
        (
            "RE-2025-0041", "2025-02-03", "2025-02-17", "EUR", 45220, 45220, 0, "2025-02-14",
            45220, 1, "Beratung zum Neubau",
        ),
        (
            "RE-2025-0042", "2025-02-17", "2025-03-03", "EUR", 18683, 0, 18683, None,
            18683, 1, "Einladungskarten für das Sommerfest",
        ),
        (
            "RE-2025-0043", "2025-02-28", "2025-03-30", "CHF", 188400, 100000, 88400, None,
            200684, 1, "Katalog 2025",
        ),
        (
            "RE-2025-0044", "2025-03-05", "2025-03-19", "EUR", 5329, 5329, 0, "2025-03-19",
            5329, 1, "",
        ),
        (None, None, None, "EUR", 22610, 0, 0, None, 0, 0, "Noch nicht abgeschickt"),
    ]  # fmt: skip
    assert desk.rows("SELECT method, received_on, amount_minor FROM payment") == [
        ("other", "2025-02-14", 45220),
        ("other", "2025-03-31", 100000),
        ("other", "2025-03-19", 5329),
    ]
    assert desk.rows("SELECT name, country, notes FROM customer WHERE number IN (1002, 1003)") == [
        ("Mara Öztürk", "DE", 'Bitte immer vorher anrufen.\nKlingel: "Öztürk/Lang"'),
        ("=SUMME(A1) Bürobedarf", "CH", ""),
    ]
    assert desk.violations() == ()


def test_history_asks_nothing_of_the_outside(desk: Desk) -> None:
    desk.run(example_files(), MAPPING)
    for table in ("outbox", "mail", "payment_link", "rendition"):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_every_imported_document_has_its_audit_row_with_the_snapshot_hash(desk: Desk) -> None:
    desk.run(example_files(), MAPPING)
    rows = desk.rows(
        "SELECT s.sha256, d.body FROM document_snapshot s JOIN document o ON o.id = s.document_id"
        " JOIN audit_log a ON a.subject = 'document:' || o.uid"
        " JOIN audit_detail d ON d.company_id = a.company_id AND d.seq = a.seq"
        " WHERE a.action = 'invoice.imported'"
    )
    assert len(rows) == 4
    assert all(sha256 in body for sha256, body in rows)
    assert desk.rows("SELECT count(*) FROM audit_log WHERE action = 'import.finished'") == [(1,)]


def test_the_ledger_has_each_day_of_issue_and_receipt(desk: Desk) -> None:
    desk.run(example_files(), MAPPING)
    assert desk.rows("SELECT kind, occurred_on FROM ledger_entry ORDER BY occurred_on, kind") == [
        ("issued", "2025-02-03"),
        ("received", "2025-02-14"),
        ("issued", "2025-02-17"),
        ("issued", "2025-02-28"),
        ("issued", "2025-03-05"),
        ("received", "2025-03-19"),
        ("received", "2025-03-31"),
    ]


def test_the_series_goes_on_after_the_highest_number(desk: Desk) -> None:
    invoices = INVOICES + (
        "INV-00041,C-0007,2025-01-02,,,119.00\n"
        "INV-00007,C-0007,2025-01-03,,,119.00\n"
        "X-999,C-0007,2025-01-04,,,119.00\n"
    )
    lines = ONE_LINE + "INV-00007,Work,2,50.00,19\nX-999,Work,2,50.00,19\n"
    report = desk.take(customers=CUSTOMERS, invoices=invoices, lines=lines)
    assert report.written
    assert issue_another(desk) == "INV-00042"
    assert desk.violations() == ()


def test_a_customer_without_a_number_never_takes_one_of_the_file(desk: Desk) -> None:
    report = desk.take(customers="number,name\n,First\nC-0001,Second\n,Third\n")
    assert report.written
    assert desk.rows("SELECT name, number FROM customer ORDER BY name") == [
        ("First", "C-0002"),
        ("Second", "C-0001"),
        ("Third", "C-0003"),
    ]


def test_invoices_may_name_customers_that_are_in_the_books(desk: Desk) -> None:
    desk.take(customers=CUSTOMERS)
    invoices = INVOICES + "INV-00041,C-0007,2025-01-02,,,119.00\n"
    assert desk.take(invoices=invoices, lines=ONE_LINE).written


def test_a_list_without_lines_gives_each_invoice_one(desk: Desk) -> None:
    invoices = (
        "number,customer,issued_on,total,subject,tax,price_mode\n"
        "A-1,C-0007,2024-05-01,119.00,Opening balance,19,gross\n"
        "A-2,C-0007,2024-05-02,80.10,,,\n"
    )
    assert desk.take(customers=CUSTOMERS, invoices=invoices).written
    assert desk.rows(
        "SELECT l.name, d.net_minor, d.total_minor FROM document d"
        " JOIN document_line l ON l.document_id = d.id ORDER BY d.id"
    ) == [("Opening balance", 10000, 11900), ("As invoiced", 8010, 8010)]


def test_sent_history_keeps_its_day_and_the_address_it_was_sent_to(desk: Desk) -> None:
    invoices = (
        "number,customer,issued_on,sent_on,total,line1,city,country\n"
        "A-1,C-0007,2024-05-01,2024-05-03,80.00,Old Street 1,Leeds,UK\n"
    )
    assert desk.take(customers=CUSTOMERS, invoices=invoices).written
    assert desk.rows("SELECT sent_at FROM document") == [("2024-05-03 12:00:00.000000",)]
    assert '"line1":"Old Street 1"' in desk.rows("SELECT body FROM document_snapshot")[0][0]


def test_an_unknown_percentage_can_be_made_when_asked(desk: Desk) -> None:
    invoices = INVOICES + "INV-00041,C-0007,2025-01-02,,,120.00\n"
    lines = LINES + "INV-00041,Work,2,50.00,20 %\n"
    refused = desk.take(customers=CUSTOMERS, invoices=invoices, lines=lines)
    assert places(refused) == [("lines.csv", 2, "tax")]
    assert "no tax rate of 20 %" in refused.problems[0].reason
    made = desk.take(
        mapping="create_tax_rates = true", customers=CUSTOMERS, invoices=invoices, lines=lines
    )
    assert made.written
    assert made.tax_rates == 1
    assert desk.rows("SELECT name, percent FROM tax_rate ORDER BY id DESC LIMIT 1") == [
        ("Tax 20 %", "20")
    ]


def test_discounts_and_several_taxes_are_read(desk: Desk) -> None:
    invoices = (
        "number,customer,issued_on,total,discount_amount\nA-1,C-0007,2025-01-02,219.24,10.00\n"
    )
    lines = (
        "invoice,name,quantity,unit_price,discount_percent,tax\n"
        "A-1,Work,2,100.00,5,VAT 19 % + VAT 7 %\n"
    )
    # (200 - 5 %) - 10 = 180; 19 % are 34.20, 7 % are 12.60.
    invoices = invoices.replace("219.24", "226.80")
    assert desk.take(customers=CUSTOMERS, invoices=invoices, lines=lines).written
    assert desk.violations() == ()
