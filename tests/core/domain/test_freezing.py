"""From a draft to its snapshot."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.freezing import base_totals, build_snapshot, totals_input
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.snapshot import (
    BankAccount,
    BaseTotals,
    Buyer,
    Snapshot,
    SnapshotTax,
    Template,
)
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import Adjustment, Deposit, TaxTotals, Totals, compute

ISSUED_ON = date(2026, 11, 24)
TAXES = {
    1: Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19)),
    2: Tax("Export", TaxCategory.EXPORT, Decimal(0), "Tax-free export"),
    3: Tax("Exempt", TaxCategory.EXEMPT, Decimal(0), "Exempt under § 4"),
    4: Tax("IRPF", TaxCategory.STANDARD, Decimal(15), kind=TaxKind.WITHHELD),
}
BUYER = Buyer("Acme", Address(city="Ulm", country="DE"), customer_number="C-0001")
WORK = LineDraft("Work", Decimal("2.5"), Decimal(80), unit="h", unit_code="HUR", tax_rate_ids=(1,))
SALE = LineDraft("Sale", Decimal(1), Decimal(10), tax_rate_ids=(2,))
DRAFT = InvoiceDraft(
    customer_id=1,
    currency="EUR",
    terms_days=14,
    lines=(WORK, SALE, replace(SALE, tax_rate_ids=(3,)), SALE),
    adjustments=(Adjustment(is_charge=False, percent=Decimal(10), reason="Friends"),),
)


def freeze(draft: InvoiceDraft, prepaid_minor: int = 0) -> Snapshot:
    return build(draft, compute(totals_input(draft, TAXES, prepaid_minor)))


def build(draft: InvoiceDraft, totals: Totals, deposits: tuple[Deposit, ...] = ()) -> Snapshot:
    return build_snapshot(
        draft,
        totals,
        TAXES,
        number="INV-1",
        issued_on=ISSUED_ON,
        company_name="Werkstatt Lang",
        profile=CompanyProfile(bank=BankAccount(iban="DE02"), logo_sha256="ab"),
        defaults=InvoiceDefaults(language="de", template=Template(accent="#112233")),
        buyer=BUYER,
        deposits=deposits,
    )


def test_the_snapshot_says_what_the_draft_and_the_company_say() -> None:
    snapshot = freeze(replace(DRAFT, subject="Roof", order_reference="PO-1", terms="Net 14."))
    assert (snapshot.number, snapshot.subject, snapshot.order_reference) == (
        "INV-1",
        "Roof",
        "PO-1",
    )
    assert (snapshot.seller.name, snapshot.seller.bank.iban) == ("Werkstatt Lang", "DE02")
    assert (snapshot.seller.logo_sha256, snapshot.template.accent) == ("ab", "#112233")
    assert (snapshot.buyer, snapshot.terms, snapshot.scale) == (BUYER, "Net 14.", 2)
    assert snapshot.lines[0].taxes == (TAXES[1],)
    assert (snapshot.lines[0].unit, snapshot.lines[0].amount_minor) == ("h", 20000)


def test_figures_are_the_ones_of_the_totals() -> None:
    snapshot = freeze(DRAFT)
    totals = compute(totals_input(DRAFT, TAXES))
    assert snapshot.total_minor == totals.total_minor == snapshot.net_minor + snapshot.tax_minor
    assert snapshot.adjustments[0].effect_minor == totals.adjustments_minor[0] == -2300
    assert [row.tax_minor for row in snapshot.taxes] == [row.tax_minor for row in totals.taxes]


def test_each_legal_text_stands_once_in_the_order_of_the_lines() -> None:
    assert freeze(DRAFT).legal_texts == ("Tax-free export", "Exempt under § 4")
    assert freeze(replace(DRAFT, lines=(WORK,))).legal_texts == ()


def test_the_language_falls_back_to_the_companys() -> None:
    assert freeze(DRAFT).language == "de"
    assert freeze(replace(DRAFT, language="fr")).language == "fr"


def test_due_date_counts_from_issue_unless_given() -> None:
    assert freeze(DRAFT).due_on == ISSUED_ON + timedelta(days=14)
    fixed = date(2027, 1, 31)
    assert freeze(replace(DRAFT, due_on=fixed)).due_on == fixed
    assert freeze(replace(DRAFT, terms_days=None)).due_on is None


def test_what_was_paid_before_lowers_what_is_due() -> None:
    snapshot = freeze(DRAFT, prepaid_minor=1000)
    assert (snapshot.prepaid_minor, snapshot.due_minor) == (1000, snapshot.total_minor - 1000)


def test_a_foreign_document_says_what_it_is_in_the_companys_currency() -> None:
    draft = replace(DRAFT, currency="USD", exchange_rate_on=ISSUED_ON)
    totals = compute(totals_input(draft, TAXES))
    base = base_totals(draft, totals, "EUR", Decimal("0.92"))
    # 180.00 + 9.00 + 9.00 + 9.00 = 207.00 net, 34.20 tax.
    assert (totals.total_minor, totals.tax_minor) == (24_120, 3_420)
    assert base == BaseTotals("EUR", 2, Decimal("0.92"), 3_146, 22_190, ISSUED_ON)
    assert base_totals(draft, totals, "USD", Decimal(1)) is None
    assert base_totals(draft, totals, "EUR", Decimal(0)) is None
    yen = base_totals(draft, totals, "JPY", Decimal("150.5"))
    assert yen is not None
    assert (yen.scale, yen.tax_minor, yen.total_minor) == (0, 5_147, 36_301)


def test_a_final_invoice_keeps_its_deposits() -> None:
    deposit = Deposit("D-1", ISSUED_ON, 11_900, (TaxTotals(TAXES[1], 10_000, 1_900),))
    totals = compute(totals_input(DRAFT, TAXES, deposits=(deposit,)))
    snapshot = build(DRAFT, totals, deposits=(deposit,))
    assert (snapshot.deposits, snapshot.prepaid_minor) == ((deposit,), 11_900)
    assert snapshot.due_minor == snapshot.total_minor - 11_900


def test_what_is_withheld_and_offered_is_kept() -> None:
    draft = replace(
        DRAFT,
        lines=(replace(WORK, tax_rate_ids=(1, 4)),),
        adjustments=(),
        discount=DiscountTerms(Decimal(2), 10),
        cash_step_minor=5,
    )
    snapshot = freeze(draft)
    assert snapshot.withheld == (SnapshotTax(TAXES[4], 20_000, 3_000),)
    assert (snapshot.withheld_minor, snapshot.due_minor) == (3_000, 20_800)
    assert (snapshot.discount, snapshot.cash_step_minor) == (draft.discount, 5)


def test_the_supply_decides_the_rate() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    assert replace(DRAFT, service_from=first, service_to=last).supplied_on == last
    assert replace(DRAFT, service_from=first, issued_on=last).supplied_on == first
    assert replace(DRAFT, issued_on=last).supplied_on == last
    assert DRAFT.supplied_on is None


@given(
    st.lists(
        st.builds(
            LineDraft,
            name=st.text(max_size=20),
            quantity=st.decimals(-100, 100, places=3),
            unit_price=st.decimals(0, 1000, places=4),
            tax_rate_ids=st.sampled_from([(), (1,), (2,), (1, 3)]),
        ),
        max_size=6,
    )
)
def test_a_stored_snapshot_is_read_back_the_same(lines: list[LineDraft]) -> None:
    snapshot = freeze(replace(DRAFT, lines=tuple(lines)))
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert len(snapshot.lines) == len(lines)
