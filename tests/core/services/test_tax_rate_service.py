"""Tax rates: kinds, legal texts by language, and a rate that changes on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.errors import NotFound, StaleVersion, UserError
from billdesk.core.domain.tax import TaxCategory, TaxKind
from billdesk.core.services.tax_rates import RateChange, TaxRateInput

JULY = date(2027, 7, 1)


def change(on: date = JULY, percent: str = "16", name: str = "VAT 16 %") -> RateChange:
    return RateChange(on, Decimal(percent), name)


def names(shop: Shop, document_id: int) -> list[str]:
    """The names of the taxes on an issued document."""
    return [row.tax.name for row in shop.app.queries.preview_snapshot(document_id).taxes]


def test_kind_compound_and_texts_are_kept(shop: Shop) -> None:
    irpf = TaxRateInput("IRPF 15 %", Decimal(15), kind=TaxKind.WITHHELD)
    qst = TaxRateInput("QST", Decimal("9.5"), is_compound=True)
    export = TaxRateInput(
        "Export", Decimal(0), TaxCategory.EXPORT, "Export", reasons=(("fr", " Exonération "),)
    )
    ids = [shop.app.tax_rates.create(rate) for rate in (irpf, qst, export)]
    rows = {row.id: row for row in shop.app.queries.tax_rates()}
    assert (rows[ids[0]].kind, rows[ids[1]].is_compound) == (TaxKind.WITHHELD, True)
    assert rows[ids[2]].reasons == (("fr", "Exonération"),)
    assert rows[ids[2]].tax("fr").reason == "Exonération"
    assert rows[ids[2]].tax("de").reason == "Export"


def test_the_legal_text_is_in_the_documents_language(shop: Shop) -> None:
    export = shop.app.tax_rates.create(
        TaxRateInput(
            "Export", Decimal(0), TaxCategory.EXPORT, "Export", reasons=(("de", "Ausfuhr"),)
        )
    )
    lines = (line(tax_rate_ids=(export,)),)
    for language, text in (("de", "Ausfuhr"), ("fr", "Export"), ("en", "Export")):
        issued = shop.issued(lines=lines, language=language)
        snapshot = shop.app.queries.preview_snapshot(issued.document_id)
        assert snapshot.legal_texts == (text,)
        draft = replace(shop.draft(lines=lines), language=language)
        assert shop.app.queries.snapshot_for(draft).legal_texts == (text,)


def test_a_rate_changes_on_a_day(shop: Shop) -> None:
    vat = shop.rates()[0]
    new = shop.app.tax_rates.change_from(vat, 1, change())
    rows = {row.id: row for row in shop.app.queries.tax_rates()}
    assert (rows[new].valid_from, rows[new].follows_id) == (JULY, vat)
    assert rows[vat].valid_until == date(2027, 6, 30)
    lines = (line(tax_rate_ids=(vat,)),)
    before = shop.issued(lines=lines)
    by_supply = shop.issued(lines=lines, service_from=JULY)
    by_end_of_period = shop.issued(
        lines=lines, service_from=date(2027, 6, 1), service_to=date(2027, 7, 5)
    )
    assert names(shop, before.document_id) == ["VAT 19 %"]
    assert names(shop, by_supply.document_id) == ["VAT 16 %"]
    assert names(shop, by_end_of_period.document_id) == ["VAT 16 %"]
    assert by_supply.total_minor == 11_600
    # The other way round: the new rate chosen for something supplied before.
    early = shop.issued(lines=(line(tax_rate_ids=(new,)),), service_from=date(2027, 6, 30))
    assert names(shop, early.document_id) == ["VAT 19 %"]


def test_a_draft_takes_the_rate_of_the_day_it_is_issued(shop: Shop) -> None:
    vat = shop.rates()[0]
    new = shop.app.tax_rates.change_from(vat, 1, change(date(2026, 12, 1)))
    saved = shop.app.invoices.create(shop.draft(lines=(line(tax_rate_ids=(vat,)),)))
    document = shop.app.queries.document(saved.document_id)
    assert document.draft.lines[0].tax_rate_ids == (vat,)
    shop.time.advance(days=10)
    issued = shop.app.invoices.issue(saved.document_id, saved.version)
    assert issued.total_minor == 11_600
    stored = shop.app.queries.document(issued.document_id).draft
    assert stored.lines[0].tax_rate_ids == (new,)
    tax = shop.one("SELECT minor FROM posting WHERE tax_rate_id = :id", id=new)
    assert tax.minor == -1_600
    assert shop.app.verification.run().violations == ()


def test_a_copy_of_an_old_invoice_takes_the_new_rate(shop: Shop) -> None:
    vat = shop.rates()[0]
    issued = shop.issued(lines=(line(tax_rate_ids=(vat,)),))
    shop.app.tax_rates.change_from(vat, 1, change(date(2026, 12, 1)))
    shop.time.advance(days=10)
    copy = shop.app.invoices.duplicate(issued.document_id)
    again = shop.app.invoices.issue(copy.document_id, copy.version)
    assert (issued.total_minor, again.total_minor) == (11_900, 11_600)
    assert names(shop, issued.document_id) == ["VAT 19 %"]


def test_three_rates_in_a_row(shop: Shop) -> None:
    # Germany 2020: 16 % from July to December.
    vat = shop.rates()[0]
    low = shop.app.tax_rates.change_from(vat, 1, change(date(2020, 7, 1)))
    back = shop.app.tax_rates.change_from(low, 1, change(date(2021, 1, 1), "19", "VAT 19 % again"))
    for day, expected in (("2020-06-30", vat), ("2020-12-31", low), ("2021-01-01", back)):
        draft = shop.draft(lines=(line(tax_rate_ids=(low,)),), service_from=date.fromisoformat(day))
        saved = shop.app.invoices.create(draft)
        stored = shop.app.queries.document(saved.document_id).draft
        assert stored.lines[0].tax_rate_ids == (expected,)


def test_a_change_deleted_before_its_day_never_comes(shop: Shop) -> None:
    vat = shop.rates()[0]
    wrong = shop.app.tax_rates.change_from(vat, 1, change(percent="61"))
    lines = (line(tax_rate_ids=(vat,)),)
    saved = shop.app.invoices.create(shop.draft(lines=lines, service_from=JULY))
    assert shop.app.queries.document(saved.document_id).draft.lines[0].tax_rate_ids == (wrong,)
    shop.app.tax_rates.delete(wrong)
    (row,) = [row for row in shop.app.queries.tax_rates() if row.id == vat]
    assert row.valid_until is None
    issued = shop.app.invoices.issue(saved.document_id, saved.version)
    assert names(shop, issued.document_id) == ["VAT 19 %"]
    right = shop.app.tax_rates.change_from(vat, row.version, change())
    later = shop.issued(lines=lines, service_from=JULY)
    assert names(shop, later.document_id) == ["VAT 16 %"]
    # Deleted once it is in force, a rate stays the law of its days.
    shop.time.advance(days=300)
    shop.app.tax_rates.delete(right)
    assert names(shop, shop.issued(lines=lines).document_id) == ["VAT 16 %"]


def test_a_rate_change_is_refused_where_it_makes_no_sense(shop: Shop) -> None:
    vat, *_ = shop.rates()
    rates = shop.app.tax_rates
    new = rates.change_from(vat, 1, change())
    for id_, wrong, field in (
        (vat, change(date(2028, 1, 1)), "on"),
        (new, change(JULY), "on"),
        (new, change(date(1999, 1, 1)), "on"),
        (new, change(date(2028, 1, 1), "101"), "percent"),
        (new, change(date(2028, 1, 1), "NaN"), "percent"),
        (new, change(date(2028, 1, 1), name=" "), "name"),
    ):
        with pytest.raises(UserError) as refusal:
            rates.change_from(id_, 1, wrong)
        assert refusal.value.field == field
    with pytest.raises(StaleVersion):
        rates.change_from(new, 7, change(date(2028, 1, 1)))
    with pytest.raises(NotFound):
        rates.change_from(999, 1, change())


@pytest.mark.parametrize(
    ("rate", "field"),
    [
        (TaxRateInput("W", Decimal(15), kind=TaxKind.WITHHELD, is_compound=True), "is_compound"),
        (TaxRateInput("W", Decimal(15), kind=TaxKind.WITHHELD, is_default=True), "is_default"),
        (
            TaxRateInput("E", Decimal(0), TaxCategory.EXEMPT, reasons=(("de", "x" * 501),)),
            "reasons",
        ),
    ],
)
def test_rates_that_cannot_be(shop: Shop, rate: TaxRateInput, field: str) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.tax_rates.create(rate)
    assert refusal.value.field == field
