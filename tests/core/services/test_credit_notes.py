"""Credit notes of invoices, deposit and final invoices: figures, entries, what they settle."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billdesk.core.domain.documents import DocumentKind, DocumentState
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.totals import Adjustment, PriceMode
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.steps.credit import CreditInput

RECEIVABLE, CREDIT, DEPOSITS, TAX, REVENUE, BANK = "1200", "2100", "2110", "2200", "4000", "1100"


def two_rates(shop: Shop, **fields: object) -> InvoiceDraft:
    """Two lines at 19 % and 7 %: net 333.30 + 50.00, gross 450.13."""
    vat, reduced, _ = shop.rates()
    lines = (
        line("111.10", "3", name="Work", tax_rate_ids=(vat,)),
        line("50", name="Books", tax_rate_ids=(reduced,)),
    )
    return shop.draft(lines=lines, **fields)


def issue(shop: Shop, draft: InvoiceDraft, kind: DocumentKind = DocumentKind.INVOICE) -> Issued:
    saved = shop.app.invoices.create(draft, kind)
    return shop.app.invoices.issue(saved.document_id, saved.version)


def deposit(shop: Shop, draft: InvoiceDraft, *, paid: bool = True) -> Issued:
    issued = issue(shop, draft, DocumentKind.DEPOSIT_INVOICE)
    if paid:
        shop.receive(issued.document_id, issued.total_minor)
    return issued


def tax_by_rate(shop: Shop) -> dict[int, int]:
    rows = shop.rows(
        "SELECT tax_rate_id, sum(base_minor) AS minor FROM posting "
        "WHERE tax_rate_id IS NOT NULL GROUP BY tax_rate_id HAVING sum(base_minor) <> 0"
    )
    return {row.tax_rate_id: row.minor for row in rows}


def test_a_credit_note_of_everything_returns_to_zero(shop: Shop) -> None:
    invoice = issue(shop, two_rates(shop))
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id, reason="Wrong customer"))
    assert (note.number, note.total_minor) == ("CN-00001", invoice.total_minor)
    assert shop.balances() == {}
    assert tax_by_rate(shop) == {}
    assert shop.state(invoice.document_id) is DocumentState.CREDITED
    assert shop.state(note.document_id) is DocumentState.SETTLED
    frozen = shop.app.queries.document(note.document_id).snapshot
    assert frozen is not None
    assert [(one.kind, one.number) for one in frozen.references] == [("credits", invoice.number)]
    with pytest.raises(NotAllowed, match="credited"):
        shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    shop.check()


def test_what_was_paid_becomes_customer_credit(shop: Shop) -> None:
    invoice = issue(shop, two_rates(shop))
    shop.receive(invoice.document_id, 40_000)
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    assert shop.balances() == {BANK: 40_000, CREDIT: -40_000}
    row = shop.document(note.document_id)
    assert (row.open_minor, row.total_minor) == (40_000, 45_013)
    assert shop.state(note.document_id) is DocumentState.PARTLY_USED
    assert shop.state(invoice.document_id) is DocumentState.PAID
    shop.check()


def test_lines_are_credited_and_what_is_left_afterwards(shop: Shop) -> None:
    invoice = issue(shop, two_rates(shop))
    first = shop.app.credit_notes.credit(CreditInput(invoice.document_id, {0: Decimal(1)}))
    assert first.total_minor == 13_221
    assert shop.state(invoice.document_id) is DocumentState.PARTIALLY_PAID
    with pytest.raises(UserError) as refusal:
        shop.app.credit_notes.credit(CreditInput(invoice.document_id, {0: Decimal("2.5")}))
    assert refusal.value.field == "lines.0.quantity"
    shop.app.credit_notes.credit(CreditInput(invoice.document_id, {1: Decimal(1)}))
    shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    assert shop.balances() == {}
    assert tax_by_rate(shop) == {}
    shop.check()


def test_an_amount_is_credited_over_all_rates(shop: Shop) -> None:
    invoice = issue(shop, two_rates(shop))
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id, amount_minor=10_000))
    assert note.total_minor == 10_000
    frozen = shop.app.queries.document(note.document_id).snapshot
    assert frozen is not None
    # 100.00 of 450.13: 63.33 of tax at 19 % and 3.50 at 7 % in proportion.
    assert [row.tax_minor for row in frozen.taxes] == [1407, 78]
    with pytest.raises(NotAllowed, match="amount"):
        shop.app.credit_notes.credit(CreditInput(invoice.document_id, {0: Decimal(1)}))
    with pytest.raises(UserError) as refusal:
        shop.app.credit_notes.credit(CreditInput(invoice.document_id, amount_minor=35_014))
    assert refusal.value.field == "amount_minor"
    shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    assert shop.balances() == {}
    assert tax_by_rate(shop) == {}
    shop.check()


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    price=st.decimals("0.01", "999", places=2),
    quantity=st.integers(1, 9),
    gross=st.booleans(),
    discount=st.none() | st.integers(1, 50),
    by_lines=st.booleans(),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 100)), max_size=4),
    rate=st.decimals("0.5", "1.5", places=3),
)
def test_any_way_of_crediting_everything_ends_at_nothing(
    shop: Shop,
    price: Decimal,
    quantity: int,
    *,
    gross: bool,
    discount: int | None,
    by_lines: bool,
    steps: list[tuple[bool, int]],
    rate: Decimal,
) -> None:
    """In foreign money as well: all is at nothing but what was paid, which is credit."""
    vat, reduced, _ = shop.rates()
    draft = shop.draft(
        currency="USD",
        exchange_rate=rate,
        price_mode=PriceMode.GROSS if gross else PriceMode.NET,
        adjustments=(Adjustment(False, percent=Decimal(discount)),) if discount else (),
        lines=(
            line(price, str(quantity), tax_rate_ids=(vat,)),
            line("3.33", "3", tax_rate_ids=(reduced,)),
        ),
    )
    before = shop.balances()
    invoice = issue(shop, draft)
    left, lines_left = invoice.total_minor, {0: Decimal(quantity), 1: Decimal(3)}
    paid = 0
    for pays, part in steps:
        open_minor = shop.document(invoice.document_id).open_minor
        if pays:
            money = open_minor * part // 100
            if money:
                paid += money
                shop.receive(invoice.document_id, money)
            continue
        if by_lines:
            index = part % 2
            share = (lines_left[index] * part / 100).quantize(Decimal("0.01"))
            if not share:
                continue
            given = CreditInput(invoice.document_id, {index: share})
        elif left * part // 100:
            given = CreditInput(invoice.document_id, amount_minor=left * part // 100)
        else:
            continue
        try:
            note = shop.app.credit_notes.credit(given)
        except UserError:
            # Less than a cent of a line gives nothing back.
            assert by_lines
            continue
        left -= note.total_minor
        if by_lines:
            lines_left[index] -= share
    if left:
        shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    after = shop.balances()
    touched = {code for code in after | before if after.get(code, 0) != before.get(code, 0)}
    assert touched == ({BANK, CREDIT} if paid else set())
    assert shop.document(invoice.document_id).open_base_minor == 0
    shop.check()


def test_a_deposit_invoice_earns_nothing_yet(shop: Shop) -> None:
    issued = deposit(shop, two_rates(shop), paid=False)
    assert issued.number == "DEP-00001"
    assert shop.balances() == {RECEIVABLE: 45_013, DEPOSITS: -38_330, TAX: -6_683}
    shop.check()


def test_a_final_invoice_deducts_paid_deposits_rate_by_rate(shop: Shop) -> None:
    vat, _, _ = shop.rates()
    customer = shop.customer()
    first = deposit(shop, two_rates(shop, customer_id=customer))
    whole = shop.draft(
        customer_id=customer,
        lines=(line("1000", tax_rate_ids=(vat,)),),
        deposit_ids=(first.document_id,),
    )
    final = issue(shop, whole, DocumentKind.FINAL_INVOICE)
    row = shop.document(final.document_id)
    assert (row.total_minor, row.prepaid_minor, row.open_minor) == (119_000, 45_013, 73_987)
    assert shop.state(final.document_id) is DocumentState.ISSUED
    assert shop.balances() == {
        BANK: 45_013,
        RECEIVABLE: 73_987,
        REVENUE: -100_000,
        TAX: -19_000,
    }
    shop.check()


def test_a_deposit_is_deducted_once_and_only_when_paid(shop: Shop) -> None:
    customer = shop.customer()
    unpaid = deposit(shop, two_rates(shop, customer_id=customer), paid=False)
    other = deposit(shop, two_rates(shop))
    paid = deposit(shop, two_rates(shop, customer_id=customer))

    def final(*ids: int, kind: DocumentKind = DocumentKind.FINAL_INVOICE) -> Issued:
        return issue(shop, shop.draft("5000", customer_id=customer, deposit_ids=ids), kind)

    with pytest.raises(NotAllowed, match="paid"):
        final(unpaid.document_id)
    with pytest.raises(UserError, match="another customer"):
        final(other.document_id)
    with pytest.raises(UserError, match="once"):
        final(paid.document_id, paid.document_id)
    with pytest.raises(UserError, match="final invoice"):
        final(paid.document_id, kind=DocumentKind.INVOICE)
    first = final(paid.document_id)
    with pytest.raises(UserError, match=first.number):
        final(paid.document_id)
    with pytest.raises(NotAllowed, match=first.number):
        shop.app.credit_notes.credit(CreditInput(paid.document_id))
    shop.app.invoices.void(first.document_id, "Mistake")
    second = final(paid.document_id)
    assert shop.document(second.document_id).prepaid_minor == paid.total_minor
    shop.check()


def test_more_deposits_than_the_final_invoice_are_refused(shop: Shop) -> None:
    customer = shop.customer()
    paid = deposit(shop, two_rates(shop, customer_id=customer))
    draft = shop.draft("10", customer_id=customer, deposit_ids=(paid.document_id,))
    with pytest.raises(UserError) as refusal:
        issue(shop, draft, DocumentKind.FINAL_INVOICE)
    assert refusal.value.field == "deposit_ids"


def test_a_credit_note_of_a_deposit_invoice_returns_to_zero(shop: Shop) -> None:
    issued = deposit(shop, two_rates(shop))
    shop.app.credit_notes.credit(CreditInput(issued.document_id, {0: Decimal(2)}))
    shop.app.credit_notes.credit(CreditInput(issued.document_id))
    assert shop.balances() == {BANK: 45_013, CREDIT: -45_013}
    assert tax_by_rate(shop) == {}
    shop.check()


def test_crediting_all_of_a_final_invoice_frees_its_deposits(shop: Shop) -> None:
    customer = shop.customer()
    paid = deposit(shop, two_rates(shop, customer_id=customer))
    before = shop.balances()
    vat = shop.rates()[0]
    whole = shop.draft(
        customer_id=customer,
        lines=(line("1000", tax_rate_ids=(vat,)),),
        deposit_ids=(paid.document_id,),
    )
    final = issue(shop, whole, DocumentKind.FINAL_INVOICE)
    shop.app.credit_notes.credit(CreditInput(final.document_id, {0: Decimal("0.5")}))
    with pytest.raises(UserError, match="deposits"):
        shop.app.credit_notes.credit(CreditInput(final.document_id, amount_minor=20_000))
    rest = shop.app.credit_notes.credit(CreditInput(final.document_id))
    assert shop.balances() == before
    assert shop.document(rest.document_id).prepaid_minor == paid.total_minor
    again = issue(shop, whole, DocumentKind.FINAL_INVOICE)
    assert shop.document(again.document_id).prepaid_minor == paid.total_minor
    shop.check()


def test_deposit_and_final_invoice_in_foreign_currency(shop: Shop) -> None:
    customer = shop.customer()
    foreign = {"customer_id": customer, "currency": "USD"}
    first = deposit(shop, replace(two_rates(shop, **foreign), exchange_rate=Decimal("0.91")))
    whole = shop.draft(
        "900", **foreign, exchange_rate=Decimal("0.95"), deposit_ids=(first.document_id,)
    )
    final = issue(shop, whole, DocumentKind.FINAL_INVOICE)
    row = shop.document(final.document_id)
    # The rest of 449.87 USD is owed at the final invoice's rate.
    assert (row.open_minor, row.open_base_minor) == (44_987, 42_738)
    shop.check()
    shop.app.credit_notes.credit(CreditInput(final.document_id))
    shop.app.credit_notes.credit(CreditInput(first.document_id))
    assert set(shop.balances()) == {BANK, CREDIT}
    shop.check()


def test_a_credit_note_of_its_own(shop: Shop) -> None:
    vat = shop.rates()[0]
    draft = shop.draft(lines=(line("100", tax_rate_ids=(vat,)),))
    note = issue(shop, draft, DocumentKind.CREDIT_NOTE)
    assert shop.balances() == {REVENUE: 10_000, TAX: 1_900, CREDIT: -11_900}
    assert shop.state(note.document_id) is DocumentState.OPEN_CREDIT
    with pytest.raises(UserError, match="zero"):
        issue(shop, shop.draft("0"), DocumentKind.CREDIT_NOTE)
    shop.check()
    shop.app.invoices.void(note.document_id, "Mistake")
    assert shop.balances() == {}
    shop.check()


def test_correcting_is_a_credit_note_and_a_new_draft(shop: Shop) -> None:
    draft = two_rates(shop, order_reference="PO-7", service_from=date(2026, 11, 1))
    invoice = issue(shop, draft)
    done = shop.app.credit_notes.correct(invoice.document_id, "Wrong price")
    assert shop.balances() == {}
    again = shop.app.queries.document(done.draft.document_id)
    assert (again.state, again.draft.order_reference) == (DocumentState.DRAFT, "PO-7")
    assert again.draft.lines == shop.app.queries.document(invoice.document_id).draft.lines
    issued = shop.app.invoices.issue(done.draft.document_id, done.draft.version)
    assert issued.total_minor == invoice.total_minor
    with pytest.raises(NotAllowed):
        shop.app.credit_notes.correct(invoice.document_id)
    shop.check()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantities": {5: Decimal(1)}}, "lines"),
        ({"quantities": {0: Decimal(-1)}}, "lines.0.quantity"),
        ({"quantities": {0: Decimal("NaN")}}, "lines.0.quantity"),
        ({"quantities": {0: Decimal(0)}}, "quantities"),
        ({"quantities": {}}, "quantities"),
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": 45_014}, "amount_minor"),
        ({"amount_minor": 1, "quantities": {0: Decimal(1)}}, "amount_minor"),
        ({"issued_on": date(2026, 11, 23)}, "issued_on"),
        ({"reason": "\ud800"}, "reason"),
    ],
)
def test_a_credit_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    invoice = issue(shop, two_rates(shop))
    with pytest.raises(UserError) as refusal:
        shop.app.credit_notes.credit(CreditInput(invoice.document_id, **changes))
    assert refusal.value.field == field
    assert len(shop.rows("SELECT id FROM document")) == 1


def test_only_issued_valid_invoices_are_credited(shop: Shop) -> None:
    draft = shop.app.invoices.create(two_rates(shop))
    with pytest.raises(NotAllowed, match="Issue the invoice first"):
        shop.app.credit_notes.credit(CreditInput(draft.document_id))
    issued = shop.app.invoices.issue(draft.document_id, draft.version)
    note = shop.app.credit_notes.credit(CreditInput(issued.document_id, {1: Decimal(1)}))
    with pytest.raises(NotAllowed, match="not a credit note"):
        shop.app.credit_notes.credit(CreditInput(note.document_id))
    with pytest.raises(NotAllowed, match="credited"):
        shop.app.invoices.void(issued.document_id, "No")
    with pytest.raises(NotAllowed, match="used"):
        shop.app.invoices.void(note.document_id, "No")


def test_a_credit_note_taken_off_its_invoice_can_be_voided(shop: Shop) -> None:
    """The debt stands again since then; the void takes back the credit, not the debt."""
    before = shop.balances()
    vat = shop.rates()[:1]
    invoice = shop.issued(lines=(line("100", tax_rate_ids=vat),)).document_id
    owed = shop.balances()
    note = shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=4_000, reason="Late"))
    shop.app.allocations.take_note_off(note.document_id, invoice)
    shop.app.invoices.void(note.document_id, "Mistake")
    assert shop.balances() == owed != before
    assert shop.document(invoice).open_minor == 11_900
    shop.check()
