"""A correction is booked on the day it is made; the days before keep their figures."""

from books import Shop, line


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


def test_tax_is_posted_under_the_rate_it_comes_from(shop: Shop) -> None:
    full, reduced, _ = shop.rates()
    lines = (line("100", tax_rate_ids=(full,)), line("200", tax_rate_ids=(reduced,)))
    shop.issued(lines=lines)
    posted = shop.rows("SELECT tax_rate_id, minor FROM posting WHERE tax_rate_id IS NOT NULL")
    assert {row.tax_rate_id: row.minor for row in posted} == {full: -1_900, reduced: -1_400}
