"""A correction is booked on the day it is made; the days before keep their figures."""

from datetime import date
from decimal import Decimal

from books import Shop, line

from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.domain.tax import TaxKind
from billdesk.core.services.payments import DeductionInput, Share
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.tax_rates import TaxRateInput


def days(shop: Shop) -> dict[str, str]:
    rows = shop.rows("SELECT kind, occurred_on FROM ledger_entry ORDER BY id")
    return {row.kind: row.occurred_on for row in rows}


def test_undoing_a_payment_leaves_the_day_of_the_payment_alone(shop: Shop) -> None:
    issued = shop.issued("100")
    payment = shop.receive(issued.document_id, 4_000)
    shop.pass_time(days=40)
    shop.app.payments.undo(payment)
    assert days(shop) == {
        "issued": "2026-11-24",
        "received": "2026-11-24",
        "receipt_undone": "2027-01-03",
    }
    shop.check()


def test_a_void_leaves_the_day_of_the_invoice_alone(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.pass_time(days=40)
    shop.app.invoices.void(issued.document_id, "Mistake")
    assert days(shop) == {"issued": "2026-11-24", "voided": "2027-01-03"}
    shop.check()


def test_an_invoice_of_a_later_day_is_void_on_that_day(shop: Shop) -> None:
    issued = shop.issued("100", issued_on=date(2026, 12, 20))
    shop.app.invoices.void(issued.document_id, "Mistake")
    assert days(shop) == {"issued": "2026-12-20", "voided": "2026-12-20"}
    shop.check()


def test_a_payment_is_not_undone_before_it_was_moved(shop: Shop) -> None:
    customer = shop.customer()
    first = shop.issued("100", customer_id=customer).document_id
    later = shop.issued("100", customer_id=customer, issued_on=date(2026, 11, 24)).document_id
    payment = shop.receive(first, 10_000)
    shop.pass_time(days=10)
    shop.app.allocations.take_off(payment, first)
    shop.app.allocations.use_payment(payment, Share(later, 10_000))
    # The clock of this desk is behind the one that moved it.
    shop.pass_time(days=-5)
    shop.app.payments.undo(payment)
    assert days(shop)["receipt_undone"] == days(shop)["allocated"] == "2026-12-04"
    shop.check()


def test_undoing_a_deduction_leaves_the_day_of_the_deduction_alone(shop: Shop) -> None:
    issued = shop.issued("100")
    lost = shop.app.deductions.deduct(
        DeductionInput(
            issued.document_id, DeductionKind.BAD_DEBT, 10_000, shop.time.today(), "Insolvent"
        )
    )
    shop.pass_time(days=40)
    before = shop.app.queries.trial_balance(date(2026, 12, 31))
    shop.app.deductions.undo(lost)
    assert shop.app.queries.trial_balance(date(2026, 12, 31)) == before
    assert days(shop)["deduction_undone"] == "2027-01-03"
    shop.check()


def test_a_credit_note_takes_back_what_was_withheld_on_its_own_day(shop: Shop) -> None:
    irpf = shop.app.tax_rates.create(TaxRateInput("IRPF", Decimal(15), kind=TaxKind.WITHHELD))
    lines = (line("100", "2", tax_rate_ids=(shop.rates()[0], irpf)),)
    issued = shop.issued(lines=lines)
    shop.pass_time(days=40)
    noted_on = date(2026, 12, 30)
    before = shop.app.queries.trial_balance(date(2026, 12, 29))
    shop.app.credit_notes.credit(
        CreditInput(issued.document_id, {0: Decimal(1)}, issued_on=noted_on)
    )
    assert shop.app.queries.trial_balance(date(2026, 12, 29)) == before
    # What is kept back of the rest is deducted again the same day.
    posted = {row.code: row.base_minor for row in shop.app.queries.trial_balance(noted_on).rows}
    assert posted == {"1200": 10_400, "1230": 1_500, "2200": -1_900, "4000": -10_000}
    shop.check()


def test_a_void_invoice_leaves_the_day_of_what_was_withheld_alone(shop: Shop) -> None:
    irpf = shop.app.tax_rates.create(TaxRateInput("IRPF", Decimal(15), kind=TaxKind.WITHHELD))
    issued = shop.issued(lines=(line("100", tax_rate_ids=(shop.rates()[0], irpf)),))
    shop.pass_time(days=40)
    before = shop.app.queries.trial_balance(date(2026, 12, 31))
    shop.app.invoices.void(issued.document_id, "Mistake")
    assert shop.app.queries.trial_balance(date(2026, 12, 31)) == before
    shop.check()


def test_tax_is_posted_under_the_rate_it_comes_from(shop: Shop) -> None:
    full, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(full,)), line("200", tax_rate_ids=(reduced,)))
    shop.issued(lines=lines)
    posted = shop.rows("SELECT tax_rate_id, minor FROM posting WHERE tax_rate_id IS NOT NULL")
    assert {row.tax_rate_id: row.minor for row in posted} == {full: -1_900, reduced: -1_400}
