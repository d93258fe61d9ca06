"""Credit notes of invoices, deposit and final invoices: figures, entries, what they settle."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentKind, DocumentState
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import LOWERS_TAX, DeductionKind
from billdesk.core.domain.totals import Adjustment, PriceMode
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.payments import DeductionInput, RefundInput, Share
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.tax_rates import RateChange

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
    with pytest.raises(NotAllowed, match="void that credit note first"):
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


def taxed_invoice(
    shop: Shop, *prices: str, kind: DocumentKind = DocumentKind.INVOICE, **fields: object
) -> int:
    """An issued document of one line at 19 % for each price."""
    vat = shop.rates()[:1]
    lines = tuple(line(price, tax_rate_ids=vat) for price in prices)
    return issue(shop, shop.draft(lines=lines, **fields), kind).document_id


@pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.DEPOSIT_INVOICE])
@pytest.mark.parametrize("amount", [None, 5_000])
def test_an_invoice_is_not_void_while_a_credit_note_takes_it_back(
    shop: Shop, kind: DocumentKind, amount: int | None
) -> None:
    """Neither where the payment came off, nor where the credit note did."""
    invoice = taxed_invoice(shop, "100", kind=kind)
    payment = shop.receive(invoice, 11_900)
    note = shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=amount))
    shop.app.payments.undo(payment)
    with pytest.raises(NotAllowed, match=f"{note.number} .* void that credit note first"):
        shop.app.invoices.void(invoice, "Mistake")
    assert Action.VOID not in shop.app.queries.document(invoice).allowed
    shop.app.allocations.take_note_off(note.document_id, invoice)
    with pytest.raises(NotAllowed, match=f"{note.number} .* void that credit note first"):
        shop.app.invoices.void(invoice, "Mistake")
    shop.app.invoices.void(note.document_id, "Mistake")
    shop.app.invoices.void(invoice, "Mistake")
    assert shop.balances() == {}
    shop.check()


def test_credit_notes_are_void_last_first(shop: Shop) -> None:
    """Each is computed upon those before it: 0.335 twice are 0.67, in parts 0.34 and 0.33."""
    invoice = shop.issued(lines=(line("0.335", "2"),)).document_id
    first = shop.app.credit_notes.credit(CreditInput(invoice, {0: Decimal(1)}))
    second = shop.app.credit_notes.credit(CreditInput(invoice))
    for note in (first, second):
        shop.app.allocations.take_note_off(note.document_id, invoice)
    with pytest.raises(NotAllowed, match=f"{second.number} takes back more of INV-00001"):
        shop.app.invoices.void(first.document_id, "Mistake")
    assert Action.VOID not in shop.app.queries.document(first.document_id).allowed
    for note in (second, first):
        shop.app.invoices.void(note.document_id, "Mistake")
    shop.app.credit_notes.credit(CreditInput(invoice))
    assert shop.balances() == {}
    shop.check()


def test_a_void_credit_note_does_not_deduct_a_deposit_twice(shop: Shop) -> None:
    customer = shop.customer()
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    shop.receive(paid, 11_900)
    final = {
        "kind": DocumentKind.FINAL_INVOICE,
        "customer_id": customer,
        "deposit_ids": (paid,),
    }
    first = taxed_invoice(shop, "500", **final)
    note = shop.app.credit_notes.credit(CreditInput(first)).document_id
    second = taxed_invoice(shop, "400", **final)
    shop.app.allocations.take_note_off(note, first)
    number = shop.document(second).number
    with pytest.raises(NotAllowed, match=f"DEP-00001 again, which {number} deducts"):
        shop.app.invoices.void(note, "Mistake")
    assert Action.VOID not in shop.app.queries.document(note).allowed
    shop.app.invoices.void(second, "Mistake")
    of_deposit = shop.app.credit_notes.credit(CreditInput(paid))
    with pytest.raises(NotAllowed, match=f"was credited; void {of_deposit.number} first"):
        shop.app.invoices.void(note, "Mistake")
    shop.app.invoices.void(of_deposit.document_id, "Mistake")
    shop.app.invoices.void(note, "Mistake")
    assert shop.document(first).open_minor == 47_600
    with pytest.raises(UserError, match="deducted"):
        taxed_invoice(shop, "500", **final)
    shop.check()


def test_an_invoice_that_was_corrected_stands_again_only_alone(shop: Shop) -> None:
    invoice = taxed_invoice(shop, "100")
    corrected = shop.app.credit_notes.correct(invoice, "Wrong price")
    note = corrected.credit_note
    shop.app.allocations.take_note_off(note.document_id, invoice)
    with pytest.raises(NotAllowed, match="corrects INV-00001"):
        shop.app.invoices.void(note.document_id, "Mistake")
    shop.app.invoices.delete(corrected.draft.document_id)
    shop.app.invoices.void(note.document_id, "Mistake")
    assert shop.document(invoice).open_minor == 11_900
    shop.check()


def test_the_rest_of_a_final_invoice_is_credited_after_a_void_credit_note(shop: Shop) -> None:
    customer = shop.customer()
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    shop.receive(paid, 11_900)
    before = shop.balances()
    given = {"customer_id": customer, "deposit_ids": (paid,)}
    final = taxed_invoice(shop, "100", "400", kind=DocumentKind.FINAL_INVOICE, **given)
    shop.app.credit_notes.credit(CreditInput(final, {0: Decimal(1)}))
    second = shop.app.credit_notes.credit(CreditInput(final)).document_id
    shop.app.allocations.take_note_off(second, final)
    shop.app.invoices.void(second, "Mistake")
    assert shop.document(final).open_minor == 35_700
    shop.app.credit_notes.credit(CreditInput(final))
    assert shop.balances() == before
    shop.check()


def deduct(shop: Shop, document_id: int, kind: DeductionKind, minor: int) -> None:
    shop.app.deductions.deduct(
        DeductionInput(document_id, kind, minor, shop.time.today(), "Agreed")
    )


@pytest.mark.parametrize("kind", list(DeductionKind))
@pytest.mark.parametrize("paid", [0, 11_895])
@pytest.mark.parametrize("cash_basis", [False, True])
def test_nobody_gets_back_what_was_deducted(
    shop: Shop, kind: DeductionKind, paid: int, *, cash_basis: bool
) -> None:
    """All that was paid is credit, all that was not is nothing, and no tax is claimed twice."""
    if cash_basis:
        shop.app.settings.save_taxes(TaxSettings(cash_basis_from=date(2026, 1, 1)))
    invoice = taxed_invoice(shop, "100")
    if paid:
        shop.receive(invoice, paid)
    deduct(shop, invoice, kind, 5)
    note = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
    credit = shop.document(note).open_minor
    assert credit == paid
    shop.check()
    if credit:
        given = RefundInput(credit, PaymentMethod.BANK, shop.time.today(), credit_note_id=note)
        shop.app.refunds.refund(given)
    assert shop.balances() == {}
    assert tax_by_rate(shop) == {}
    shop.check()


@pytest.mark.parametrize("kind", sorted(LOWERS_TAX))
@pytest.mark.parametrize("cash_basis", [False, True])
def test_a_line_is_credited_whose_tax_fell_away_with_a_deduction(
    shop: Shop, kind: DeductionKind, *, cash_basis: bool
) -> None:
    """Of 226, 80 are not paid. The line at 19 % gives all its tax back, the 80 the other's."""
    if cash_basis:
        shop.app.settings.save_taxes(TaxSettings(cash_basis_from=date(2026, 1, 1)))
    vat, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(vat,)), line("100", tax_rate_ids=(reduced,)))
    invoice = issue(shop, shop.draft(lines=lines)).document_id
    deduct(shop, invoice, kind, 8_000)
    shop.app.credit_notes.credit(CreditInput(invoice, {0: Decimal(1)}))
    # 107 are left and 80 of them lowered: 7.00 less 80/107 of it.
    row = shop.document(invoice)
    assert (row.written_off_minor, row.open_minor) == (8_000, 2_700)
    assert tax_by_rate(shop) == {reduced: -177}
    shop.check()
    shop.app.credit_notes.credit(CreditInput(invoice))
    assert tax_by_rate(shop) == {}
    assert shop.balances() == {}
    shop.check()


def test_a_bad_debt_is_owed_again_before_it_is_credited(shop: Shop) -> None:
    invoice = taxed_invoice(shop, "100")
    deduct(shop, invoice, DeductionKind.BAD_DEBT, 11_900)
    shop.app.credit_notes.credit(CreditInput(invoice))
    assert shop.balances() == {}
    assert shop.state(invoice) is DocumentState.CREDITED
    shop.check()


def test_a_discount_stands_until_a_credit_note_reaches_it(shop: Shop) -> None:
    """1 190 less 35.70: 1 000 of it can be credited beside the discount, not 1 180."""
    invoice = taxed_invoice(shop, "1000")
    deduct(shop, invoice, DeductionKind.EARLY_PAYMENT_DISCOUNT, 3_570)
    shop.receive(invoice, 115_430)
    shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=100_000))
    assert shop.document(invoice).written_off_minor == 3_570
    assert shop.balances()[CREDIT] == -100_000
    shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=18_000))
    row = shop.document(invoice)
    assert (row.written_off_minor, row.open_minor) == (1_000, 0)
    # What the business keeps of 1 154.30 is nothing; its tax is nothing too.
    assert shop.balances()[CREDIT] == -115_430
    shop.app.credit_notes.credit(CreditInput(invoice))
    assert shop.balances() == {BANK: 115_430, CREDIT: -115_430}
    assert tax_by_rate(shop) == {}
    shop.check()


def test_an_amount_of_lines_that_come_to_nothing_is_tax(shop: Shop) -> None:
    """100 at 19 % and 100 returned at 7 %: 12.00 of tax and nothing else."""
    vat, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(vat,)), line("100", "-1", tax_rate_ids=(reduced,)))
    invoice = issue(shop, shop.draft(lines=lines)).document_id
    note = shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=600)).document_id
    frozen = shop.app.queries.document(note).snapshot
    assert frozen is not None
    assert [(row.base_minor, row.tax_minor) for row in frozen.taxes] == [
        (5_000, 950),
        (-5_000, -350),
    ]
    shop.check()
    shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=101))
    shop.app.credit_notes.credit(CreditInput(invoice))
    assert shop.balances() == {}
    assert tax_by_rate(shop) == {}
    shop.check()


def test_a_line_whose_tax_a_deposit_charged_is_credited(shop: Shop) -> None:
    """The final invoice itself charges no tax: its deposit charged what its taxed line has."""
    vat, customer = shop.rates()[:1], shop.customer()
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    shop.receive(paid, 11_900)
    lines = (line("100", tax_rate_ids=vat), line("500"))
    draft = shop.draft(customer_id=customer, lines=lines, deposit_ids=(paid,))
    final = issue(shop, draft, DocumentKind.FINAL_INVOICE).document_id
    shop.app.credit_notes.credit(CreditInput(final, {0: Decimal(1)}))
    assert tax_by_rate(shop) == {}
    shop.check()
    shop.app.credit_notes.credit(CreditInput(final))
    assert tax_by_rate(shop) == {vat[0]: -1_900}
    shop.check()


def test_a_correction_has_the_tax_of_the_day_it_was_supplied(shop: Shop) -> None:
    invoice = taxed_invoice(shop, "100")
    vat = shop.rates()[0]
    version = shop.one("SELECT version FROM tax_rate WHERE id = :id", id=vat).version
    shop.app.tax_rates.change_from(
        vat, version, RateChange(date(2027, 1, 1), Decimal(16), "VAT 16 %")
    )
    shop.time.advance(days=50)
    draft = shop.app.credit_notes.correct(invoice).draft
    issued = shop.app.invoices.issue(draft.document_id, draft.version)
    assert issued.total_minor == 11_900
    frozen = shop.app.queries.document(issued.document_id).snapshot
    assert frozen is not None
    assert (frozen.service_from, frozen.service_to) == (date(2026, 11, 24), None)
    shop.check()


def test_a_deposit_settled_with_credit_or_a_discount_is_deducted(shop: Shop) -> None:
    """The customer's own credit is as good as money; a discount lowered the deposit's tax."""
    customer = shop.customer()
    invoice = taxed_invoice(shop, "50", customer_id=customer)
    shop.receive(invoice, 5_950)
    credit = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    deduct(shop, paid, DeductionKind.EARLY_PAYMENT_DISCOUNT, 357)
    given = {"kind": DocumentKind.FINAL_INVOICE, "customer_id": customer, "deposit_ids": (paid,)}
    with pytest.raises(NotAllowed, match="paid"):
        taxed_invoice(shop, "500", **given)
    shop.app.allocations.use_credit_note(credit, Share(paid, 5_950))
    shop.receive(paid, 5_593)
    assert Action.DEDUCT in shop.app.queries.document(paid).allowed
    final = taxed_invoice(shop, "500", **given)
    assert shop.document(final).open_minor == 47_600
    # 95.00 of tax less the 0.57 in the discount.
    assert shop.balances()[TAX] == -9_443
    assert Action.DEDUCT not in shop.app.queries.document(paid).allowed
    shop.check()


def test_a_deposit_paid_with_credit_alone_is_deducted(shop: Shop) -> None:
    customer = shop.customer()
    invoice = taxed_invoice(shop, "100", customer_id=customer)
    shop.receive(invoice, 11_900)
    credit = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    shop.app.allocations.use_credit_note(credit, Share(paid, 11_900))
    assert shop.state(paid) is DocumentState.CREDITED
    given = {"kind": DocumentKind.FINAL_INVOICE, "customer_id": customer, "deposit_ids": (paid,)}
    final = taxed_invoice(shop, "500", **given)
    assert shop.balances() == {BANK: 11_900, RECEIVABLE: 47_600, TAX: -9_500, REVENUE: -50_000}
    shop.app.invoices.void(final, "Mistake")
    shop.check()


def test_a_deposit_credited_in_part_says_what_to_do(shop: Shop) -> None:
    customer = shop.customer()
    paid = taxed_invoice(shop, "100", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    shop.receive(paid, 11_900)
    note = shop.app.credit_notes.credit(CreditInput(paid, amount_minor=1_900))
    given = {"kind": DocumentKind.FINAL_INVOICE, "customer_id": customer, "deposit_ids": (paid,)}
    with pytest.raises(UserError, match=f"credited by {note.number}; credit the rest of it"):
        taxed_invoice(shop, "500", **given)
    assert Action.DEDUCT not in shop.app.queries.document(paid).allowed
    shop.app.invoices.void(note.document_id, "Mistake")
    taxed_invoice(shop, "500", **given)
    shop.check()
