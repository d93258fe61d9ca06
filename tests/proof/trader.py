"""One person at one desk, doing whatever comes to mind: a use case chosen by three numbers.

The numbers pick customers, documents and amounts among what is there; what the rules forbid is
refused with a typed error and counts as refused. Anything else that is raised is a fault.
"""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from books import StillTime, line

from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.totals import Adjustment, PriceMode
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.payments import PaymentInput

CURRENCIES = ("EUR", "EUR", "EUR", "USD", "JPY", "KWD")
RATE = {"EUR": None, "USD": Decimal("0.9137"), "JPY": Decimal("0.0061"), "KWD": Decimal("2.98")}
PRICES = ("0.01", "1", "9.99", "33.333333", "100", "1234.56", "0", "0.005")
METHODS = (PaymentMethod.BANK, PaymentMethod.CASH, PaymentMethod.CHEQUE, PaymentMethod.OTHER)
OWED = "('invoice', 'deposit_invoice', 'final_invoice', 'reminder')"


class Nothing(Exception):
    """There is nothing yet to do this with."""


class Trader:
    """The use cases one actor can try; ``sql`` reads the books to choose among what is there."""

    def __init__(self, app: Application, sql: sqlite3.Connection, time: StillTime) -> None:
        self.app = app
        self._sql = sql
        self._time = time
        # What this desk read of a draft some time ago: saving it later may be stale.
        self._held: tuple[int, int] | None = None

    # -- choosing ----------------------------------------------------------------------------

    def _pick(self, sql: str, choice: int) -> sqlite3.Row:
        rows = self._sql.execute(sql).fetchall()
        # Now and then somebody else's: it must be refused.
        own = [row for row in rows if row["company_id"] == self.app.company_id]
        rows = rows if choice % 29 == 28 else own
        if not rows:
            raise Nothing
        row: sqlite3.Row = rows[choice % len(rows)]
        return row

    def _document(self, where: str, choice: int) -> sqlite3.Row:
        return self._pick(f"SELECT * FROM document WHERE {where} ORDER BY id", choice)

    def _draft(self, choice: int) -> sqlite3.Row:
        return self._document("issued_at IS NULL AND deleted_at IS NULL", choice)

    def _open(self, choice: int) -> sqlite3.Row:
        return self._document(f"open_minor > 0 AND kind IN {OWED}", choice)

    def _customer(self, choice: int) -> int:
        return int(self._pick("SELECT * FROM customer ORDER BY id", choice)["id"])

    def _rate(self, choice: int) -> tuple[int, ...]:
        rates = [
            row["id"]
            for row in self._sql.execute(
                "SELECT id FROM tax_rate WHERE company_id = ? ORDER BY id", (self.app.company_id,)
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
        saved = self.app.invoices.create(self.new_draft(a, b, c))
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
        self.app.invoices.duplicate(self._document("kind = 'invoice'", a)["id"])

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
        self._record(self._document("1", a)["id"], b, c)

    def _record(self, document_id: int, minor: int, choice: int) -> None:
        method = METHODS[choice % len(METHODS)]
        self.app.payments.record(PaymentInput(document_id, minor, method, self._day(choice)))

    def undo_a_payment(self, a: int, b: int, c: int) -> None:
        self.app.payments.undo(self._pick("SELECT * FROM payment ORDER BY id", a)["id"])

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
