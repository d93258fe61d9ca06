"""Verify my books: the ledger says what documents and payments say, and nothing is missing."""

from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.documents.quotes import DepositInput
from billdesk.core.services.payments import DeductionInput
from billdesk.core.services.steps.credit import CreditInput

ACCOUNT = "(SELECT id FROM account WHERE role = '{}')"


@pytest.fixture
def settled(online: Shop) -> Shop:
    """One invoice paid by bank, one at Stripe and refunded in part, one open."""
    vat = online.rates()[0]
    by_bank = online.issued(lines=(line("100", tax_rate_ids=(vat,)), line("30")))
    online.receive(by_bank.document_id, 15_000)
    online_paid = online.issued("50", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(online_paid.document_id)[0].url)
    online.settle_down()
    intent = online.sandbox.state()["payment_intents"][0]["id"]
    online.sandbox.refund(intent, 1_000)
    online.issued("12")
    online.settle_down()
    return online


def test_settled_books_are_clean(settled: Shop) -> None:
    settled.check()


@pytest.mark.parametrize(
    ("sql", "rule", "subject"),
    [
        (
            "UPDATE posting SET minor = minor + CASE WHEN tax_rate_id IS NULL THEN -100 ELSE 100 "
            "END, base_minor = base_minor + CASE WHEN tax_rate_id IS NULL THEN -100 ELSE 100 END "
            "WHERE entry_id = 1 AND document_id IS NULL",
            "issue-entry",
            "INV-00001",
        ),
        (
            "UPDATE ledger_entry SET occurred_on = '2025-01-01' WHERE id = 1",
            "issue-entry",
            "INV-00001",
        ),
        ("UPDATE posting SET customer_id = 2 WHERE entry_id = 1", "issue-entry", "INV-00001"),
        (
            f"UPDATE posting SET account_id = {ACCOUNT.format('cash')} "
            f"WHERE account_id = {ACCOUNT.format('bank')}",
            "payment-entry",
            "payment 1",
        ),
        ("UPDATE payment SET received_on = '2025-01-01'", "payment-entry", "payment 1"),
        (
            "UPDATE payment SET base_minor = 1 WHERE method = 'stripe'",
            "payment-entry",
            "payment 2",
        ),
        ("UPDATE payment SET fee_minor = 1 WHERE method = 'stripe'", "fee-entry", "payment 2"),
        (
            "UPDATE ledger_entry SET source_id = 'txn_of_nobody' WHERE kind = 'fee'",
            "entry-source",
            "entry 5",
        ),
        ("DELETE FROM document WHERE number = 'INV-00003'", "entry-source", "entry 6"),
        ("DELETE FROM document WHERE number = 'INV-00003'", "document-missing", None),
        (
            "UPDATE payment SET refunded_minor = 5 WHERE method = 'stripe'",
            "refund-entry",
            "document 2",
        ),
        ("UPDATE document SET due_on = '2030-01-01' WHERE id = 1", "totals", "INV-00001"),
        ("DELETE FROM rendition WHERE document_id = 1", "stored-pdf", None),
        ("UPDATE document SET pending_minor = 5 WHERE id = 1", "document-state", "INV-00001"),
        ("UPDATE document SET surplus_minor = 0 WHERE id = 1", "document-state", "INV-00001"),
        ("UPDATE document SET disputed_minor = 5 WHERE id = 1", "document-state", "INV-00001"),
        (
            "UPDATE document SET unexplained_refund_minor = 0 WHERE id = 2",
            "document-state",
            "INV-00002",
        ),
    ],
)
def test_what_the_ledger_alone_would_not_show_is_named(
    settled: Shop, sql: str, rule: str, subject: str | None
) -> None:
    settled.falsify(sql)
    found = {(one.rule, one.subject) for one in settled.app.verification.run().violations}
    if subject is None:
        assert rule in {name for name, _ in found}
    else:
        assert (rule, subject) in found


def test_tax_that_was_given_back_twice_is_named(shop: Shop) -> None:
    issued = shop.issued(lines=(line("100", tax_rate_ids=(shop.rates()[0],)),))
    kind, today = DeductionKind.BAD_DEBT, shop.time.today()
    shop.app.deductions.deduct(DeductionInput(issued.document_id, kind, 11_900, today, "Insolvent"))
    shop.check()
    shop.falsify(
        "UPDATE posting SET minor = minor + 500, base_minor = base_minor + 500 "
        "WHERE entry_id = 2 AND tax_rate_id IS NOT NULL"
    )
    violations = shop.app.verification.run().violations
    assert ("tax-given-back", "INV-00001") in {(one.rule, one.subject) for one in violations}


def test_tax_that_waits_for_money_that_came_is_named(shop: Shop) -> None:
    shop.app.settings.save_taxes(TaxSettings(cash_basis_from=date(2026, 1, 1)))
    issued = shop.issued(lines=(line("100", tax_rate_ids=(shop.rates()[0],)),))
    shop.receive(issued.document_id, 5_950)
    shop.check()
    shop.falsify("UPDATE posting SET minor = -minor, base_minor = -base_minor WHERE entry_id = 3")
    (found,) = shop.app.verification.run().violations
    assert (found.rule, found.subject) == ("tax-not-due", "INV-00001")
    assert found.detail.startswith("2850 ")


@pytest.mark.parametrize(
    ("sql", "rule", "subject"),
    [
        (
            "UPDATE document SET voided_at = issued_at WHERE number = 'FIN-00001'",
            "credited",
            "FIN-00001",
        ),
        (
            "UPDATE document SET total_minor = 40000 WHERE number = 'FIN-00001'",
            "credited",
            "FIN-00001",
        ),
        (
            "UPDATE document SET voided_at = issued_at WHERE kind = 'credit_note'",
            "deposit-once",
            "DEP-00001",
        ),
        (
            "UPDATE document SET voided_at = issued_at WHERE number = 'DEP-00001'",
            "deposit-once",
            "DEP-00001",
        ),
        (
            "UPDATE posting SET minor = -minor, base_minor = -base_minor WHERE entry_id = "
            "(SELECT id FROM ledger_entry WHERE memo = 'DEP-00001')",
            "deposit-once",
            "customers' deposits",
        ),
        (
            "UPDATE document_reference SET minor = 99999 WHERE minor > 0 AND kind = 'bills_quote'",
            "quote",
            "Q-00001",
        ),
    ],
)
def test_documents_that_rest_on_others_are_checked(
    shop: Shop, sql: str, rule: str, subject: str
) -> None:
    """A quote with a deposit, a final invoice that was credited, and the one in its place."""
    quote = shop.app.invoices.create(shop.draft("500"), DocumentKind.QUOTE)
    made = shop.app.invoices.issue(quote.document_id, quote.version).document_id
    asked = shop.app.quotes.take_deposit(DepositInput(made, percent=Decimal(20)))
    deposit = shop.app.invoices.issue(asked.document_id, asked.version)
    shop.receive(deposit.document_id, deposit.total_minor)
    draft = shop.app.quotes.convert(made)
    final = shop.app.invoices.issue(draft.document_id, draft.version).document_id
    shop.app.credit_notes.credit(CreditInput(final))
    again = shop.app.quotes.convert(made)
    shop.app.invoices.issue(again.document_id, again.version)
    shop.check()
    shop.falsify(sql)
    found = {(one.rule, one.subject) for one in shop.app.verification.run().violations}
    assert any(one == rule and about.startswith(subject) for one, about in found), found


def test_an_invoice_that_was_settled_before_it_was_there_is_named(shop: Shop) -> None:
    shop.receive(shop.issued("100").document_id, 10_000)
    shop.falsify("UPDATE allocation SET occurred_on = '2026-11-01'")
    (found,) = shop.app.verification.run().violations
    assert (found.rule, found.subject) == ("settled-early", "INV-00001")
