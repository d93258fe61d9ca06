"""What stands in the books before a period is closed, for the rows of ``postings``."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bank_file import bank_line
from books import Shop, line

from billdesk.core.domain.banking import Booked
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import RecurringAction
from billdesk.core.domain.settings import OnlinePayment, ReminderSettings, ReminderStep
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.gateways.stripe.list_facts import BalancePage
from billdesk.core.services.importing.files import ImportFile, ImportFiles
from billdesk.core.services.opening_balances import OpeningAmount, OpeningBalances, OpeningDebt
from billdesk.core.services.payments import (
    DeductionInput,
    RefundInput,
    Share,
)
from billdesk.core.services.recurring import RecurringInput
from billdesk.core.services.steps.settings import read_setting, write_setting
from billdesk.core.services.stripe.balance import BalanceAccount

# The day things begin; what is closed; what the calendar says when they go on.
THEN = date(2026, 11, 24)
CLOSED = date(2026, 11, 30)
DAYS_LATER = 10
REFUSED = "refused"


def a_draft(kind: DocumentKind, **fields: Any) -> Callable[[Shop], Any]:
    def begin(shop: Shop) -> Any:
        return shop.app.invoices.create(shop.draft(issued_on=THEN, **fields), kind)

    return begin


def issue_it(shop: Shop, saved: Any) -> object:
    return shop.app.invoices.issue(saved.document_id, saved.version)


def an_invoice(shop: Shop) -> int:
    return shop.issued("100").document_id


def taxed(shop: Shop) -> int:
    lines = (line("100", tax_rate_ids=shop.rates()[:1]),)
    return shop.issued(lines=lines).document_id


def paid(shop: Shop) -> tuple[int, int]:
    document = an_invoice(shop)
    return document, shop.receive(document, 10_000)


def with_credit(shop: Shop) -> tuple[int, int, int]:
    """A customer's invoice, and money of theirs that settles nothing."""
    customer = shop.customer()
    document = shop.issued(customer_id=customer).document_id
    return document, shop.receive(None, 10_000, customer_id=customer), customer


def with_note(shop: Shop) -> tuple[int, int]:
    customer = shop.customer()
    document = shop.issued(customer_id=customer).document_id
    saved = shop.app.invoices.create(shop.draft(customer_id=customer), DocumentKind.CREDIT_NOTE)
    return document, shop.app.invoices.issue(saved.document_id, saved.version).document_id


def with_note_used(shop: Shop) -> tuple[int, int]:
    document, note = with_note(shop)
    shop.app.allocations.use_credit_note(note, Share(document, 4_000))
    return document, note


def two_of_one(shop: Shop) -> tuple[int, int, int]:
    customer = shop.customer()
    first, second = (shop.issued(customer_id=customer).document_id for _ in range(2))
    return first, second, shop.receive(first, 10_000)


def deducted(shop: Shop) -> int:
    given = DeductionInput(taxed(shop), DeductionKind.WRITE_OFF, 100, THEN, "Lost")
    return shop.app.deductions.deduct(given)


def refunded(shop: Shop) -> int:
    payment = with_credit(shop)[1]
    return shop.app.refunds.refund(RefundInput(100, PaymentMethod.BANK, THEN, payment))


def a_bank_line(shop: Shop, amount: str = "50,00", says: str = "") -> tuple[int, int]:
    # Two lines that say the same would be one.
    says = says or f"Line {len(shop.rows('SELECT 1 FROM bank_line'))}"
    row = bank_line(shop, THEN, amount, says)
    return row.id, row.version


def certain_line(shop: Shop) -> None:
    """A transfer that names its invoice and has its amount."""
    issued = shop.issued("77.77")
    a_bank_line(shop, "77,77", issued.number)


def booked_line(shop: Shop) -> int:
    line_id, version = a_bank_line(shop, "-5,00")
    shop.app.bank.decide(line_id, version, Booked(account_of(shop, "5000")))
    return line_id


def account_of(shop: Shop, code: str) -> int:
    accounts = {one.code: one.account_id for one in shop.app.queries.bookable_accounts()}
    return accounts.get(code) or next(iter(accounts.values()))


def with_opening(shop: Shop) -> None:
    given = OpeningBalances(
        THEN,
        (OpeningAmount(account_of(shop, "1100"), 5_000),),
        (OpeningDebt(shop.customer(), 700, "OLD-1"),),
    )
    shop.app.opening_balances.record(given)


def open_again(shop: Shop, _: object) -> object:
    account = account_of(shop, "1100")
    return shop.app.opening_balances.record(OpeningBalances(THEN, (OpeningAmount(account, 5_000),)))


def owe_again(shop: Shop, customer: int) -> object:
    debts = (OpeningDebt(customer, 700, "OLD-2"),)
    return shop.app.opening_balances.record(OpeningBalances(THEN, customers=debts))


def a_template(shop: Shop) -> int:
    """Due on the last closed day, issued by itself."""
    schedule = Schedule(date(2026, 11, 29), Unit.YEAR)
    given = RecurringInput("Hosting", shop.draft(), schedule, RecurringAction.ISSUE)
    return shop.app.recurring.create(given)


def late(shop: Shop) -> int:
    shop.app.reminders.save_settings(ReminderSettings((ReminderStep(5, fee_minor=500),)))
    return shop.issued(due_on=THEN, terms_days=None).document_id


def import_history(shop: Shop, _: object) -> object:
    invoices = f"number,customer,issued_on,due_on,paid_on,total\nH-1,C-0001,{THEN},{THEN},,100\n"
    lines = "invoice,name,quantity,unit_price,tax\nH-1,Work,1,100,\n"
    report = shop.app.imports.run(
        ImportFiles(
            invoices=ImportFile("invoices.csv", invoices.encode()),
            lines=ImportFile("lines.csv", lines.encode()),
        )
    )
    # A table with problems is refused as a whole.
    assert report.problems
    assert not report.written
    return REFUSED


def paid_at_stripe(shop: Shop) -> int:
    """An invoice paid through its link, which BillDesk has not seen yet."""
    issued = shop.issued(online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)
    return issued.document_id


def seen_at_stripe(shop: Shop) -> Any:
    document = paid_at_stripe(shop)
    shop.settle_down()
    return shop.one("SELECT * FROM payment WHERE document_id = :d", d=document)


def refunded_at_stripe(shop: Shop) -> int:
    at_stripe = shop.sandbox.refund(seen_at_stripe(shop).payment_intent, 1_000)
    shop.settle_down()
    return int(shop.one("SELECT id FROM refund WHERE stripe_refund = :r", r=at_stripe).id)


def explained(shop: Shop) -> int:
    refund = refunded_at_stripe(shop)
    shop.app.refunds.explain(refund, RefundMeaning.GOODWILL)
    return refund


def disputed(shop: Shop) -> int:
    payment = seen_at_stripe(shop)
    dispute = shop.at_stripe("dispute", payment_intent=payment.payment_intent)
    shop.at_stripe("dispute/close", dispute=dispute["id"], won=False)
    shop.settle_down()
    return int(payment.id)


BALANCE = BalanceAccount("", False)


def a_page(kind: str, payout: str, minor: int) -> BalancePage:
    """Stripe tells of a payout, or that the bank sent it back."""
    fact = BalanceFact(
        id=f"txn_{kind}_{payout}",
        type=kind,
        source_id=payout,
        amount_minor=minor,
        fee_minor=0,
        fee_tax_minor=0,
        net_minor=minor,
        currency="EUR",
        exchange_rate=None,
        available_on=THEN,
        created_at=datetime(THEN.year, THEN.month, THEN.day, tzinfo=UTC),
    )
    return BalancePage(movements=(fact,), odd=(), goes_on_after=None, server_at=fact.created_at)


def in_the_balance(shop: Shop, page: BalancePage) -> None:
    shop.app.sync._poller._payouts._balance.store(BALANCE, page, begun_at=page.server_at)


def a_payout(shop: Shop, payout: str = "po_1") -> int:
    in_the_balance(shop, a_page("payout", payout, -500))
    row = shop.one("SELECT id FROM stripe_payout WHERE stripe_payout = :p", p=payout)
    return int(row.id)


def a_payout_that_arrived(shop: Shop, payout: str = "po_2") -> str:
    shop.app.payouts.arrived(a_payout(shop, payout), THEN)
    return payout


def another_payout_that_arrived(shop: Shop) -> str:
    return a_payout_that_arrived(shop, "po_3")


def sent_back(shop: Shop, payout: str) -> None:
    in_the_balance(shop, a_page("payout_failure", payout, 500))


def listed_as_sent_back(shop: Shop, payout: str) -> None:
    """What the payout paid out is read, and its end with it."""
    page = a_page("payout_failure", payout, 500)
    shop.app.sync._poller._payouts._balance.store_paid(BALANCE, payout, page)


def go_live(shop: Shop, _: Any) -> object:
    """A live key was connected; the test payments go."""
    with shop.app.settings._uow.write() as tx:
        write_setting(tx, replace(read_setting(tx, OnlinePayment), live_since=tx.now))
    return shop.app.trial_money.take_back()


def nothing(_: Shop) -> None:
    return None
