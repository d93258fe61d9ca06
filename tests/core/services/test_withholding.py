"""Taxes that customers keep back: what is asked for, booked, credited and voided."""

from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentKind, DocumentState, SettledPart
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.tax import TaxKind
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.tax_rates import TaxRateInput

RECEIVABLE, WITHHELD, TAX, REVENUE, BANK, CREDIT = "1200", "1230", "2200", "4000", "1100", "2100"


@pytest.fixture
def irpf(shop: Shop) -> int:
    return shop.app.tax_rates.create(TaxRateInput("IRPF 15 %", Decimal(15), kind=TaxKind.WITHHELD))


def bill(
    shop: Shop,
    irpf: int,
    price: str = "1000",
    quantity: str = "1",
    kind: DocumentKind = DocumentKind.INVOICE,
    **fields: object,
) -> Issued:
    vat = shop.rates()[0]
    lines = (line(price, quantity, tax_rate_ids=(vat, irpf)),)
    saved = shop.app.invoices.create(shop.draft(lines=lines, **fields), kind)
    return shop.app.invoices.issue(saved.document_id, saved.version)


def test_the_invoice_asks_for_what_is_left(shop: Shop, irpf: int) -> None:
    # 1,000 + 190 VAT - 150 withheld.
    invoice = bill(shop, irpf)
    detail = shop.app.queries.document(invoice.document_id)
    assert (detail.total_minor, detail.open_minor) == (119_000, 104_000)
    assert shop.balances() == {
        RECEIVABLE: 104_000,
        WITHHELD: 15_000,
        TAX: -19_000,
        REVENUE: -100_000,
    }
    # Nothing has been paid yet, so nothing is part paid.
    assert shop.state(invoice.document_id) is DocumentState.ISSUED
    shop.receive(invoice.document_id, 104_000)
    assert shop.state(invoice.document_id) is DocumentState.PAID
    assert shop.balances() == {BANK: 104_000, WITHHELD: 15_000, TAX: -19_000, REVENUE: -100_000}
    shop.check()


def test_a_part_of_what_is_left_is_part_paid(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    shop.receive(invoice.document_id, 1_000)
    assert shop.state(invoice.document_id) is DocumentState.PARTIALLY_PAID
    shop.check()


def test_a_void_invoice_leaves_nothing_withheld(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    shop.app.invoices.void(invoice.document_id, "Wrong customer")
    assert shop.balances() == {}
    assert shop.state(invoice.document_id) is DocumentState.VOID
    shop.check()


def test_an_overdue_invoice_can_be_void_until_money_comes(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    shop.time.advance(days=30)
    assert shop.state(invoice.document_id) is DocumentState.OVERDUE
    shop.app.invoices.void(invoice.document_id, "Never agreed")
    assert shop.balances() == {}


def test_a_credit_note_of_everything_returns_to_zero(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id, reason="Returned"))
    assert shop.balances() == {}
    assert shop.state(invoice.document_id) is DocumentState.CREDITED
    frozen = shop.app.queries.preview_snapshot(note.document_id)
    assert (frozen.total_minor, frozen.withheld_minor, frozen.due_minor) == (
        119_000,
        15_000,
        104_000,
    )
    shop.check()


def test_parts_are_credited_with_their_part_of_the_tax(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf, "250", "4")
    for done in range(1, 5):
        shop.app.credit_notes.credit(CreditInput(invoice.document_id, {0: Decimal(1)}))
        assert shop.balances().get(WITHHELD, 0) == 15_000 - done * 3_750
        assert shop.balances().get(RECEIVABLE, 0) == 104_000 - done * 26_000
        shop.check()
    assert shop.balances() == {}


def test_after_payment_the_customer_gets_back_what_was_paid(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    shop.receive(invoice.document_id, 104_000)
    shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    assert shop.balances() == {BANK: 104_000, CREDIT: -104_000}
    shop.check()


def test_a_deposit_is_deducted_with_what_was_withheld_of_it(shop: Shop, irpf: int) -> None:
    customer = shop.customer()
    deposit = bill(shop, irpf, "400", kind=DocumentKind.DEPOSIT_INVOICE, customer_id=customer)
    # 400 + 76 - 60.
    shop.receive(deposit.document_id, 41_600)
    final = bill(
        shop,
        irpf,
        kind=DocumentKind.FINAL_INVOICE,
        customer_id=customer,
        deposit_ids=(deposit.document_id,),
    )
    # 1,190 less 476, less the 90 that are still to be withheld.
    detail = shop.app.queries.document(final.document_id)
    assert (detail.total_minor, detail.open_minor) == (119_000, 62_400)
    assert shop.balances() == {
        RECEIVABLE: 62_400,
        BANK: 41_600,
        WITHHELD: 15_000,
        TAX: -19_000,
        REVENUE: -100_000,
    }
    shop.check()


def test_in_foreign_currency_it_is_booked_at_the_rate_of_the_invoice(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf, currency="USD", exchange_rate=Decimal("0.9"))
    assert shop.balances() == {RECEIVABLE: 93_600, WITHHELD: 13_500, TAX: -17_100, REVENUE: -90_000}
    assert shop.app.queries.document(invoice.document_id).open_minor == 104_000
    shop.check()


def test_the_list_and_the_state_agree(shop: Shop, irpf: int) -> None:
    invoice = bill(shop, irpf)
    row = shop.app.queries.documents(DocumentFilter()).rows[0]
    assert (row.id, row.state, row.settled_part) == (
        invoice.document_id,
        DocumentState.ISSUED,
        SettledPart.NONE,
    )


@pytest.mark.parametrize("amount", [None, 59_500])
def test_tax_is_kept_back_again_once_the_credit_note_is_void(
    shop: Shop, irpf: int, amount: int | None
) -> None:
    invoice = bill(shop, irpf).document_id
    before = shop.balances()
    note = shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=amount)).document_id
    shop.app.allocations.take_note_off(note, invoice)
    shop.app.invoices.void(note, "Mistake")
    assert shop.document(invoice).open_minor == 104_000
    assert shop.balances() == before
    shop.check()


def test_an_amount_is_credited_with_its_part_of_the_tax(shop: Shop, irpf: int) -> None:
    """In three parts: what was kept back is lowered with each and ends at nothing."""
    invoice = bill(shop, irpf).document_id
    for amount, kept in ((39_999, 9_958), (79_000, 0), (1, 0)):
        note = shop.app.credit_notes.credit(CreditInput(invoice, amount_minor=amount)).document_id
        frozen = shop.app.queries.preview_snapshot(note)
        assert frozen.due_minor == frozen.total_minor - frozen.withheld_minor
        assert shop.balances().get(WITHHELD, 0) == kept
        shop.check()
    assert shop.balances() == {}


def test_a_credit_note_of_its_own_gives_back_what_it_says(shop: Shop, irpf: int) -> None:
    with pytest.raises(UserError, match="Credit the invoice that the tax was kept back of") as no:
        bill(shop, irpf, kind=DocumentKind.CREDIT_NOTE)
    assert no.value.field == "lines"
