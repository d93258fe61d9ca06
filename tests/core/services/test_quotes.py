"""Quotes: answers, invoices and deposits made from them, and where each is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from books import Shop, line

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentKind, DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.totals import Adjustment
from billdesk.core.services.documents.quotes import BillInput, DepositInput
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.core.services.steps.credit import CreditInput


def quote(shop: Shop, **fields: object) -> Issued:
    """Net 333.30 at 19 % and 50.00 at 7 %, less 10 %: gross 405.11."""
    vat, reduced, _ = shop.rates()
    draft = shop.draft(
        lines=(
            line("111.10", "3", name="Work", tax_rate_ids=(vat,)),
            line("50", name="Books", tax_rate_ids=(reduced,)),
        ),
        adjustments=(Adjustment(False, percent=Decimal(10)),),
        **fields,
    )
    saved = shop.app.invoices.create(draft, DocumentKind.QUOTE)
    return shop.app.invoices.issue(saved.document_id, saved.version)


def issue(shop: Shop, saved: Saved) -> Issued:
    return shop.app.invoices.issue(saved.document_id, saved.version)


def test_a_quote_posts_nothing_and_owes_nothing(shop: Shop) -> None:
    made = quote(shop, valid_until=date(2026, 12, 1))
    assert (made.number, made.total_minor) == ("Q-00001", 40_511)
    assert shop.balances() == {}
    assert shop.document(made.document_id).open_minor == 0
    assert shop.app.queries.home().owed_minor == 0
    detail = shop.app.queries.document(made.document_id)
    assert detail.snapshot is not None
    assert (detail.snapshot.kind, detail.snapshot.valid_until) == ("quote", date(2026, 12, 1))
    shop.check()


def test_a_quote_cannot_expire_before_its_date(shop: Shop) -> None:
    with pytest.raises(UserError) as refusal:
        quote(shop, valid_until=date(2026, 11, 1))
    assert refusal.value.field == "valid_until"


def test_an_answer_is_recorded_and_taken_back(shop: Shop) -> None:
    made = quote(shop, valid_until=date(2026, 11, 30))
    shop.app.quotes.decline(made.document_id, "Too dear")
    assert shop.state(made.document_id) is DocumentState.DECLINED
    with pytest.raises(NotAllowed, match="answer back"):
        shop.app.quotes.accept(made.document_id)
    with pytest.raises(NotAllowed, match="declined"):
        shop.app.quotes.convert(made.document_id)
    shop.app.quotes.undo_answer(made.document_id)
    assert shop.state(made.document_id) is DocumentState.ISSUED
    shop.time.advance(days=30)
    assert shop.state(made.document_id) is DocumentState.EXPIRED
    with pytest.raises(NotAllowed, match="expired"):
        shop.app.quotes.convert(made.document_id)
    shop.app.quotes.accept(made.document_id)
    assert shop.state(made.document_id) is DocumentState.ACCEPTED
    assert "quote.accepted" in shop.audit()


def test_a_quote_becomes_an_invoice_of_the_same_amount(shop: Shop) -> None:
    made = quote(shop)
    draft = shop.app.quotes.convert(made.document_id)
    assert shop.state(made.document_id) is DocumentState.INVOICED
    with pytest.raises(NotAllowed, match="All of this quote"):
        shop.app.quotes.convert(made.document_id)
    shop.app.invoices.delete(draft.document_id)
    assert shop.state(made.document_id) is DocumentState.ISSUED
    shop.app.invoices.restore(draft.document_id)
    version = shop.app.queries.document(draft.document_id).version
    invoice = issue(shop, Saved(draft.document_id, version))
    assert invoice.total_minor == made.total_minor
    frozen = shop.app.queries.document(invoice.document_id).snapshot
    assert frozen is not None
    assert [(one.kind, one.number) for one in frozen.references] == [("bills_quote", "Q-00001")]
    shop.check()
    shop.app.invoices.void(invoice.document_id, "Mistake")
    assert shop.document(made.document_id).invoiced_minor == 0


def test_a_draft_is_not_restored_where_the_quote_was_invoiced_since(shop: Shop) -> None:
    made = quote(shop)
    draft = shop.app.quotes.convert(made.document_id)
    shop.app.invoices.delete(draft.document_id)
    shop.app.quotes.convert(made.document_id)
    with pytest.raises(NotAllowed, match="More than all"):
        shop.app.invoices.restore(draft.document_id)


def test_shares_are_invoiced_up_to_all_of_it(shop: Shop) -> None:
    made = quote(shop)
    first = issue(shop, shop.app.quotes.bill(BillInput(made.document_id, percent=Decimal(30))))
    assert first.total_minor == 12_153
    assert shop.state(made.document_id) is DocumentState.PARTLY_INVOICED
    name = shop.app.queries.document(first.document_id).draft.lines[0].name
    assert name == "30% of quote Q-00001"
    second = shop.app.quotes.bill(BillInput(made.document_id, amount_minor=10_000))
    with pytest.raises(UserError) as refusal:
        shop.app.quotes.bill(BillInput(made.document_id, percent=Decimal(50)))
    assert refusal.value.field == "percent"
    with pytest.raises(NotAllowed, match="share"):
        shop.app.quotes.bill(BillInput(made.document_id, {0: Decimal(1)}))
    rest = shop.app.quotes.bill(BillInput(made.document_id))
    total = first.total_minor + issue(shop, second).total_minor + issue(shop, rest).total_minor
    assert total == made.total_minor
    assert shop.state(made.document_id) is DocumentState.INVOICED
    shop.check()


def test_thirds_of_a_quote_come_to_the_whole(shop: Shop) -> None:
    made = quote(shop)
    third = Decimal("33.333333")
    parts = [issue(shop, shop.app.quotes.bill(BillInput(made.document_id, percent=third)))]
    parts.append(issue(shop, shop.app.quotes.bill(BillInput(made.document_id, percent=third))))
    parts.append(issue(shop, shop.app.quotes.bill(BillInput(made.document_id, percent=third))))
    assert sum(one.total_minor for one in parts) == made.total_minor


def test_chosen_lines_are_invoiced_once(shop: Shop) -> None:
    made = quote(shop)
    first = issue(shop, shop.app.quotes.bill(BillInput(made.document_id, {0: Decimal(2)})))
    with pytest.raises(UserError) as refusal:
        shop.app.quotes.bill(BillInput(made.document_id, {0: Decimal(2)}))
    assert refusal.value.field == "lines.0.quantity"
    rest = issue(shop, shop.app.quotes.convert(made.document_id))
    # Each invoice rounds its own tax; what they bill of the quote is all of it.
    assert abs(first.total_minor + rest.total_minor - made.total_minor) <= 1
    assert shop.state(made.document_id) is DocumentState.INVOICED
    shop.check()


def test_a_corrected_invoice_still_bills_the_quote(shop: Shop) -> None:
    made = quote(shop)
    invoice = issue(shop, shop.app.quotes.convert(made.document_id))
    shop.app.credit_notes.correct(invoice.document_id)
    assert shop.state(made.document_id) is DocumentState.INVOICED
    shop.app.invoices.delete(shop.one("SELECT max(id) AS id FROM document").id)
    assert shop.state(made.document_id) is DocumentState.ISSUED


def test_deposits_are_taken_and_deducted_by_the_final_invoice(shop: Shop) -> None:
    made = quote(shop)
    draft = shop.app.quotes.take_deposit(DepositInput(made.document_id, percent=Decimal(40)))
    with pytest.raises(UserError) as refusal:
        shop.app.quotes.take_deposit(DepositInput(made.document_id, percent=Decimal(61)))
    assert refusal.value.field == "percent"
    with pytest.raises(NotAllowed, match="draft"):
        shop.app.quotes.convert(made.document_id)
    deposit = issue(shop, draft)
    assert deposit.total_minor == 16_204
    rates = shop.app.queries.document(deposit.document_id).snapshot
    assert rates is not None
    # 40 % of 56.99 and of 3.15.
    assert [row.tax_minor for row in rates.taxes] == [2280, 126]
    with pytest.raises(NotAllowed, match="not been paid"):
        shop.app.quotes.convert(made.document_id)
    shop.receive(deposit.document_id, deposit.total_minor)
    final = issue(shop, shop.app.quotes.convert(made.document_id))
    row = shop.document(final.document_id)
    assert (row.kind, row.total_minor) == ("final_invoice", made.total_minor)
    assert row.open_minor == made.total_minor - deposit.total_minor
    assert shop.balances()["4000"] == -34_497
    shop.check()
    shop.app.credit_notes.credit(CreditInput(final.document_id))
    assert shop.state(made.document_id) is DocumentState.ISSUED
    shop.check()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent": Decimal(0)}, "percent"),
        ({"percent": Decimal("NaN")}, "percent"),
        ({"percent": Decimal(101)}, "percent"),
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -5}, "amount_minor"),
        ({"amount_minor": 40_512}, "amount_minor"),
        ({"amount_minor": 1, "percent": Decimal(1)}, "percent"),
        ({"quantities": {7: Decimal(1)}}, "lines"),
        ({"quantities": {}}, "quantities"),
    ],
)
def test_a_part_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    made = quote(shop)
    with pytest.raises(UserError) as refusal:
        shop.app.quotes.bill(BillInput(made.document_id, **changes))
    assert refusal.value.field == field


def test_only_quotes_are_answered_and_converted(shop: Shop) -> None:
    invoice = shop.issued()
    with pytest.raises(NotAllowed, match="Only a quote"):
        shop.app.quotes.accept(invoice.document_id)
    with pytest.raises(NotAllowed, match="Only a quote"):
        shop.app.quotes.convert(invoice.document_id)
    made = quote(shop)
    with pytest.raises(NotAllowed, match="Nothing is paid on a quote"):
        shop.receive(made.document_id, 100)
    copy = shop.app.invoices.duplicate(made.document_id)
    assert shop.document(copy.document_id).kind == "quote"


def test_a_void_credit_note_does_not_bill_a_quote_twice(shop: Shop) -> None:
    made = quote(shop).document_id
    first = issue(shop, shop.app.quotes.convert(made)).document_id
    note = shop.app.credit_notes.credit(CreditInput(first)).document_id
    second = issue(shop, shop.app.quotes.convert(made))
    shop.app.allocations.take_note_off(note, first)
    with pytest.raises(NotAllowed, match=f"More than all of Q-00001 .* {second.number} first"):
        shop.app.invoices.void(note, "Mistake")
    assert Action.VOID not in shop.app.queries.document(note).allowed
    shop.app.invoices.void(second.document_id, "Mistake")
    assert shop.document(made).invoiced_minor == 0
    shop.app.invoices.void(note, "Mistake")
    assert shop.document(made).invoiced_minor == 40_511
    shop.check()


def test_parts_and_deposits_are_no_more_than_the_quote(shop: Shop) -> None:
    made = quote(shop).document_id
    asked = issue(shop, shop.app.quotes.take_deposit(DepositInput(made, percent=Decimal(50))))
    half = asked.total_minor
    for given in (BillInput(made), BillInput(made, percent=Decimal(60))):
        with pytest.raises(NotAllowed, match="final invoice, which deducts them"):
            shop.app.quotes.bill(given)
    with pytest.raises(NotAllowed, match=f"billed; void, credit or delete {asked.number} first"):
        shop.app.invoices.void(made, "Mistake")
    assert Action.VOID not in shop.app.queries.document(made).allowed
    shop.receive(asked.document_id, half)
    issue(shop, shop.app.quotes.bill(BillInput(made, amount_minor=10_000)))
    rest = shop.app.quotes.convert(made)
    final = issue(shop, rest)
    assert (final.total_minor, shop.document(final.document_id).open_minor) == (
        30_511,
        30_511 - half,
    )
    shop.check()


def test_a_deposit_left_out_of_the_final_invoice_is_not_billed_twice(shop: Shop) -> None:
    made = quote(shop).document_id
    asked = issue(shop, shop.app.quotes.take_deposit(DepositInput(made, percent=Decimal(50))))
    shop.receive(asked.document_id, asked.total_minor)
    draft = shop.app.quotes.convert(made)
    content = shop.app.queries.document(draft.document_id).draft
    saved = shop.app.invoices.save(
        draft.document_id, draft.version, replace(content, deposit_ids=())
    )
    with pytest.raises(NotAllowed, match="deposits asked for included"):
        issue(shop, saved)
    issue(shop, shop.app.invoices.save(saved.document_id, saved.version, content))
    shop.check()


def test_a_share_is_booked_where_the_quotes_lines_are(shop: Shop) -> None:
    account = shop.one("SELECT id FROM account WHERE code = '4100'").id
    lines = (line("100", account_id=account), line("300"))
    saved = shop.app.invoices.create(shop.draft(lines=lines), DocumentKind.QUOTE)
    made = issue(shop, saved).document_id
    issue(shop, shop.app.quotes.bill(BillInput(made, percent=Decimal(50))))
    assert shop.balances() == {"1200": 20_000, "4100": -5_000, "4000": -15_000}
    shop.check()


@pytest.mark.parametrize("days", [7, 8])
def test_an_invoice_of_a_quote_takes_no_old_exchange_rate(shop: Shop, days: int) -> None:
    made = quote(shop, currency="USD", exchange_rate=Decimal("0.9")).document_id
    shop.app.quotes.accept(made)
    shop.time.advance(days=days)
    draft = shop.app.quotes.convert(made)
    rate = shop.app.queries.document(draft.document_id).draft.exchange_rate
    assert rate == (Decimal("0.9") if days == 7 else None)


def test_a_credited_deposit_does_not_come_back_once_all_of_the_quote_is_billed(shop: Shop) -> None:
    made = quote(shop).document_id
    shop.app.quotes.accept(made)
    deposit = shop.app.quotes.take_deposit(DepositInput(made, percent=Decimal(25)))
    issued = shop.app.invoices.issue(deposit.document_id, deposit.version)
    note = shop.app.credit_notes.credit(CreditInput(issued.document_id)).document_id
    whole = shop.app.quotes.convert(made)
    shop.app.invoices.issue(whole.document_id, whole.version)
    shop.app.allocations.take_note_off(note, issued.document_id)
    with pytest.raises(NotAllowed, match="More than all of Q-00001 would be invoiced"):
        shop.app.invoices.void(note, "Mistake")
    shop.check()
