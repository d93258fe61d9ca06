"""Invoices from draft to void: what each step does and what it refuses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.tax_rates import TaxRateInput

pytestmark = pytest.mark.both_engines


def test_a_draft_is_read_back_as_it_was_written(shop: Shop) -> None:
    vat, reduced, _ = shop.rates()
    draft = InvoiceDraft(
        customer_id=shop.customer(),
        currency="USD",
        exchange_rate=Decimal("0.92"),
        issued_on=date(2026, 11, 20),
        terms_days=30,
        service_from=date(2026, 10, 1),
        service_to=date(2026, 10, 31),
        order_reference="PO-7",
        subject="October",
        introduction="Thank you.",
        terms="Net 30.",
        language="de",
        price_mode=PriceMode.GROSS,
        tax_rounding=TaxRounding.PER_LINE,
        cash_step_minor=5,
        online_payment=True,
        lines=(
            line("99.995", "1.5", description="Two\nlines", unit="h", tax_rate_ids=(vat, reduced)),
            line("0.000001", "-3", adjustments=(Adjustment(False, percent=Decimal("2.5")),)),
        ),
        adjustments=(Adjustment(True, amount_minor=500, reason="Freight"),),
    )
    saved = shop.app.invoices.create(draft)
    assert shop.app.queries.document(saved.document_id).draft == draft
    changed = replace(draft, lines=draft.lines[:1], adjustments=())
    again = shop.app.invoices.save(saved.document_id, saved.version, changed)
    assert again.version > saved.version
    assert shop.app.queries.document(saved.document_id).draft == changed
    assert shop.rows("SELECT * FROM ledger_entry") == []
    shop.check()


def test_an_empty_draft_can_be_kept(shop: Shop) -> None:
    saved = shop.app.invoices.create(InvoiceDraft())
    row = shop.document(saved.document_id)
    assert (row.number, row.total_minor, row.currency, row.issued_at) == (None, 0, "EUR", None)


def test_two_windows_cannot_overwrite_one_draft(shop: Shop) -> None:
    saved = shop.app.invoices.create(shop.draft("100"))
    first = replace(shop.app.queries.document(saved.document_id).draft, subject="First")
    shop.app.invoices.save(saved.document_id, saved.version, first)
    with pytest.raises(StaleVersion):
        shop.app.invoices.save(saved.document_id, saved.version, replace(first, subject="Second"))
    with pytest.raises(StaleVersion):
        shop.app.invoices.issue(saved.document_id, saved.version)
    assert shop.document(saved.document_id).subject == "First"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"terms_days": -1}, "terms_days"),
        ({"exchange_rate": Decimal(0), "currency": "USD"}, "exchange_rate"),
        ({"exchange_rate": Decimal("NaN"), "currency": "USD"}, "exchange_rate"),
        ({"service_from": date(2026, 2, 1), "service_to": date(2026, 1, 1)}, "service_to"),
        ({"currency": "EURO"}, "currency"),
        ({"introduction": "x" * 20_001}, "introduction"),
        ({"lines": (line("-1"),)}, "lines.0.unit_price"),
        ({"lines": (line("1", tax_rate_ids=(99,)),)}, "lines"),
        ({"lines": (line("1", description="x" * 20_001),)}, "lines.0.description"),
        ({"lines": (line("1"),) * 5_001}, "lines"),
        ({"cash_step_minor": -5}, "cash_step_minor"),
        ({"issued_on": date(9999, 12, 31)}, "issued_on"),
        ({"issued_on": date(1, 1, 1)}, "issued_on"),
        ({"due_on": date(2101, 1, 1)}, "due_on"),
        ({"service_from": date(1999, 12, 31)}, "service_from"),
        ({"service_to": date(2101, 1, 1)}, "service_to"),
        ({"order_reference": "x" * 121}, "order_reference"),
        ({"subject": "\ud800"}, "subject"),
        ({"language": "x" * 11}, "language"),
        ({"terms": "\u202e"}, "terms"),
        ({"lines": (line("1", name="\ud800"),)}, "lines.0.name"),
        ({"lines": (line("1"), line("1", unit="x" * 21))}, "lines.1.unit"),
        ({"lines": (line("1", unit_code="C622"),)}, "lines.0.unit_code"),
    ],
)
def test_a_draft_that_cannot_be_stored_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.create(shop.draft(**changes))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM document") == []


def test_the_same_tax_twice_on_a_line_is_refused(shop: Shop) -> None:
    vat = shop.rates()[0]
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.create(shop.draft(lines=(line("1", tax_rate_ids=(vat, vat)),)))
    assert refusal.value.field == "lines.0.taxes"


def test_issuing_numbers_freezes_posts_and_tells(shop: Shop) -> None:
    vat = shop.rates()[0]
    saved = shop.app.invoices.create(
        shop.draft(lines=(line("100", "3", tax_rate_ids=(vat,)),), terms_days=14)
    )
    shop.told()
    issued = shop.app.invoices.issue(saved.document_id, saved.version)
    assert (issued.number, issued.total_minor, issued.currency) == ("INV-00001", 35_700, "EUR")
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.open_base_minor) == (35_700, 35_700)
    # A file gives days as texts.
    assert (str(row.issued_on), str(row.due_on)) == ("2026-11-24", "2026-12-08")
    assert shop.balances() == {"1200": 35_700, "4000": -30_000, "2200": -5_700}
    assert shop.told() == ["InvoiceIssued"]
    entry = shop.one(
        "SELECT d.body FROM audit_log a JOIN audit_detail d USING (company_id, seq) "
        "WHERE a.action = 'invoice.issued'"
    )
    snapshot = shop.one("SELECT sha256 FROM document_snapshot")
    assert snapshot.sha256 in entry.body
    assert shop.state(issued.document_id) is DocumentState.ISSUED
    shop.check()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"lines": ()}, "lines"),
        ({"lines": (line("1", name="  "),)}, "lines.0.name"),
        ({"lines": (line("1", "-1"),)}, "lines"),
        ({"currency": "USD"}, "exchange_rate"),
        ({"issued_on": date(2026, 11, 24), "due_on": date(2026, 11, 23)}, "due_on"),
        ({"lines": (line("1", name="日本"),)}, "lines.0.name"),
    ],
)
def test_an_incomplete_draft_is_not_issued_and_takes_no_number(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    saved = shop.app.invoices.create(shop.draft(**changes))
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.issue(saved.document_id, saved.version)
    assert refusal.value.field == field
    assert shop.document(saved.document_id).number is None
    assert shop.rows("SELECT * FROM ledger_entry") == []
    assert shop.issued().number == "INV-00001", "a refused issue leaves no gap"
    shop.check()


def test_an_invoice_over_nothing_is_issued_and_settled_at_once(shop: Shop) -> None:
    issued = shop.issued("0")
    assert shop.state(issued.document_id) is DocumentState.NOTHING_DUE
    shop.check()


def test_what_is_issued_is_edited_no_more(shop: Shop) -> None:
    issued = shop.issued()
    version = shop.document(issued.document_id).version
    draft = shop.app.queries.document(issued.document_id).draft
    with pytest.raises(NotAllowed):
        shop.app.invoices.save(issued.document_id, version, draft)
    with pytest.raises(NotAllowed):
        shop.app.invoices.issue(issued.document_id, version)
    with pytest.raises(NotAllowed):
        shop.app.invoices.delete(issued.document_id)
    assert len(shop.rows("SELECT * FROM ledger_entry")) == 1


def test_later_edits_change_nothing_of_an_issued_invoice(shop: Shop) -> None:
    vat = shop.rates()[0]
    customer = shop.customer()
    issued = shop.issued(customer_id=customer, lines=(line("100", tax_rate_ids=(vat,)),))
    before = shop.one("SELECT body, sha256 FROM document_snapshot")
    shop.app.customers.update(customer, 1, CustomerInput("Renamed AS", address=Address("Else")))
    shop.app.tax_rates.update(vat, 1, TaxRateInput("VAT 25 %", Decimal(25)))
    shop.app.settings.save_company("Renamed GmbH", CompanyProfile(address=Address("Elsewhere")))
    assert shop.one("SELECT body, sha256 FROM document_snapshot") == before
    detail = shop.app.queries.document(issued.document_id)
    assert detail.snapshot.buyer.name == "Nordlicht AS"
    assert detail.snapshot.seller.name == "Werkstatt Lang GmbH"
    assert detail.snapshot.taxes[0].tax.percent == 19
    assert detail.total_minor == 11_900
    shop.check()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE document SET total_minor = 1",
        "UPDATE document SET number = 'INV-00009'",
        "UPDATE document SET issued_at = NULL",
        "UPDATE document SET customer_name = 'Somebody else'",
        "UPDATE document_line SET amount_minor = 1",
        "DELETE FROM document_line",
        "DELETE FROM document",
        "UPDATE document_snapshot SET body = '{}'",
        "DELETE FROM document_snapshot",
        "UPDATE ledger_entry SET memo = 'x'",
        "DELETE FROM posting",
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_issued(shop: Shop, sql: str) -> None:
    shop.issued()
    # A guard refuses, or a server that gave the desk no right to try.
    refused = pytest.raises((IntegrityError, ProgrammingError), match=r"never|permission denied")
    with shop.books.engine.connect() as connection, refused:
        connection.execute(text(sql))
    shop.check()


def test_a_duplicate_starts_over(shop: Shop) -> None:
    issued = shop.issued(
        issued_on=date(2026, 11, 1), due_on=date(2026, 11, 15), order_reference="PO-7", subject="A"
    )
    copy = shop.app.invoices.duplicate(issued.document_id)
    draft = shop.app.queries.document(copy.document_id).draft
    assert (draft.issued_on, draft.due_on, draft.order_reference) == (None, None, "")
    assert (draft.subject, draft.lines[0].unit_price) == ("A", Decimal(100))
    assert shop.document(copy.document_id).number is None
    assert shop.app.invoices.issue(copy.document_id, copy.version).number == "INV-00002"
    shop.check()


def test_a_deleted_draft_rests_until_it_is_restored(shop: Shop) -> None:
    saved = shop.app.invoices.create(shop.draft())
    shop.app.invoices.delete(saved.document_id)
    assert shop.app.queries.document_counts()[None] == 0
    version = shop.document(saved.document_id).version
    with pytest.raises(NotAllowed, match="restore"):
        shop.app.invoices.issue(saved.document_id, version)
    with pytest.raises(NotAllowed, match="restore"):
        shop.app.invoices.save(saved.document_id, version, InvoiceDraft())
    shop.app.invoices.restore(saved.document_id)
    version = shop.document(saved.document_id).version
    assert shop.app.invoices.issue(saved.document_id, version).number == "INV-00001"
    assert [a for a in shop.audit() if "draft" in a] == [
        "invoice.draft_deleted",
        "invoice.draft_restored",
    ]


def test_void_keeps_the_number_and_reverses_the_entry(shop: Shop) -> None:
    vat = shop.rates()[0]
    issued = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),))
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.void(issued.document_id, "  ")
    assert refusal.value.field == "reason"
    shop.told()
    shop.app.invoices.void(issued.document_id, "Wrong customer")
    assert shop.told() == ["InvoiceVoided"]
    row = shop.document(issued.document_id)
    assert (row.number, row.open_minor, row.open_base_minor) == ("INV-00001", 0, 0)
    assert shop.state(issued.document_id) is DocumentState.VOID
    assert shop.balances() == {}
    entries = shop.rows("SELECT kind, reverses_id FROM ledger_entry ORDER BY id")
    assert [tuple(entry) for entry in entries] == [("issued", None), ("voided", 1)]
    for again in (
        lambda: shop.app.invoices.void(issued.document_id, "Twice"),
        lambda: shop.receive(issued.document_id, 100),
        lambda: shop.app.links.request(issued.document_id),
    ):
        with pytest.raises(NotAllowed):
            again()
    assert shop.issued().number == "INV-00002"
    shop.check()


def test_void_needs_an_invoice_no_money_has_touched(shop: Shop) -> None:
    saved = shop.app.invoices.create(shop.draft())
    with pytest.raises(NotAllowed, match="deleted, not voided"):
        shop.app.invoices.void(saved.document_id, "Draft")
    issued = shop.issued()
    payment = shop.receive(issued.document_id, 1)
    with pytest.raises(NotAllowed, match="Money"):
        shop.app.invoices.void(issued.document_id, "Paid")
    shop.app.payments.undo(payment)
    shop.app.invoices.void(issued.document_id, "Money was somebody else's")
    shop.check()


def test_a_foreign_invoice_is_posted_at_its_rate(shop: Shop) -> None:
    vat = shop.rates()[0]
    issued = shop.issued(
        currency="USD",
        exchange_rate=Decimal("0.9137"),
        lines=(line("99.99", tax_rate_ids=(vat,)), line("0.01")),
    )
    row = shop.document(issued.document_id)
    # 99.99 + 19.00 + 0.01 = 119.00 USD; x 0.9137 = 108.73 EUR
    assert (row.total_minor, row.base_total_minor) == (11_900, 10_873)
    postings = shop.rows(
        "SELECT currency, sum(minor) m, sum(base_minor) b FROM posting GROUP BY currency"
    )
    assert [tuple(posting) for posting in postings] == [("USD", 0, 0)]
    assert shop.balances()["1200"] == 10_873
    shop.check()


@pytest.mark.parametrize("mode", list(PriceMode))
def test_discounts_and_cash_rounding_are_posted_too(shop: Shop, mode: PriceMode) -> None:
    vat, reduced, _ = shop.rates()
    issued = shop.issued(
        price_mode=mode,
        cash_step_minor=5,
        lines=(line("99.99", tax_rate_ids=(vat,)), line("49.97", tax_rate_ids=(reduced,))),
        adjustments=(Adjustment(False, percent=Decimal("3.3")), Adjustment(True, amount_minor=497)),
    )
    detail = shop.app.queries.document(issued.document_id)
    assert shop.balances() == {
        "1200": issued.total_minor,
        "4000": -detail.net_minor,
        "2200": -detail.tax_minor,
        "4900": -detail.snapshot.rounding_minor,
    }
    assert detail.snapshot.rounding_minor != 0
    assert issued.total_minor % 5 == 0
    shop.check()


def test_books_that_are_closed_take_no_entry(shop: Shop) -> None:
    shop.falsify("UPDATE company SET locked_through = '2026-10-31'")
    saved = shop.app.invoices.create(shop.draft(issued_on=date(2026, 10, 31)))
    with pytest.raises(NotAllowed, match="closed through"):
        shop.app.invoices.issue(saved.document_id, saved.version)
    issued = shop.issued(issued_on=date(2026, 11, 1))
    with pytest.raises(NotAllowed, match="closed through"):
        shop.receive(issued.document_id, 10_000, received_on=date(2026, 10, 31))
    shop.receive(issued.document_id, 10_000, received_on=date(2026, 11, 2))
    assert issued.number == "INV-00001"
    shop.check()


def test_a_document_of_another_company_does_not_exist_here(shop: Shop, open_shop: object) -> None:
    other = open_shop("Somebody else")  # type: ignore[operator]  # the factory fixture
    foreign = shop.issued()
    saved = shop.app.invoices.create(shop.draft())
    customer = shop.customer()
    app = other.app
    for act in (
        lambda: app.invoices.issue(saved.document_id, saved.version),
        lambda: app.invoices.save(saved.document_id, saved.version, InvoiceDraft()),
        lambda: app.invoices.duplicate(foreign.document_id),
        lambda: app.invoices.delete(saved.document_id),
        lambda: app.invoices.restore(saved.document_id),
        lambda: app.invoices.void(foreign.document_id, "Not mine"),
        lambda: other.receive(foreign.document_id, 100),
        lambda: app.links.request(foreign.document_id),
        lambda: app.links.switch_off(foreign.document_id),
        lambda: app.mail.draft_for(foreign.document_id),
        lambda: app.customers.delete(customer),
        lambda: app.queries.document(foreign.document_id),
        lambda: app.invoices.create(InvoiceDraft(customer_id=customer)),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(UserError):
        app.invoices.create(other.draft(lines=(line("1", tax_rate_ids=shop.rates()[:1]),)))
    assert app.queries.document_counts()[None] == 0
    assert other.issued().number == "INV-00001", "each company counts alone"
    assert app.queries.document_counts()[None] == 1
    shop.check()
    other.check()
