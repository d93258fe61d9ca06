"""Delivery notes, receipts and statements: what they say, and that they change no account."""

from datetime import date, timedelta
from decimal import Decimal

import pypdfium2 as pdfium
import pytest
from books import Shop, line

from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.services.documents.papers import DeliveryInput, StatementInput
from billdesk.core.services.steps.credit import CreditInput

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def frozen(shop: Shop, document_id: int) -> Snapshot:
    snapshot = shop.app.queries.document(document_id).snapshot
    assert snapshot is not None
    return snapshot


def text_of(shop: Shop, document_id: int) -> str:
    shop.work()
    pdf = shop.app.queries.pdf(document_id)
    assert pdf is not None
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf))


def test_a_delivery_note_has_no_prices(shop: Shop) -> None:
    lines = (line("100", "3", name="Chair", unit="pcs"), line("250", name="Table"))
    invoice = shop.issued(lines=lines, language="de")
    before = shop.balances()
    note = shop.app.papers.deliver(
        DeliveryInput(invoice.document_id, {0: Decimal(2)}, date(2026, 11, 25))
    )
    assert (note.number, note.total_minor) == ("DN-00001", 0)
    text = text_of(shop, note.document_id)
    assert "Lieferschein" in text
    assert "Chair" in text
    assert "Table" not in text
    assert "100" not in text
    assert invoice.number in text
    assert shop.balances() == before
    shop.check()


@pytest.mark.parametrize(
    ("quantities", "field"),
    [
        ({0: Decimal(4)}, "lines.0.quantity"),
        ({0: Decimal(-1)}, "lines.0.quantity"),
        ({0: Decimal("NaN")}, "lines.0.quantity"),
        ({9: Decimal(1)}, "lines"),
        ({}, "quantities"),
        ({0: Decimal(0)}, "quantities"),
    ],
)
def test_what_cannot_be_delivered_names_its_field(
    shop: Shop, quantities: dict[int, Decimal], field: str
) -> None:
    invoice = shop.issued(lines=(line("100", "3"),))
    with pytest.raises(UserError) as refusal:
        shop.app.papers.deliver(DeliveryInput(invoice.document_id, quantities))
    assert refusal.value.field == field


def test_a_draft_is_not_delivered(shop: Shop) -> None:
    draft = shop.app.invoices.create(shop.draft())
    with pytest.raises(NotAllowed, match="Issue the invoice first"):
        shop.app.papers.deliver(DeliveryInput(draft.document_id))


def test_a_receipt_says_what_was_paid_and_how(shop: Shop) -> None:
    invoice = shop.issued("100", language="fr")
    payment = shop.receive(
        invoice.document_id, 12_000, method=PaymentMethod.CASH, reference="till 3"
    )
    before = shop.balances()
    receipt = shop.app.papers.receipt(payment)
    assert receipt.total_minor == 12_000
    text = text_of(shop, receipt.document_id)
    assert f"Payment for invoice {invoice.number}" in text
    assert "Credit on your account" in text
    assert "Cash" in text
    assert "till 3" in text
    assert shop.balances() == before
    shop.check()
    shop.app.payments.undo(payment)
    with pytest.raises(NotAllowed, match="received"):
        shop.app.papers.receipt(payment)


def test_a_statement_runs_the_balance(shop: Shop) -> None:
    customer = shop.customer()
    early = shop.issued("50", customer_id=customer, issued_on=date(2026, 10, 1))
    shop.receive(early.document_id, 2_000, received_on=date(2026, 10, 20))
    invoice = shop.issued("100", customer_id=customer, issued_on=date(2026, 11, 3))
    shop.receive(invoice.document_id, 4_000, received_on=date(2026, 11, 10))
    shop.app.credit_notes.credit(CreditInput(invoice.document_id, amount_minor=1_000))
    shop.issued("9999")
    made = shop.app.papers.statement(StatementInput(customer, FIRST, LAST))
    account = frozen(shop, made.document_id).statement
    assert account is not None
    assert account.opening_minor == 3_000
    assert [(one.kind, one.minor, one.balance_minor) for one in account.entries] == [
        ("invoice", 10_000, 13_000),
        ("payment", -4_000, 9_000),
        ("credit_note", -1_000, 8_000),
    ]
    assert (account.closing_minor, made.total_minor) == (8_000, 8_000)
    # The October invoice was due on 15 October, the other on 17 November.
    assert account.ageing == (0, 5_000, 3_000, 0, 0)
    text = text_of(shop, made.document_id)
    assert "Statement of account" in text
    assert invoice.number in text
    shop.check()


def test_a_statement_of_a_customer_with_credit(shop: Shop) -> None:
    customer = shop.customer()
    invoice = shop.issued("10", customer_id=customer)
    shop.receive(invoice.document_id, 1_500)
    made = shop.app.papers.statement(StatementInput(customer, FIRST, LAST))
    assert made.total_minor == -500
    assert "Balance in your favour" in text_of(shop, made.document_id)
    shop.check()


def test_a_period_that_cannot_be_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(UserError) as refusal:
        shop.app.papers.statement(StatementInput(customer, LAST, FIRST))
    assert refusal.value.field == "last_on"
    with pytest.raises(UserError) as refusal:
        shop.app.papers.statement(StatementInput(customer, date(1, 1, 1), LAST))
    assert refusal.value.field == "first_on"
    with pytest.raises(UserError):
        shop.app.papers.statement(StatementInput(customer, FIRST, LAST, "EURO"))
    with pytest.raises(NotFound):
        shop.app.papers.statement(StatementInput(999, FIRST, LAST))


def test_a_paper_can_be_void_and_is_not_copied(shop: Shop) -> None:
    invoice = shop.issued()
    note = shop.app.papers.deliver(DeliveryInput(invoice.document_id))
    with pytest.raises(NotAllowed, match="delivery note"):
        shop.app.invoices.duplicate(note.document_id)
    shop.app.invoices.void(note.document_id, "Wrong address")
    assert shop.state(note.document_id) == "void"
    shop.time.at += timedelta(days=1)
    shop.check()


def test_a_used_credit_note_is_not_printed_as_paid(shop: Shop) -> None:
    invoice = shop.issued("100")
    note = shop.app.credit_notes.credit(CreditInput(invoice.document_id))
    assert shop.document(note.document_id).open_minor == 0
    pdf = pdfium.PdfDocument(shop.app.previews.document(note.document_id))
    text = pdf[0].get_textpage().get_text_range()
    assert "Amount credited" in text
    assert "Paid" not in text
