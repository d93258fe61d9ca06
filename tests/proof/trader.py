"""One person at one desk, doing whatever comes to mind: a use case chosen by three numbers.

The numbers pick customers, documents and amounts among what is there; what the rules forbid is
refused with a typed error and counts as refused. Anything else that is raised is a fault.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from books import StillTime, line
from raw_reading import Reader, Row

from billdesk.core.application import Application
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.domain.totals import Adjustment, PriceMode
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.documents.quotes import BillInput, DepositInput
from billdesk.core.services.payments import (
    DeductionInput,
    PaymentInput,
    PayoutInput,
    RefundInput,
    Share,
)
from billdesk.core.services.steps.credit import CreditInput

CURRENCIES = ("EUR", "EUR", "EUR", "USD", "JPY", "KWD")
RATE = {"EUR": None, "USD": Decimal("0.9137"), "JPY": Decimal("0.0061"), "KWD": Decimal("2.98")}
PRICES = ("0.01", "1", "9.99", "33.333333", "100", "1234.56", "0", "0.005")
METHODS = (PaymentMethod.BANK, PaymentMethod.CASH, PaymentMethod.CHEQUE, PaymentMethod.OTHER)
# Invoices most of all, as in life.
KINDS = (
    DocumentKind.INVOICE,
    DocumentKind.INVOICE,
    DocumentKind.QUOTE,
    DocumentKind.DEPOSIT_INVOICE,
    DocumentKind.FINAL_INVOICE,
    DocumentKind.CREDIT_NOTE,
    DocumentKind.DELIVERY_NOTE,
)
OWED = "('invoice', 'deposit_invoice', 'final_invoice', 'reminder')"


class Nothing(Exception):
    """There is nothing yet to do this with."""


class Trader:
    """The use cases one actor can try; ``sql`` reads the books to choose among what is there."""

    def __init__(self, app: Application, sql: Reader, time: StillTime) -> None:
        self.app = app
        self._sql = sql
        self._time = time
        # What this desk read of a draft some time ago: saving it later may be stale.
        self._held: tuple[int, int] | None = None

    # -- choosing ----------------------------------------------------------------------------

    def _pick(self, sql: str, choice: int) -> Row:
        rows = self._rows(sql)
        # Now and then somebody else's: it must be refused.
        own = [row for row in rows if row["company_id"] == self.app.company_id]
        rows = rows if choice % 29 == 28 else own
        if not rows:
            raise Nothing
        row: Row = rows[choice % len(rows)]
        return row

    def _rows(self, sql: str) -> list[Row]:
        return self._sql.execute(sql).fetchall()

    def _document(self, where: str, choice: int) -> Row:
        return self._pick(f"SELECT * FROM document WHERE {where} ORDER BY id", choice)

    def _draft(self, choice: int) -> Row:
        return self._document("issued_at IS NULL AND deleted_at IS NULL", choice)

    def _open(self, choice: int) -> Row:
        return self._document(f"open_minor > 0 AND kind IN {OWED}", choice)

    def _customer(self, choice: int) -> int:
        return int(self._pick("SELECT * FROM customer ORDER BY id", choice)["id"])

    def _rate(self, choice: int) -> tuple[int, ...]:
        rates = [
            row["id"]
            for row in self._sql.execute(
                f"SELECT id FROM tax_rate WHERE company_id = {self.app.company_id} ORDER BY id"
            )
        ]
        kinds = ((), (rates[0],), (rates[1],), (rates[0], rates[1]), (rates[2],))
        return kinds[choice % len(kinds)]

    def _day(self, choice: int) -> date:
        return self._time.today() - timedelta(days=choice % 40)

    def new_draft(self, a: int, b: int, c: int) -> InvoiceDraft:
        """A draft of up to four lines, whose shape the numbers decide."""
        currency = CURRENCIES[c % len(CURRENCIES)]
        count = 1 + a % 4
        lines = tuple(
            line(
                PRICES[(a + i) % len(PRICES)],
                str(1 + (b + i) % 7 if (a + b + i) % 9 else Decimal("2.5")),
                tax_rate_ids=self._rate(b + i * c),
                adjustments=(Adjustment(False, percent=Decimal(c % 30)),)
                if (c + i) % 5 == 0
                else (),
            )
            for i in range(count)
        )
        return InvoiceDraft(
            customer_id=self._customer(a * 7 + b),
            currency=currency,
            exchange_rate=RATE[currency],
            issued_on=self._day(c) if c % 3 == 0 else None,
            terms_days=b % 30,
            price_mode=PriceMode.GROSS if (a + c) % 4 == 0 else PriceMode.NET,
            cash_step_minor=5 if c % 11 == 0 else 0,
            adjustments=(Adjustment(bool(b % 2), percent=Decimal(10)),) if a % 6 == 0 else (),
            lines=lines,
        )

    # -- customers and documents -------------------------------------------------------------

    def meet_a_customer(self, a: int, b: int, c: int) -> None:
        self.app.customers.create(CustomerInput(f"Customer {a}-{b}-{c}", email="a@b.example"))

    def write_a_draft(self, a: int, b: int, c: int) -> None:
        self.app.invoices.create(self.new_draft(a, b, c))

    def write_and_issue(self, a: int, b: int, c: int) -> None:
        draft = self.new_draft(a, b, c)
        kind = KINDS[(a + b) % len(KINDS)]
        if kind is DocumentKind.FINAL_INVOICE:
            deposits = self._rows(
                "SELECT * FROM document WHERE kind = 'deposit_invoice' AND customer_id = "
                f"{draft.customer_id} AND currency = '{draft.currency}' ORDER BY id"
            )
            draft = replace(draft, deposit_ids=tuple(row["id"] for row in deposits[: 1 + c % 2]))
        saved = self.app.invoices.create(draft, kind)
        self.app.invoices.issue(saved.document_id, saved.version)

    def edit_a_draft(self, a: int, b: int, c: int) -> None:
        row = self._draft(a)
        self.app.invoices.save(row["id"], row["version"], self.new_draft(b, c, a))

    def look_at_a_draft(self, a: int, b: int, c: int) -> None:
        row = self._draft(a)
        self._held = (row["id"], row["version"])

    def save_what_was_looked_at(self, a: int, b: int, c: int) -> None:
        if self._held is None:
            raise Nothing
        self.app.invoices.save(*self._held, self.new_draft(a, b, c))
        self._held = None

    def issue_a_draft(self, a: int, b: int, c: int) -> None:
        row = self._draft(a)
        self.app.invoices.issue(row["id"], row["version"] - (1 if b % 13 == 0 else 0))

    def duplicate(self, a: int, b: int, c: int) -> None:
        self.app.invoices.duplicate(self._document("true", a)["id"])

    def delete_a_draft(self, a: int, b: int, c: int) -> None:
        self.app.invoices.delete(self._document("kind = 'invoice'", a)["id"])

    def restore_a_draft(self, a: int, b: int, c: int) -> None:
        self.app.invoices.restore(self._document("deleted_at IS NOT NULL", a)["id"])

    def void(self, a: int, b: int, c: int) -> None:
        row = self._document("issued_at IS NOT NULL", a)
        self.app.invoices.void(row["id"], "Mistake" if b % 10 else "")

    # -- money -------------------------------------------------------------------------------

    def receive_money(self, a: int, b: int, c: int) -> None:
        row = self._open(a)
        amounts = (row["open_minor"], row["open_minor"] // 2, 1, row["open_minor"] + b, b - 5)
        self._record(row["id"], amounts[b % len(amounts)], c)

    def receive_for_anything(self, a: int, b: int, c: int) -> None:
        self._record(self._document("true", a)["id"], b, c)

    def _record(self, document_id: int, minor: int, choice: int) -> None:
        method = METHODS[choice % len(METHODS)]
        self.app.payments.record(PaymentInput(document_id, minor, method, self._day(choice)))

    def receive_for_several(self, a: int, b: int, c: int) -> None:
        first = self._open(a)
        rows = self._rows(
            f"SELECT * FROM document WHERE open_minor > 0 AND kind IN {OWED} "
            f"AND customer_id = {first['customer_id']} AND currency = '{first['currency']}'"
        )[: 1 + b % 3]
        shares = tuple(Share(row["id"], max(1, row["open_minor"] // (1 + c % 3))) for row in rows)
        minor = sum(share.minor for share in shares) + (c % 7) * 10
        rate = Decimal("0.95") if first["currency"] == "USD" and b % 2 else None
        self.app.payments.record(
            PaymentInput(
                first["id"] if b % 2 else None,
                minor,
                METHODS[b % len(METHODS)],
                self._time.today(),
                shares=shares,
                customer_id=first["customer_id"],
                currency=first["currency"],
                exchange_rate=rate,
            )
        )

    def receive_without_a_document(self, a: int, b: int, c: int) -> None:
        customer = self._customer(a) if b % 3 else None
        self.app.payments.record(
            PaymentInput(
                None, 1 + c * 11, METHODS[b % len(METHODS)], self._day(c), customer_id=customer
            )
        )

    def give_money_a_home(self, a: int, b: int, c: int) -> None:
        row = self._payment("customer_id IS NULL", a)
        self.app.payments.assign(row["id"], self._customer(b))

    def take_the_home_away(self, a: int, b: int, c: int) -> None:
        self.app.payments.unassign(self._payment("true", a)["id"])

    def undo_a_payment(self, a: int, b: int, c: int) -> None:
        self.app.payments.undo(self._payment("true", a)["id"])

    def _payment(self, where: str, choice: int) -> Row:
        return self._pick(f"SELECT * FROM payment WHERE {where} ORDER BY id", choice)

    def use_what_is_left_of_a_payment(self, a: int, b: int, c: int) -> None:
        row = self._payment("unallocated_minor > 0", a)
        target = self._open_of(row["customer_id"], row["currency"], b)
        minor = min(row["unallocated_minor"], target["open_minor"])
        self.app.allocations.use_payment(row["id"], Share(target["id"], minor + (c % 5 == 0)))

    def use_a_credit_note(self, a: int, b: int, c: int) -> None:
        row = self._document("kind = 'credit_note' AND open_minor > 0", a)
        target = self._open_of(row["customer_id"], row["currency"], b)
        minor = min(row["open_minor"], target["open_minor"])
        self.app.allocations.use_credit_note(row["id"], Share(target["id"], minor))

    def _open_of(self, customer: int | None, currency: str, choice: int) -> Row:
        if customer is None:
            raise Nothing
        return self._document(
            f"open_minor > 0 AND kind IN {OWED} AND customer_id = {customer} "
            f"AND currency = '{currency}'",
            choice,
        )

    def _allocation(self, source: str, choice: int) -> Row:
        return self._pick(
            f"SELECT company_id, {source} AS source, document_id, "
            f"CAST(sum(minor) AS BIGINT) AS minor FROM allocation WHERE {source} IS NOT NULL "
            f"GROUP BY company_id, {source}, document_id HAVING sum(minor) > 0 ORDER BY 2, 3",
            choice,
        )

    def take_a_payment_off(self, a: int, b: int, c: int) -> None:
        row = self._allocation("payment_id", a)
        minor = None if b % 2 else max(1, row["minor"] // 2)
        self.app.allocations.take_off(row["source"], row["document_id"], minor)

    def take_a_credit_note_off(self, a: int, b: int, c: int) -> None:
        row = self._allocation("credit_note_id", a)
        self.app.allocations.take_note_off(row["source"], row["document_id"])

    def move_a_payment(self, a: int, b: int, c: int) -> None:
        row = self._allocation("payment_id", a)
        owner = self._document(f"id = {row['document_id']}", 0)
        target = self._open_of(owner["customer_id"], owner["currency"], b)
        minor = min(row["minor"], target["open_minor"])
        share = Share(target["id"], minor)
        self.app.allocations.move(row["source"], row["document_id"], share)

    def deduct(self, a: int, b: int, c: int) -> None:
        row = self._open(a)
        kinds = tuple(DeductionKind)
        minor = max(1, row["open_minor"] // (1 + c % 4))
        reason = "It will not come" if b % 5 else ""
        kind = kinds[b % len(kinds)]
        self.app.deductions.deduct(
            DeductionInput(row["id"], kind, minor, self._time.today(), reason)
        )

    def undo_a_deduction(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM deduction ORDER BY id", a)
        self.app.deductions.undo(row["id"])

    def give_money_back(self, a: int, b: int, c: int) -> None:
        method, today = METHODS[b % len(METHODS)], self._time.today()
        if b % 3 == 0:
            row = self._document("kind = 'credit_note' AND open_minor > 0", a)
            given = RefundInput(row["open_minor"], method, today, credit_note_id=row["id"])
        elif b % 3 == 1:
            row = self._payment("unallocated_minor > 0", a)
            minor = max(1, row["unallocated_minor"] // (1 + c % 2))
            given = RefundInput(minor, method, today, payment_id=row["id"])
        else:
            part = self._allocation("payment_id", a)
            given = RefundInput(
                max(1, part["minor"] // (1 + c % 2)),
                method,
                today,
                payment_id=part["source"],
                meaning=RefundMeaning.REOPENED if c % 2 else RefundMeaning.GOODWILL,
                document_id=part["document_id"],
            )
        self.app.refunds.refund(given)

    def undo_a_refund(self, a: int, b: int, c: int) -> None:
        self.app.refunds.undo(self._pick("SELECT * FROM refund ORDER BY id", a)["id"])

    def see_a_payout(self, a: int, b: int, c: int) -> None:
        self.app.payouts.record(PayoutInput(1 + a * b, self._day(c)))

    # -- documents that follow others --------------------------------------------------------

    def credit(self, a: int, b: int, c: int) -> None:
        row = self._document("kind LIKE '%invoice' AND issued_at IS NOT NULL", a)
        amounts = (None, None, row["total_minor"] // 3, row["open_minor"], 1)
        self.app.credit_notes.credit(
            CreditInput(row["id"], amount_minor=amounts[b % len(amounts)], reason="Returned")
        )

    def credit_some_lines(self, a: int, b: int, c: int) -> None:
        row = self._document("kind LIKE '%invoice' AND issued_at IS NOT NULL", a)
        quantities = {b % 4: Decimal(1 + c % 2)}
        self.app.credit_notes.credit(CreditInput(row["id"], quantities=quantities))

    def correct(self, a: int, b: int, c: int) -> None:
        row = self._document("kind = 'invoice' AND issued_at IS NOT NULL", a)
        self.app.credit_notes.correct(row["id"], "Wrong address")

    def answer_a_quote(self, a: int, b: int, c: int) -> None:
        quote = self._document("kind = 'quote' AND issued_at IS NOT NULL", a)["id"]
        answers = (self.app.quotes.accept, self.app.quotes.accept, self.app.quotes.decline)
        if b % 7 == 0:
            self.app.quotes.undo_answer(quote)
        else:
            answers[b % len(answers)](quote)

    def bill_a_quote(self, a: int, b: int, c: int) -> None:
        quote = self._document("kind = 'quote' AND issued_at IS NOT NULL", a)["id"]
        percent = (None, Decimal(30), Decimal(100), Decimal("33.3"))[b % 4]
        saved = self.app.quotes.bill(BillInput(quote, percent=percent))
        if c % 2:
            self.app.invoices.issue(saved.document_id, saved.version)

    def ask_for_a_deposit(self, a: int, b: int, c: int) -> None:
        quote = self._document("kind = 'quote' AND issued_at IS NOT NULL", a)["id"]
        saved = self.app.quotes.take_deposit(DepositInput(quote, percent=Decimal(10 + b % 60)))
        if c % 4:
            self.app.invoices.issue(saved.document_id, saved.version)

    # -- rules of the company ----------------------------------------------------------------

    def close_a_period(self, a: int, b: int, c: int) -> None:
        day = self._time.today() - timedelta(days=20 + a % 40) if a % 4 else None
        self.app.periods.close_through(day, "Quarter filed")

    def change_to_cash_basis(self, a: int, b: int, c: int) -> None:
        start = self._time.today() if a % 2 else None
        self.app.settings.save_taxes(TaxSettings(cash_basis_from=start))

    # -- time --------------------------------------------------------------------------------

    def go_to_bed(self, a: int, b: int, c: int) -> None:
        self._time.advance(days=a % 4, hours=b % 24, seconds=1)


USE_CASES: tuple[Callable[[Trader, int, int, int], None], ...] = tuple(
    value
    for name, value in vars(Trader).items()
    if callable(value) and not name.startswith("_") and name != "new_draft"
)


def attempt(use_case: Callable[..., Any], trader: Trader, a: int, b: int, c: int) -> str:
    """``done``, ``refused`` or ``nothing``; whatever else is raised is a fault of BillDesk."""
    try:
        use_case(trader, a, b, c)
    except Nothing:
        return "nothing"
    except UserError:
        return "refused"
    return "done"
