"""Tax that is due when it is paid: it ends at the right cents in whatever order things happen."""

from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.domain.tax import TaxKind
from billdesk.core.services.invoices import Issued
from billdesk.core.services.payments import DeductionInput, RefundInput, Share
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.tax_rates import TaxRateInput

TODAY = date(2026, 11, 24)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A company whose tax is due when it is paid."""
    shop.app.settings.save_taxes(TaxSettings(cash_basis_from=date(2026, 1, 1)))
    return shop


def mixed(shop: Shop, customer: int | None = None) -> Issued:
    """226.00: 100.00 with 19 %, 100.00 with 7 %."""
    full, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(full,)), line("100", tax_rate_ids=(reduced,)))
    return shop.issued(lines=lines, customer_id=customer or shop.customer())


def taxes(shop: Shop) -> dict[str, list[int]]:
    """Tax payable and tax not yet due, each as a list: 19 %, 7 %; debts to the office positive."""
    full, reduced, *_ = shop.rates()
    rows = shop.rows(
        "SELECT a.role, p.tax_rate_id AS rate, -sum(p.minor) AS minor FROM posting p "
        "JOIN account a ON a.id = p.account_id WHERE p.tax_rate_id IS NOT NULL "
        "GROUP BY a.role, p.tax_rate_id"
    )
    found = {(row.role, row.rate): row.minor for row in rows}
    return {
        role: [found.get((role, rate), 0) for rate in (full, reduced)]
        for role in ("tax_payable", "tax_not_due")
    }


def test_cash_basis_tax_on_payment(shop: Shop) -> None:
    issued = mixed(shop)
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [1_900, 700]}
    shop.check()
    first = shop.receive(issued.document_id, 7_533)
    assert taxes(shop) == {"tax_payable": [633, 233], "tax_not_due": [1_267, 467]}
    second = shop.receive(issued.document_id, 7_533)
    shop.check()
    shop.app.payments.undo(first)
    assert taxes(shop) == {"tax_payable": [633, 233], "tax_not_due": [1_267, 467]}
    shop.receive(issued.document_id, 15_067)
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [0, 0]}
    shop.check()
    shop.app.refunds.refund(
        RefundInput(7_533, PaymentMethod.BANK, TODAY, second, meaning=RefundMeaning.REOPENED)
    )
    assert taxes(shop) == {"tax_payable": [1_267, 467], "tax_not_due": [633, 233]}
    shop.check()


def test_the_setting_decides_at_issue(shop: Shop) -> None:
    waiting = mixed(shop)
    shop.app.settings.save_taxes(TaxSettings())
    due = mixed(shop)
    assert [bool(shop.document(one.document_id).cash_basis) for one in (waiting, due)] == [
        True,
        False,
    ]
    shop.receive(due.document_id, 100)
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [1_900, 700]}
    shop.check()


def test_a_void_invoice_leaves_no_tax(shop: Shop) -> None:
    shop.app.invoices.void(mixed(shop).document_id, "Typing mistake")
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [0, 0]}
    shop.check()


def test_a_credit_note_of_unpaid_lines_takes_their_tax_only(shop: Shop) -> None:
    issued = mixed(shop)
    shop.app.credit_notes.credit(CreditInput(issued.document_id, {1: Decimal(1)}))
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [1_900, 0]}
    shop.check()
    shop.receive(issued.document_id, 11_900)
    assert taxes(shop) == {"tax_payable": [1_900, 0], "tax_not_due": [0, 0]}
    shop.check()


def test_a_credit_note_of_a_paid_invoice_gives_tax_back_with_the_money(shop: Shop) -> None:
    issued = mixed(shop)
    shop.receive(issued.document_id, 22_600)
    note = shop.app.credit_notes.credit(CreditInput(issued.document_id))
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [-1_900, -700]}
    shop.check()
    give_back = RefundInput(11_300, PaymentMethod.BANK, TODAY, credit_note_id=note.document_id)
    refund = shop.app.refunds.refund(give_back)
    assert taxes(shop) == {"tax_payable": [950, 350], "tax_not_due": [-950, -350]}
    shop.check()
    shop.app.refunds.undo(refund)
    shop.app.refunds.refund(
        RefundInput(22_600, PaymentMethod.BANK, TODAY, credit_note_id=note.document_id)
    )
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [0, 0]}
    shop.check()


def test_credit_of_another_invoice_pays_like_money(shop: Shop) -> None:
    customer = shop.customer()
    old, new = mixed(shop, customer), mixed(shop, customer)
    shop.receive(old.document_id, 22_600)
    note = shop.app.credit_notes.credit(CreditInput(old.document_id))
    shop.app.allocations.use_credit_note(note.document_id, Share(new.document_id, 22_600))
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [0, 0]}
    shop.check()
    shop.app.allocations.take_note_off(note.document_id, new.document_id, 600)
    shop.check()


def test_deductions_take_the_tax_that_never_becomes_due(shop: Shop) -> None:
    issued = mixed(shop)
    shop.receive(issued.document_id, 10_000)
    lost = shop.app.deductions.deduct(
        DeductionInput(issued.document_id, DeductionKind.BAD_DEBT, 12_600, TODAY, "Insolvent")
    )
    # 10 000 / 22 600 of each rate was paid.
    assert taxes(shop) == {"tax_payable": [841, 310], "tax_not_due": [0, 0]}
    shop.check()
    shop.app.deductions.undo(lost)
    assert taxes(shop) == {"tax_payable": [841, 310], "tax_not_due": [1_059, 390]}
    shop.app.deductions.deduct(
        DeductionInput(issued.document_id, DeductionKind.WITHHOLDING, 12_600, TODAY)
    )
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [0, 0]}
    shop.check()


@pytest.mark.parametrize("waits", [True, False])
def test_a_final_invoice_waits_for_its_rest_only(shop: Shop, waits: bool) -> None:
    customer = shop.customer()
    full, reduced, _ = shop.rates()
    both = (line("100", tax_rate_ids=(full,)), line("100", tax_rate_ids=(reduced,)))
    draft = shop.draft(lines=both, customer_id=customer)
    saved = shop.app.invoices.create(draft, DocumentKind.DEPOSIT_INVOICE)
    deposit = shop.app.invoices.issue(saved.document_id, saved.version).document_id
    shop.receive(deposit, 22_600)
    if not waits:
        shop.app.settings.save_taxes(TaxSettings())
    whole = shop.draft(
        lines=(line("300", tax_rate_ids=(full,)), line("400", tax_rate_ids=(reduced,))),
        customer_id=customer,
        deposit_ids=(deposit,),
    )
    saved = shop.app.invoices.create(whole, DocumentKind.FINAL_INVOICE)
    final = shop.app.invoices.issue(saved.document_id, saved.version).document_id
    waiting = [3_800, 2_100] if waits else [0, 0]
    assert taxes(shop)["tax_not_due"] == waiting
    assert taxes(shop)["tax_payable"] == [5_700 - waiting[0], 2_800 - waiting[1]]
    shop.check()
    shop.receive(final, shop.document(final).open_minor)
    assert taxes(shop) == {"tax_payable": [5_700, 2_800], "tax_not_due": [0, 0]}
    shop.check()
    note = shop.app.credit_notes.credit(CreditInput(final)).document_id
    give_back = shop.document(note).open_minor
    shop.app.refunds.refund(RefundInput(give_back, PaymentMethod.BANK, TODAY, credit_note_id=note))
    assert taxes(shop) == {"tax_payable": [1_900, 700], "tax_not_due": [0, 0]}
    shop.check()


def test_a_part_payment_makes_its_part_of_what_a_deduction_left_payable(shop: Shop) -> None:
    issued = mixed(shop)
    # A quarter is lost: 14.25 and 5.25 of tax are left, of which half of the rest is paid.
    shop.app.deductions.deduct(
        DeductionInput(issued.document_id, DeductionKind.BAD_DEBT, 5_650, TODAY, "Settled")
    )
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [1_425, 525]}
    shop.receive(issued.document_id, 8_475)
    assert taxes(shop) == {"tax_payable": [712, 262], "tax_not_due": [713, 263]}
    shop.check()


def test_what_the_customer_withholds_makes_no_tax_payable_before_the_rest_is_paid(
    shop: Shop,
) -> None:
    irpf = shop.app.tax_rates.create(TaxRateInput("IRPF 15 %", Decimal(15), kind=TaxKind.WITHHELD))
    issued = shop.issued(lines=(line("1000", tax_rate_ids=(shop.rates()[0], irpf)),))
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [19_000, 0]}
    shop.check()
    shop.receive(issued.document_id, 52_000)
    assert taxes(shop) == {"tax_payable": [9_500, 0], "tax_not_due": [9_500, 0]}
    shop.check()
    shop.receive(issued.document_id, 52_000)
    assert taxes(shop) == {"tax_payable": [19_000, 0], "tax_not_due": [0, 0]}
    shop.check()


def test_a_credited_line_without_tax_is_settled_like_any_other(shop: Shop) -> None:
    """Of 119 taxed and 200 not, the 200 are credited: half of the rest paid is half of its tax."""
    lines = (line("100", tax_rate_ids=shop.rates()[:1]), line("200"))
    issued = shop.issued(lines=lines)
    shop.app.credit_notes.credit(CreditInput(issued.document_id, {1: Decimal(1)}))
    assert taxes(shop) == {"tax_payable": [0, 0], "tax_not_due": [1_900, 0]}
    shop.check()
    shop.receive(issued.document_id, 5_950)
    assert taxes(shop) == {"tax_payable": [950, 0], "tax_not_due": [950, 0]}
    shop.check()
