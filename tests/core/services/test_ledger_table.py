"""The ledger table of docs/glossary.md, row by row: what each event debits and credits."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.invoices import Issued
from billdesk.core.services.payments import (
    DeductionInput,
    PaymentInput,
    PayoutInput,
    RefundInput,
    Share,
)
from billdesk.core.services.steps.credit import CreditInput

TODAY = date(2026, 11, 24)


def taxed(shop: Shop, customer: int | None = None, **fields: object) -> Issued:
    """119.00: 100.00 and 19 % VAT."""
    if customer is not None:
        fields["customer_id"] = customer
    return shop.issued(lines=(line("100", tax_rate_ids=(shop.rates()[0],)),), **fields)


def last_entry(shop: Shop) -> dict[str, int]:
    """Role to amount in company currency (debits positive) of the newest entry."""
    rows = shop.rows(
        "SELECT a.role, sum(p.base_minor) AS minor FROM posting p "
        "JOIN account a ON a.id = p.account_id "
        "WHERE p.entry_id = (SELECT max(id) FROM ledger_entry) GROUP BY a.role"
    )
    return {row.role: row.minor for row in rows}


def paid(shop: Shop, minor: int, customer: int, *shares: Share, **fields: object) -> int:
    """A bank transfer of a customer, without a document."""
    given = {
        "document_id": None,
        "amount_minor": minor,
        "method": PaymentMethod.BANK,
        "received_on": TODAY,
        "shares": shares,
        "customer_id": customer,
        **fields,
    }
    return shop.app.payments.record(PaymentInput(**given))


def deduct(shop: Shop, issued: Issued, kind: DeductionKind, minor: int, reason: str = "") -> int:
    """A deduction of today."""
    given = DeductionInput(issued.document_id, kind, minor, TODAY, reason)
    return shop.app.deductions.deduct(given)


def test_invoice_issued(shop: Shop) -> None:
    taxed(shop)
    assert last_entry(shop) == {"receivable": 11_900, "revenue": -10_000, "tax_payable": -1_900}
    shop.check()


def test_void(shop: Shop) -> None:
    issued = taxed(shop)
    shop.app.invoices.void(issued.document_id, "Wrong customer")
    assert last_entry(shop) == {"receivable": -11_900, "revenue": 10_000, "tax_payable": 1_900}
    shop.check()


def test_credit_note(shop: Shop) -> None:
    issued = taxed(shop)
    shop.receive(issued.document_id, 10_000)
    shop.app.credit_notes.credit(CreditInput(issued.document_id, amount_minor=5_950))
    assert last_entry(shop) == {
        "revenue": 5_000,
        "tax_payable": 950,
        "receivable": -1_900,
        "customer_credit": -4_050,
    }
    shop.check()


def test_credit_of_a_credit_note_used_and_paid_out(shop: Shop) -> None:
    customer = shop.customer()
    old, new = taxed(shop, customer), taxed(shop, customer)
    shop.receive(old.document_id, 11_900)
    note = shop.app.credit_notes.credit(CreditInput(old.document_id)).document_id
    shop.app.allocations.use_credit_note(note, Share(new.document_id, 5_000))
    assert last_entry(shop) == {"customer_credit": 5_000, "receivable": -5_000}
    assert shop.document(new.document_id).credited_minor == 5_000
    shop.app.refunds.refund(RefundInput(6_900, PaymentMethod.BANK, TODAY, credit_note_id=note))
    assert last_entry(shop) == {"customer_credit": 6_900, "bank": -6_900}
    with pytest.raises(NotAllowed, match="used or paid out"):
        shop.app.refunds.refund(RefundInput(1, PaymentMethod.BANK, TODAY, credit_note_id=note))
    shop.app.allocations.take_note_off(note, new.document_id)
    assert last_entry(shop) == {"customer_credit": -5_000, "receivable": 5_000}
    shop.check()


def test_deposit_invoice_and_final_invoice(shop: Shop) -> None:
    customer = shop.customer()
    lines = (line("100", tax_rate_ids=(shop.rates()[0],)),)
    draft = shop.draft(lines=lines, customer_id=customer)
    saved = shop.app.invoices.create(draft, DocumentKind.DEPOSIT_INVOICE)
    deposit = shop.app.invoices.issue(saved.document_id, saved.version)
    assert last_entry(shop) == {
        "receivable": 11_900,
        "customer_deposits": -10_000,
        "tax_payable": -1_900,
    }
    shop.receive(deposit.document_id, 11_900)
    whole = shop.draft(
        lines=(line("300", tax_rate_ids=(shop.rates()[0],)),),
        customer_id=customer,
        deposit_ids=(deposit.document_id,),
    )
    saved = shop.app.invoices.create(whole, DocumentKind.FINAL_INVOICE)
    shop.app.invoices.issue(saved.document_id, saved.version)
    assert last_entry(shop) == {
        "customer_deposits": 10_000,
        "receivable": 23_800,
        "revenue": -30_000,
        "tax_payable": -3_800,
    }
    shop.check()


def test_manual_payment_over_several_documents(shop: Shop) -> None:
    customer = shop.customer()
    one, two = taxed(shop, customer), taxed(shop, customer)
    paid(shop, 20_000, customer, Share(one.document_id, 11_900), Share(two.document_id, 5_000))
    assert last_entry(shop) == {"bank": 20_000, "receivable": -16_900, "customer_credit": -3_100}
    assert shop.document(one.document_id).open_minor == 0
    assert shop.document(two.document_id).open_minor == 6_900
    shop.check()


def test_manual_payment_without_a_document_is_credit(shop: Shop) -> None:
    paid(shop, 500, shop.customer())
    assert last_entry(shop) == {"bank": 500, "customer_credit": -500}
    shop.check()


def test_manual_payment_undone_after_it_was_moved(shop: Shop) -> None:
    customer = shop.customer()
    one, two = taxed(shop, customer), taxed(shop, customer)
    payment = paid(shop, 12_000, customer, Share(one.document_id, 11_900))
    shop.app.allocations.move(payment, one.document_id, Share(two.document_id, 10_000))
    shop.app.payments.undo(payment)
    assert last_entry(shop) == {"bank": -12_000, "receivable": 11_900, "customer_credit": 100}
    assert shop.document(one.document_id).open_minor == 11_900
    assert shop.document(two.document_id).open_minor == 11_900
    shop.check()


def test_a_payment_undone_leaves_the_invoice_less_its_own_credit_note(shop: Shop) -> None:
    issued = taxed(shop)
    payment = shop.receive(issued.document_id, 11_900)
    given = CreditInput(issued.document_id, amount_minor=5_000)
    note = shop.app.credit_notes.credit(given).document_id
    shop.app.payments.undo(payment)
    assert last_entry(shop) == {"customer_credit": 5_000, "receivable": -5_000}
    open_minor = [shop.document(one).open_minor for one in (issued.document_id, note)]
    assert open_minor == [6_900, 0]
    shop.check()


def test_allocate_move_unallocate(shop: Shop) -> None:
    customer = shop.customer()
    one, two = taxed(shop, customer), taxed(shop, customer)
    payment = paid(shop, 12_000, customer)
    shop.told()
    shop.app.allocations.use_payment(payment, Share(one.document_id, 9_000))
    assert last_entry(shop) == {"customer_credit": 9_000, "receivable": -9_000}
    assert shop.told() == ["PaymentChanged"]
    shop.app.allocations.move(payment, one.document_id, Share(two.document_id, 4_000))
    assert last_entry(shop) == {"receivable": 0}
    assert shop.document(one.document_id).open_minor == 6_900
    assert shop.document(two.document_id).open_minor == 7_900
    shop.app.allocations.take_off(payment, one.document_id)
    assert last_entry(shop) == {"customer_credit": -5_000, "receivable": 5_000}
    shop.app.allocations.take_off(payment, two.document_id, 1_000)
    assert shop.document(two.document_id).open_minor == 8_900
    with pytest.raises(UserError, match="settles less"):
        shop.app.allocations.take_off(payment, one.document_id)
    with pytest.raises(UserError, match="not that much left"):
        shop.app.allocations.use_payment(payment, Share(one.document_id, 11_000))
    assert shop.audit().count("credit.moved") == 2
    shop.check()


def test_an_allocation_stays_with_its_customer_and_currency(shop: Shop) -> None:
    payment = paid(shop, 50_000, shop.customer())
    other = taxed(shop)
    with pytest.raises(NotAllowed, match="another customer"):
        shop.app.allocations.use_payment(payment, Share(other.document_id, 100))
    with pytest.raises(NotAllowed, match="another customer"):
        paid(shop, 100, shop.customer(), Share(other.document_id, 100))
    mine = taxed(shop, shop.customer(), currency="USD", exchange_rate=Decimal("0.9"))
    with pytest.raises(NotAllowed, match="in USD, not in EUR"):
        paid(shop, 100, None, Share(mine.document_id, 100), currency="EUR")  # type: ignore[arg-type]
    shop.check()


def test_money_with_no_home_and_its_home(shop: Shop) -> None:
    customer = shop.customer()
    issued = taxed(shop, customer)
    payment = paid(shop, 12_000, None)  # type: ignore[arg-type]
    assert last_entry(shop) == {"bank": 12_000, "suspense": -12_000}
    shop.check()
    with pytest.raises(NotAllowed, match="Set the customer of this money first"):
        shop.app.allocations.use_payment(payment, Share(issued.document_id, 100))
    shop.app.payments.assign(payment, customer, [Share(issued.document_id, 11_900)])
    assert last_entry(shop) == {
        "suspense": 12_000,
        "receivable": -11_900,
        "customer_credit": -100,
    }
    shop.check()
    with pytest.raises(NotAllowed, match="customer of this money is known"):
        shop.app.payments.assign(payment, customer)
    with pytest.raises(NotAllowed, match="off its invoices"):
        shop.app.payments.unassign(payment)
    shop.app.allocations.take_off(payment, issued.document_id)
    shop.app.payments.unassign(payment)
    assert last_entry(shop) == {"suspense": -12_000, "customer_credit": 12_000}
    shop.check()
    shop.app.payments.assign(payment, customer)
    shop.app.payments.undo(payment)
    assert last_entry(shop) == {"bank": -12_000, "customer_credit": 12_000}
    shop.check()


def test_refund_of_credit_by_hand(shop: Shop) -> None:
    customer = shop.customer()
    payment = paid(shop, 500, customer)
    refund = shop.app.refunds.refund(RefundInput(300, PaymentMethod.CASH, TODAY, payment))
    assert last_entry(shop) == {"customer_credit": 300, "cash": -300}
    shop.check()
    with pytest.raises(UserError, match="less than that"):
        shop.app.refunds.refund(RefundInput(201, PaymentMethod.CASH, TODAY, payment))
    with pytest.raises(NotAllowed, match="went back"):
        shop.app.payments.undo(payment)
    shop.app.refunds.undo(refund)
    assert last_entry(shop) == {"customer_credit": -300, "cash": 300}
    with pytest.raises(NotAllowed, match="already"):
        shop.app.refunds.undo(refund)
    shop.check()


def test_refund_that_reopens_a_debt_by_hand(shop: Shop) -> None:
    issued = taxed(shop)
    payment = shop.receive(issued.document_id, 12_000)
    refund = shop.app.refunds.refund(
        RefundInput(2_000, PaymentMethod.BANK, TODAY, payment, meaning=RefundMeaning.REOPENED)
    )
    assert last_entry(shop) == {"receivable": 2_000, "bank": -2_000}
    assert shop.document(issued.document_id).open_minor == 2_000
    shop.check()
    # The customer pays again before the refund is found to be a mistake: it is credit then.
    shop.receive(issued.document_id, 1_500)
    shop.app.refunds.undo(refund)
    assert last_entry(shop) == {"receivable": -500, "customer_credit": -1_500, "bank": 2_000}
    shop.check()


def test_refund_as_goodwill_by_hand(shop: Shop) -> None:
    issued = taxed(shop)
    payment = shop.receive(issued.document_id, 11_900)
    shop.app.refunds.refund(
        RefundInput(500, PaymentMethod.BANK, TODAY, payment, meaning=RefundMeaning.GOODWILL)
    )
    assert last_entry(shop) == {"goodwill": 500, "bank": -500}
    assert shop.document(issued.document_id).open_minor == 0
    shop.check()


@pytest.mark.parametrize("kind", [DeductionKind.WRITE_OFF, DeductionKind.BAD_DEBT])
def test_write_off_and_bad_debt(shop: Shop, kind: DeductionKind) -> None:
    issued = taxed(shop)
    shop.receive(issued.document_id, 6_000)
    with pytest.raises(UserError) as refusal:
        deduct(shop, issued, kind, 5_900)
    assert refusal.value.field == "reason"
    written = deduct(shop, issued, kind, 5_900, "Insolvent")
    assert last_entry(shop) == {"bad_debt": 4_958, "tax_payable": 942, "receivable": -5_900}
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.written_off_minor) == (0, 5_900)
    shop.check()
    shop.app.deductions.undo(written)
    assert last_entry(shop) == {"bad_debt": -4_958, "tax_payable": -942, "receivable": 5_900}
    with pytest.raises(NotAllowed, match="already"):
        shop.app.deductions.undo(written)
    shop.check()


def test_write_offs_in_parts_take_exactly_the_documents_tax(shop: Shop) -> None:
    issued = taxed(shop)
    for minor in (3_333, 1, 4_567, 3_999):
        deduct(shop, issued, DeductionKind.WRITE_OFF, minor, "Never came back")
    assert shop.balances() == {"4000": -10_000, "5200": 10_000}
    shop.check()


def test_early_payment_discount(shop: Shop) -> None:
    issued = taxed(shop)
    with pytest.raises(UserError, match="offers no discount"):
        deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 238)
    shop.receive(issued.document_id, 11_662)
    deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 238, "Agreed on the phone")
    assert last_entry(shop) == {"discount_given": 200, "tax_payable": 38, "receivable": -238}
    assert shop.document(issued.document_id).open_minor == 0
    shop.check()


def test_a_discount_in_parts_stays_within_its_terms(shop: Shop) -> None:
    # 3 % of 119.00.
    issued = taxed(shop, discount=DiscountTerms(Decimal(3), 10))
    deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 300)
    with pytest.raises(UserError, match="smaller discount"):
        deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 58)
    deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 57)
    shop.check()


def test_there_is_no_discount_on_what_was_credited(shop: Shop) -> None:
    lines = (line("100", "2", tax_rate_ids=(shop.rates()[0],)),)
    issued = shop.issued(lines=lines, discount=DiscountTerms(Decimal(3), 10))
    shop.app.credit_notes.credit(CreditInput(issued.document_id, {0: Decimal(1)}))
    with pytest.raises(UserError, match="smaller discount"):
        deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 358)
    deduct(shop, issued, DeductionKind.EARLY_PAYMENT_DISCOUNT, 357)
    shop.check()


def test_no_more_tax_falls_away_than_credit_notes_left(shop: Shop) -> None:
    issued = taxed(shop)
    payment = shop.receive(issued.document_id, 11_900)
    given = CreditInput(issued.document_id, amount_minor=11_895)
    note = shop.app.credit_notes.credit(given).document_id
    shop.app.payments.undo(payment)
    shop.app.allocations.take_note_off(note, issued.document_id)
    deduct(shop, issued, DeductionKind.BAD_DEBT, 11_900, "Insolvent")
    # The credit is still the customer's; of the tax nothing is left, and nothing is claimed twice.
    assert shop.balances() == {"2100": -11_895, "4000": -4, "5200": 11_899}
    shop.check()


def test_withholding(shop: Shop) -> None:
    issued = taxed(shop)
    deduct(shop, issued, DeductionKind.WITHHOLDING, 1_500)
    assert last_entry(shop) == {"withholding_receivable": 1_500, "receivable": -1_500}
    shop.check()


def test_cash_rounding(shop: Shop) -> None:
    issued = taxed(shop)
    shop.receive(issued.document_id, 11_898, method=PaymentMethod.CASH)
    with pytest.raises(UserError, match="smaller than one"):
        deduct(shop, taxed(shop), DeductionKind.CASH_ROUNDING, 100)
    deduct(shop, issued, DeductionKind.CASH_ROUNDING, 2)
    assert last_entry(shop) == {"rounding": 2, "receivable": -2}
    shop.check()


def test_payout_arrived(shop: Shop) -> None:
    payout = shop.app.payouts.record(PayoutInput(5_000, TODAY, reference="STRIPE 1"))
    assert last_entry(shop) == {"bank": 5_000, "stripe_clearing": -5_000}
    shop.app.payouts.undo(payout)
    assert last_entry(shop) == {"bank": -5_000, "stripe_clearing": 5_000}
    with pytest.raises(NotAllowed):
        shop.app.payouts.undo(payout)
    shop.check()


def test_settling_a_foreign_debt_realises_the_exchange_difference(shop: Shop) -> None:
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.90"))
    payment = shop.receive(issued.document_id, 10_000, exchange_rate=Decimal("0.95"))
    assert last_entry(shop) == {"bank": 9_500, "receivable": -9_000, "exchange_gain": -500}
    shop.check()
    shop.app.payments.undo(payment)
    assert last_entry(shop) == {"bank": -9_500, "receivable": 9_000, "exchange_gain": 500}
    shop.receive(issued.document_id, 10_000, exchange_rate=Decimal("0.85"))
    assert last_entry(shop) == {"bank": 8_500, "receivable": -9_000, "exchange_loss": 500}
    shop.check()


def test_money_that_arrived_in_another_currency_is_converted(shop: Shop) -> None:
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.90"))
    shop.receive(issued.document_id, 10_000, received_currency="EUR", received_minor=9_120)
    assert last_entry(shop) == {
        "bank": 9_120,
        "currency_conversion": 0,
        "receivable": -9_000,
        "exchange_gain": -120,
    }
    rows = shop.rows(
        "SELECT a.role, p.currency, p.minor FROM posting p JOIN account a ON a.id = p.account_id "
        "WHERE p.entry_id = (SELECT max(id) FROM ledger_entry) ORDER BY p.position"
    )
    assert [tuple(row) for row in rows][:3] == [
        ("bank", "EUR", 9_120),
        ("currency_conversion", "EUR", -9_120),
        ("currency_conversion", "USD", 10_000),
    ]
    assert shop.one("SELECT exchange_rate FROM payment").exchange_rate == "0.912000"
    shop.check()


def test_credit_in_a_foreign_currency_is_used_at_its_own_value(shop: Shop) -> None:
    customer = shop.customer()
    payment = paid(shop, 10_000, customer, currency="USD", exchange_rate=Decimal("0.80"))
    issued = shop.issued("100", customer_id=customer, currency="USD", exchange_rate=Decimal("0.90"))
    shop.app.allocations.use_payment(payment, Share(issued.document_id, 10_000))
    assert last_entry(shop) == {
        "customer_credit": 8_000,
        "receivable": -9_000,
        "exchange_loss": 1_000,
    }
    shop.app.allocations.take_off(payment, issued.document_id)
    assert last_entry(shop) == {
        "customer_credit": -8_000,
        "receivable": 9_000,
        "exchange_loss": -1_000,
    }
    shop.check()
    with pytest.raises(UserError) as refusal:
        paid(shop, 10_000, customer, currency="USD")
    assert refusal.value.field == "exchange_rate"


ROOT = Path(__file__).parents[3]


def test_every_row_of_the_table_names_its_test() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    table = glossary.partition("## Ledger entries")[2]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| ")][2:]
    tests = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "tests/core").rglob("test_*.py")
    )
    for row in rows:
        for name in row[6].split(","):
            assert f"def {name.strip(' `')}(" in tests, row
    sources = (ROOT / "src/billdesk").rglob("*.py")
    posted = {
        name
        for file in sources
        if file.name != "ledger.py"
        for name in re.findall(r"EntryKind\.([A-Z_]+)", file.read_text(encoding="utf-8"))
    }
    described = {row[2].strip(" `") for row in rows}
    assert {EntryKind[name].value for name in posted} == described
