"""Bank statements in the books: once each, matched, booked, ignored, undone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from bank_file import bank_line
from bank_files import ACCOUNT, Movement, camt, csv_file, mt940
from books import Shop, line

from billdesk.core.domain.bank_csv import BankCsvMapping
from billdesk.core.domain.bank_suggestions import Part, SuggestionKind
from billdesk.core.domain.banking import (
    BankTab,
    Booked,
    Ignored,
    LineState,
    Receipt,
    Recorded,
    RecordedRefund,
    decision_of,
)
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.bank import BankLineRow
from billdesk.core.queries.home import AttentionKind
from billdesk.core.services.payments import RefundInput

NORDLICHT = Movement(10_000, "INV-00001")
FEE = Movement(-450, "Entgelt", name="", iban="")


def open_lines(shop: Shop) -> tuple[BankLineRow, ...]:
    return shop.app.queries.bank_lines(BankTab.OPEN).rows


def confirm(shop: Shop, row: BankLineRow) -> None:
    shop.app.bank.decide(row.id, row.version, decision_of(row.suggestions[0]))


def rows_of(shop: Shop, table: str) -> list[object]:
    return [tuple(row) for row in shop.rows(f"SELECT * FROM {table} ORDER BY id")]


def test_a_transfer_settles_its_invoice(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.told()
    imported = shop.app.bank.import_file(camt(NORDLICHT))
    assert (imported.lines, imported.known, imported.accounts) == (1, 0, (ACCOUNT,))
    (row,) = open_lines(shop)
    assert row.confidence == 98
    assert row.suggestions[0].reason == (
        "Names INV-00001 and the amount fits; the payer's name fits."
    )
    confirm(shop, row)
    assert shop.told() == ["BankChanged", "PaymentChanged", "BankChanged"]
    assert shop.state(issued.document_id) is DocumentState.PAID
    assert shop.balances() == {"1100": 10_000, "4000": -10_000}
    payment = shop.one("SELECT * FROM payment")
    assert (payment.method, payment.received_on, payment.reference) == (
        "bank",
        "2026-11-23",
        "INV-00001",
    )
    (done,) = shop.app.queries.bank_lines(BankTab.DONE).rows
    assert (done.state, done.outcome, done.documents) == (
        LineState.MATCHED,
        "INV-00001 · Nordlicht AS",
        (issued.document_id,),
    )
    assert shop.audit()[-3:] == ["bank.imported", "payment.recorded", "bank.matched"]
    (last, *_) = shop.app.queries.timeline(issued.document_id)
    assert last.text.startswith("Payment recorded")
    shop.check()


def test_the_same_file_comes_in_once(shop: Shop) -> None:
    shop.issued("100")
    shop.app.bank.import_file(camt(NORDLICHT))
    again = shop.app.bank.import_file(camt(NORDLICHT, name="renamed.xml"))
    assert not again.repeated
    repeated = shop.app.bank.import_file(camt(NORDLICHT))
    assert (repeated.repeated, repeated.lines, repeated.known) == (True, 0, 1)
    assert shop.one("SELECT count(*) AS n FROM bank_statement").n == 2
    assert len(open_lines(shop)) == 1


@pytest.mark.both_engines
def test_overlapping_statements_bring_no_money_twice(shop: Shop) -> None:
    shop.issued("100")
    shop.issued("50")
    first, second = NORDLICHT, Movement(5_000, "INV-00002", on=date(2026, 11, 24))
    third = Movement(700, "who knows", name="", iban="")
    shop.app.bank.import_file(camt(first, third, name="monday.xml"))
    shop.app.bank.confirm_all()
    imported = shop.app.bank.import_file(camt(first, third, second, name="week.xml"))
    assert (imported.lines, imported.known) == (1, 2)
    assert shop.app.bank.confirm_all().confirmed == 1
    assert shop.balances() == {"1100": 15_000, "4000": -15_000}
    assert shop.app.queries.bank_counts() == {BankTab.OPEN: 1, BankTab.DONE: 2, BankTab.IGNORED: 2}
    assert {row.state for row in shop.app.queries.bank_lines(BankTab.IGNORED).rows} == {
        LineState.DUPLICATE
    }
    shop.check()


@pytest.mark.both_engines
def test_desks_that_import_the_same_lines_at_once_bring_them_in_once(shop: Shop) -> None:
    movements = [Movement(100 + n, f"line {n}") for n in range(20)]
    files = [camt(*movements[start:], name=f"{start}.xml") for start in (0, 0, 5, 10)]
    with ThreadPoolExecutor(len(files)) as desks:
        imported = list(desks.map(shop.app.bank.import_file, files))
    assert sum(one.lines for one in imported) == 20
    assert shop.app.queries.bank_counts()[BankTab.OPEN] == 20


def test_two_equal_movements_of_one_statement_are_two(shop: Shop) -> None:
    coffee = Movement(300, "Coffee", name="", iban="")
    assert shop.app.bank.import_file(camt(coffee, coffee, name="a.xml")).lines == 2
    # A later statement that shows a third one as well: two are known, one is new.
    later = shop.app.bank.import_file(camt(coffee, coffee, coffee, name="b.xml"))
    assert (later.lines, later.known) == (1, 2)


def test_another_format_of_the_same_statement_is_recognised(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.app.bank.import_file(camt(NORDLICHT))
    shop.app.bank.import_file(mt940(replace(NORDLICHT, name="NORDLICHT")))
    assert shop.app.bank.confirm_all().confirmed == 1
    (row,) = open_lines(shop)
    assert row.suggestions[0].kind is SuggestionKind.DUPLICATE
    assert row.suggestions[0].reason == "The same day, amount and payer are in statement.xml."
    confirm(shop, row)
    assert shop.document(issued.document_id).paid_minor == 10_000
    assert shop.balances() == {"1100": 10_000, "4000": -10_000}
    shop.check()


@pytest.mark.both_engines
def test_undo_restores_everything(shop: Shop) -> None:
    issued = shop.issued("100")
    other = shop.issued("50", customer_id=shop.document(issued.document_id).customer_id)
    documents = rows_of(shop, "document")
    shop.app.bank.import_file(camt(Movement(14_750, "INV-00001 INV-00002"), Movement(-450, "Fee")))
    balances = shop.balances()
    incoming, fee = sorted(open_lines(shop), key=lambda row: -row.amount_minor)
    parts = (Part(issued.document_id, 10_000), Part(other.document_id, 5_000))
    customer = shop.document(issued.document_id).customer_id
    for _ in range(2):
        shop.app.bank.decide(incoming.id, version(shop, incoming), Receipt(customer, parts, 250))
        shop.app.bank.decide(fee.id, version(shop, fee), Booked(account(shop, "5100")))
        assert shop.balances() == {"1100": 14_300, "4000": -15_000, "5100": 700}
        shop.check()
        shop.app.bank.undo(fee.id)
        shop.app.bank.undo(incoming.id)
        assert shop.balances() == balances
        assert [row.state for row in open_lines(shop)] == [LineState.OPEN, LineState.OPEN]
        ignored = ("updated_at", "version")
        assert without(shop, documents, ignored) == without(
            shop, rows_of(shop, "document"), ignored
        )
        shop.check()


def version(shop: Shop, row: BankLineRow) -> int:
    return int(shop.one("SELECT version FROM bank_line WHERE id = :id", id=row.id).version)


def account(shop: Shop, code: str) -> int:
    found = "SELECT id FROM account WHERE code = :code AND company_id = :company"
    return int(shop.one(found, code=code, company=shop.app.company_id).id)


def without(shop: Shop, rows: list[object], columns: tuple[str, ...]) -> list[object]:
    names = list(shop.rows("SELECT * FROM document LIMIT 1")[0]._fields)
    kept = [place for place, name in enumerate(names) if name not in columns]
    return [tuple(row[place] for place in kept) for row in rows]  # type: ignore[index]


def test_a_settled_invoice_switches_its_link_off(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.settle_down()
    (link,) = online.links(issued.document_id)
    assert link.state == "active"
    online.app.bank.import_file(camt(NORDLICHT))
    online.app.bank.confirm_all()
    online.settle_down()
    assert [one.state for one in online.links(issued.document_id)] == ["closed"]
    (row,) = online.app.queries.bank_lines(BankTab.DONE).rows
    online.app.bank.undo(row.id)
    assert online.state(issued.document_id) is DocumentState.ISSUED
    online.check()


def test_a_payment_recorded_by_hand_is_not_taken_in_again(shop: Shop) -> None:
    issued = shop.issued("100")
    payment = shop.receive(issued.document_id, 10_000, received_on=date(2026, 11, 24))
    balances = shop.balances()
    shop.app.bank.import_file(camt(NORDLICHT))
    (row,) = open_lines(shop)
    assert row.suggestions[0].kind is SuggestionKind.RECORDED
    assert row.confidence >= 90
    confirm(shop, row)
    assert shop.balances() == balances
    (done,) = shop.app.queries.bank_lines(BankTab.DONE).rows
    assert done.state is LineState.RECOGNISED
    shop.app.bank.import_file(camt(NORDLICHT, NORDLICHT, name="b.xml"))
    (second,) = open_lines(shop)
    with pytest.raises(UserError, match="payment already"):
        shop.app.bank.decide(second.id, second.version, Recorded(payment))
    shop.app.bank.undo(done.id)
    assert shop.balances() == balances
    assert shop.document(issued.document_id).open_minor == 0
    shop.check()


def test_a_refund_recorded_by_hand_is_not_booked_again(shop: Shop) -> None:
    customer = shop.customer()
    credit = shop.receive(None, 500, customer_id=customer)
    refund = shop.app.refunds.refund(
        RefundInput(500, PaymentMethod.BANK, date(2026, 11, 23), payment_id=credit)
    )
    balances = shop.balances()
    back = Movement(-500, "Your money back")
    shop.app.bank.import_file(camt(back))
    (row,) = open_lines(shop)
    assert row.suggestions[0].kind is SuggestionKind.REFUNDED
    assert row.suggestions[0].title == "Refund recorded by hand"
    assert row.suggestions[0].reason == "You recorded this refund on 2026-11-23."
    confirm(shop, row)
    (done,) = shop.app.queries.bank_lines(BankTab.DONE).rows
    assert (done.state, done.outcome) == (LineState.RECOGNISED, "Refund to Nordlicht AS")
    assert shop.balances() == balances
    shop.app.bank.import_file(camt(back, back, name="b.xml"))
    (second,) = open_lines(shop)
    with pytest.raises(UserError, match="refund already"):
        shop.app.bank.decide(second.id, second.version, RecordedRefund(refund))
    shop.app.bank.undo(done.id)
    shop.app.bank.decide(second.id, second.version, RecordedRefund(refund))
    assert shop.balances() == balances
    shop.check()


def test_the_line_of_an_undone_refund_waits_again(shop: Shop) -> None:
    credit = shop.receive(None, 500, customer_id=shop.customer())
    refund = shop.app.refunds.refund(
        RefundInput(500, PaymentMethod.BANK, shop.time.today(), payment_id=credit)
    )
    shop.app.bank.import_file(camt(Movement(-500, "Your money back")))
    (row,) = open_lines(shop)
    confirm(shop, row)
    shop.app.refunds.undo(refund)
    (again,) = open_lines(shop)
    assert again.id == row.id
    assert again.suggestions == ()
    shop.check()


def test_confirming_together_settles_no_invoice_twice(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.app.bank.import_file(camt(NORDLICHT, replace(NORDLICHT, reference="another")))
    result = shop.app.bank.confirm_all()
    assert (result.confirmed, result.left) == (1, 1)
    (row,) = open_lines(shop)
    assert row.suggestions[0].kind is SuggestionKind.CREDIT
    assert shop.app.bank.confirm_all().confirmed == 0
    confirm(shop, row)
    assert shop.state(issued.document_id) is DocumentState.PAID
    assert shop.balances() == {"1100": 20_000, "2100": -10_000, "4000": -10_000}
    shop.check()


def test_the_account_of_a_payer_is_remembered(shop: Shop) -> None:
    customer = shop.customer()
    shop.issued("100", customer_id=customer)
    shop.app.bank.import_file(camt(Movement(10_000, "INV-00001", name="E. Holm")))
    shop.app.bank.confirm_all()
    shop.issued("70", customer_id=customer)
    shop.app.bank.import_file(camt(Movement(7_000, "thanks", name="E. Holm"), name="b.xml"))
    (row,) = open_lines(shop)
    assert row.confidence == 92
    assert row.suggestions[0].reason == (
        "Paid from an account seen before and only INV-00002 has this amount."
    )


def test_merged_customers_are_one_payer(shop: Shop) -> None:
    old, new = shop.customer(), shop.customer(name="Nordlicht Oslo")
    shop.issued("100", customer_id=old)
    shop.app.bank.import_file(camt(Movement(10_000, "INV-00001", name="E. Holm")))
    shop.app.bank.confirm_all()
    shop.app.customer_merges.merge(old, new)
    shop.issued("70", customer_id=new)
    shop.app.bank.import_file(camt(Movement(7_000, "thanks", name="E. Holm"), name="b.xml"))
    (row,) = open_lines(shop)
    assert row.suggestions[0].title == "INV-00002 · Nordlicht Oslo"
    assert row.confidence == 92
    assert shop.app.bank.confirm_all().confirmed == 1
    shop.check()


def test_lines_that_wait_are_a_task_on_the_home_page(shop: Shop) -> None:
    shop.app.bank.import_file(camt(NORDLICHT, FEE))
    (task,) = shop.app.queries.home().attention
    assert (task.kind, task.detail) == (AttentionKind.BANK, "2 lines wait to be matched")
    for row in open_lines(shop):
        shop.app.bank.decide(row.id, row.version, Ignored("not ours"))
    assert shop.app.queries.home().attention == ()


def test_money_with_no_home_waits_in_suspense(shop: Shop) -> None:
    shop.app.bank.import_file(camt(Movement(700, "???", name="", iban="")))
    (row,) = open_lines(shop)
    assert row.suggestions == ()
    shop.app.bank.decide(row.id, row.version, Receipt())
    assert shop.balances() == {"1100": 700, "1190": -700}
    (done,) = shop.app.queries.bank_lines(BankTab.DONE).rows
    assert done.outcome == "Unknown payer"
    shop.check()
    shop.app.bank.undo(row.id)
    assert shop.balances() == {}
    shop.check()


@pytest.mark.both_engines
def test_an_account_chosen_thrice_is_suggested_safely(shop: Shop) -> None:
    rent = Movement(-50_000, "Rent", name="Hausverwaltung Ost", iban="DE02120300000000202051")
    for month in (8, 9, 10):
        movement = replace(rent, on=date(2026, month, 2))
        shop.app.bank.import_file(camt(movement, name=f"{month}.xml"))
        (row,) = open_lines(shop)
        shop.app.bank.decide(row.id, row.version, Booked(account(shop, "1190")))
    shop.app.bank.import_file(camt(rent, name="11.xml"))
    (row,) = open_lines(shop)
    assert (row.confidence, row.suggestions[0].reason) == (
        91,
        "Booked to Suspense 3 times before.",
    )
    assert shop.app.bank.confirm_all().confirmed == 1
    shop.check()


def test_a_fee_of_the_bank_is_recognised_by_its_words(shop: Shop) -> None:
    shop.app.bank.import_file(camt(Movement(-1_660, "Entgeltabrechnung", name="", iban="")))
    (row,) = open_lines(shop)
    assert row.suggestions[0].reason == "Reads like a fee of the bank."
    confirm(shop, row)
    assert shop.balances() == {"1100": -1_660, "5100": 1_660}
    (done,) = shop.app.queries.bank_lines(BankTab.DONE).rows
    assert done.outcome == "Booked to Payment fees"
    shop.check()


def test_an_ignored_line_keeps_its_reason_and_can_come_back(shop: Shop) -> None:
    shop.app.bank.import_file(camt(Movement(700, "private")))
    (row,) = open_lines(shop)
    shop.app.bank.decide(row.id, row.version, Ignored("Private transfer"))
    (ignored,) = shop.app.queries.bank_lines(BankTab.IGNORED).rows
    assert ignored.outcome == "Private transfer"
    assert shop.balances() == {}
    shop.app.bank.undo(row.id)
    assert len(open_lines(shop)) == 1
    assert shop.audit()[-2:] == ["bank.ignored", "bank.undone"]


def test_a_repetition_can_be_declared_new_money(shop: Shop) -> None:
    shop.app.bank.import_file(camt(NORDLICHT, name="a.xml"))
    shop.app.bank.import_file(camt(NORDLICHT, name="b.xml"))
    (repetition,) = shop.app.queries.bank_lines(BankTab.IGNORED).rows
    shop.app.bank.undo(repetition.id)
    assert len(open_lines(shop)) == 2


def test_a_payment_of_a_closed_month_is_booked_today(shop: Shop) -> None:
    shop.issued("100")
    shop.falsify("UPDATE company SET locked_through = '2026-11-23'")
    shop.app.bank.import_file(camt(NORDLICHT))
    shop.app.bank.confirm_all()
    entry = shop.one("SELECT occurred_on FROM ledger_entry WHERE kind = 'received'")
    assert entry.occurred_on == "2026-11-24"
    # The day at the bank stays with the line; the payment is where the books have it.
    assert shop.one("SELECT received_on FROM payment").received_on == "2026-11-24"
    assert shop.one("SELECT booked_on FROM bank_line").booked_on == "2026-11-23"
    shop.check()


def test_an_early_payment_takes_its_discount_and_undo_gives_it_back(shop: Shop) -> None:
    vat = shop.rates()[0]
    issued = shop.issued(
        lines=(line("100", tax_rate_ids=(vat,)),), discount=DiscountTerms(Decimal(2), 10)
    )
    before = shop.balances()
    shop.app.bank.import_file(camt(Movement(11_662, "INV-00001")))
    (row,) = open_lines(shop)
    assert row.suggestions[0].reason == (
        "Names INV-00001 and the amount is less the agreed discount; the payer's name fits."
    )
    assert shop.app.bank.confirm_all().confirmed == 1
    assert shop.document(issued.document_id).open_minor == 0
    # 2.38 fall away: 2.00 of the price and 0.38 of the tax.
    assert shop.balances() == {"1100": 11_662, "2200": -1_862, "4000": -10_000, "5300": 200}
    shop.check()
    shop.app.bank.undo(row.id)
    assert shop.balances() == before
    assert shop.document(issued.document_id).open_minor == 11_900
    shop.check()


def test_a_line_of_which_goodwill_was_given_is_not_undone(shop: Shop) -> None:
    shop.issued("100")
    shop.app.bank.import_file(camt(Movement(10_000, "INV-00001")))
    (row,) = open_lines(shop)
    confirm(shop, row)
    payment = shop.one("SELECT id FROM payment").id
    given = RefundInput(
        1_000, PaymentMethod.BANK, shop.time.today(), payment, meaning=RefundMeaning.GOODWILL
    )
    shop.app.refunds.refund(given)
    with pytest.raises(NotAllowed, match="gone back to the customer"):
        shop.app.bank.undo(row.id)
    shop.check()


def test_a_discount_goes_with_the_payment_it_was_for(shop: Shop) -> None:
    issued = shop.issued("100", discount=DiscountTerms(Decimal(2), 10))
    shop.app.bank.import_file(camt(Movement(9_800, "INV-00001")))
    assert shop.app.bank.confirm_all().confirmed == 1
    assert shop.document(issued.document_id).open_minor == 0
    payment = shop.one("SELECT id FROM payment").id
    shop.app.allocations.take_off(payment, issued.document_id, 1_000)
    # Of 98.00 paid 88.00 are left, and the 2.00 for paying early are owed as well.
    row = shop.document(issued.document_id)
    assert (row.open_minor, row.written_off_minor) == (1_200, 0)
    assert "deduction.undone" in shop.audit()
    shop.check()


def test_money_the_bank_exchanged_settles_a_foreign_invoice(shop: Shop) -> None:
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.9"))
    before = shop.balances()
    shop.app.bank.import_file(camt(Movement(9_120, "INV-00001")))
    (row,) = open_lines(shop)
    assert row.suggestions[0].reason == "Names INV-00001; about what 100.00 USD are worth."
    assert shop.app.bank.confirm_all().confirmed == 0
    confirm(shop, row)
    assert shop.document(issued.document_id).open_minor == 0
    assert shop.balances() == {"1100": 9_120, "4000": -9_000, "4800": -120}
    shop.check()
    shop.app.bank.undo(row.id)
    assert shop.balances() == before
    shop.check()


def test_undoing_the_payment_itself_opens_its_line_again(shop: Shop) -> None:
    issued = shop.issued("100")
    shop.app.bank.import_file(camt(Movement(9_900, "INV-00001")))
    (row,) = open_lines(shop)
    customer = shop.document(issued.document_id).customer_id
    receipt = Receipt(customer, (Part(issued.document_id, 10_000),), 100)
    shop.app.bank.decide(row.id, row.version, receipt)
    shop.app.payments.undo(shop.one("SELECT id FROM payment").id)
    assert [one.id for one in open_lines(shop)] == [row.id]
    assert shop.balances() == {"1200": 10_000, "4000": -10_000}
    shop.check()


MAPPING = BankCsvMapping(
    name="Sparkasse",
    booked_on="Buchungstag",
    amount="Betrag",
    counterparty="Name",
    iban="IBAN",
    remittance=("Verwendungszweck",),
    account=ACCOUNT,
    currency="EUR",
    locale="de",
    date_format="DD.MM.YYYY",
)


def test_csv_needs_its_columns_once(shop: Shop) -> None:
    shop.issued("100")
    file = csv_file([NORDLICHT])
    needed = shop.app.bank.mapping_needed(file)
    assert needed is not None
    # The account and the currency stand in no column: only they are left to be said.
    said = replace(needed.mapping, account=ACCOUNT, currency="EUR", name="Sparkasse")
    assert said == replace(MAPPING, account=ACCOUNT)
    with pytest.raises(UserError, match="columns are not known"):
        shop.app.bank.import_file(file)
    shop.app.bank.save_mapping(MAPPING)
    assert shop.app.bank.mapping_needed(file) is None
    assert shop.app.bank.import_file(file).lines == 1
    assert shop.app.bank.confirm_all().confirmed == 1
    shop.check()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"booked_on": ""}, "booked_on"),
        ({"amount": ""}, "amount"),
        ({"account": ""}, "account"),
        ({"currency": ""}, "currency"),
        ({"iban": "x" * 201}, "iban"),
    ],
)
def test_a_mapping_without_the_needful_is_refused(
    shop: Shop, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        shop.app.bank.save_mapping(replace(MAPPING, **changes))
    assert refused.value.field == field


def test_what_does_not_fit_is_refused_and_changes_nothing(shop: Shop) -> None:
    mine = shop.issued("100")
    theirs = shop.issued("100")
    draft = shop.app.invoices.create(shop.draft()).document_id
    dollars = shop.issued("100", currency="USD", exchange_rate=line("0.9").unit_price)
    shop.app.bank.import_file(camt(Movement(10_000, "x"), Movement(-5_000, "y")))
    incoming, outgoing = sorted(open_lines(shop), key=lambda row: -row.amount_minor)
    customer = shop.document(mine.document_id).customer_id
    part = Part(mine.document_id, 10_000)
    before = shop.balances()
    for row, decision, why in (
        (incoming, Receipt(customer, (Part(mine.document_id, 10_001),)), "is open"),
        (incoming, Receipt(customer, (Part(mine.document_id, 0),)), "is open"),
        (incoming, Receipt(customer, (Part(mine.document_id, -1),)), "is open"),
        (incoming, Receipt(customer, (part, part)), "once"),
        (incoming, Receipt(customer, (part, Part(theirs.document_id, 1))), "one customer"),
        (incoming, Receipt(None, (part,)), "one customer"),
        (incoming, Receipt(customer, (Part(draft, 100),)), "Issue the invoice first"),
        (incoming, Receipt(customer, (Part(999, 100),)), "does not exist"),
        (incoming, Receipt(999), "does not exist"),
        (incoming, Receipt(customer, (), 5), "A fee is kept"),
        (incoming, Receipt(customer, (part,), -5), "A fee is kept"),
        (incoming, Receipt(customer, (part,), 0, (Part(mine.document_id, 1),)), "A discount"),
        (incoming, Receipt(customer, (part,), 0, (Part(999, 1),)), "A discount"),
        (incoming, Receipt(customer, (part,), 0, (), "USD"), "is in EUR, the transfer in USD"),
        (outgoing, Receipt(customer), "money that arrived"),
        (incoming, Recorded(999), "does not exist"),
        (incoming, Booked(999), "does not exist"),
        (incoming, Booked(account(shop, "1200")), "follows from invoices"),
        (incoming, Booked(account(shop, "1100")), "follows from invoices"),
        (incoming, Ignored("x" * 501), "longer than 500"),
    ):
        with pytest.raises(UserError, match=why):
            shop.app.bank.decide(row.id, row.version, decision)
    usd = shop.document(dollars.document_id)
    receipt = Receipt(usd.customer_id, (Part(usd.id, 100),))
    with pytest.raises(UserError, match="is in USD, the transfer in EUR"):
        shop.app.bank.decide(incoming.id, incoming.version, receipt)
    assert shop.balances() == before
    assert shop.rows("SELECT * FROM payment") == []
    shop.check()


def test_a_line_is_decided_once_and_by_one_desk(shop: Shop) -> None:
    shop.app.bank.import_file(camt(Movement(700, "x")))
    (row,) = open_lines(shop)
    with pytest.raises(NotAllowed, match="open already"):
        shop.app.bank.undo(row.id)
    shop.app.bank.decide(row.id, row.version, Ignored("private"))
    with pytest.raises(StaleVersion):
        shop.app.bank.decide(row.id, row.version, Receipt())
    with pytest.raises(NotAllowed, match="decided already"):
        shop.app.bank.decide(row.id, version(shop, row), Receipt())
    with pytest.raises(NotFound):
        shop.app.bank.undo(999)
    with pytest.raises(UserError, match="50 %"):
        shop.app.bank.confirm_all(49)


def test_foreign_currency_lines_pay_foreign_invoices_only(shop: Shop) -> None:
    shop.issued("100", currency="USD", exchange_rate=line("0.9").unit_price)
    shop.app.bank.import_file(
        camt(Movement(10_000, "INV-00001"), Movement(500, "z", name="", iban=""), currency="USD")
    )
    assert shop.app.bank.confirm_all().confirmed == 1
    (row,) = open_lines(shop)
    for decision in (Receipt(), Booked(account(shop, "5100"))):
        with pytest.raises(UserError, match="the books are in EUR"):
            shop.app.bank.decide(row.id, row.version, decision)
    shop.check()


def test_another_company_sees_none_of_it(shop: Shop, open_shop: object) -> None:
    other = open_shop("Other Ltd")  # type: ignore[operator]
    shop.app.bank.import_file(camt(Movement(700, "x")))
    (row,) = open_lines(shop)
    assert other.app.queries.bank_counts()[BankTab.OPEN] == 0
    with pytest.raises(NotFound):
        other.app.bank.decide(row.id, row.version, Receipt())
    # The same file is this company's own there.
    assert other.app.bank.import_file(camt(Movement(700, "x"))).lines == 1


def test_the_books_hold_whatever_account_a_line_is_booked_to(shop: Shop) -> None:
    choices = shop.app.queries.bookable_accounts()
    offered = {
        shop.one("SELECT role FROM account WHERE id = :i", i=one.account_id).role for one in choices
    }
    assert {"cash", "stripe_clearing", "payment_fees", "revenue"} <= offered
    for number, one in enumerate(choices):
        row = bank_line(shop, shop.time.today(), f"-1{number},00", f"Booked to {one.code}")
        shop.app.bank.decide(row.id, row.version, Booked(one.account_id))
    shop.check()
