"""What a random use case is about: customers, documents and amounts among what is there."""

from datetime import date, timedelta
from decimal import Decimal

from books import StillTime, line
from raw_reading import Reader, Row

from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.totals import Adjustment, PriceMode

CURRENCIES = ("EUR", "EUR", "EUR", "USD", "JPY", "KWD")
RATE = {"EUR": None, "USD": Decimal("0.9137"), "JPY": Decimal("0.0061"), "KWD": Decimal("2.98")}
PRICES = ("0.01", "1", "9.99", "33.333333", "100", "1234.56", "0", "0.005")
METHODS = (PaymentMethod.BANK, PaymentMethod.CASH, PaymentMethod.CHEQUE, PaymentMethod.OTHER)
OWED = "('invoice', 'deposit_invoice', 'final_invoice', 'reminder')"
# Most of what is done is about what was done last: there things meet that rarely meet elsewhere.
RECENT = 8


class Nothing(Exception):
    """There is nothing yet to do this with."""


class Chooser:
    """One actor's application; ``sql`` reads the books to choose among what is there."""

    def __init__(self, app: Application, sql: Reader, time: StillTime) -> None:
        self.app = app
        self._sql = sql
        self._time = time

    def _pick(self, sql: str, choice: int) -> Row:
        rows = self._rows(sql)
        # Now and then somebody else's: it must be refused.
        own = [row for row in rows if row["company_id"] == self.app.company_id]
        rows = rows if choice % 29 == 28 else own
        if not rows:
            raise Nothing
        if choice % 3:
            rows = rows[-RECENT:]
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
        vat, reduced, reverse, withheld, compound = rates[:5]
        kinds = (
            (),
            (vat,),
            (reduced,),
            (vat, reduced),
            (reverse,),
            (vat, withheld),
            (reduced, compound),
        )
        return kinds[choice % len(kinds)]

    def _day(self, choice: int) -> date:
        return self._time.today() - timedelta(days=choice % 40)

    def _new_draft(self, a: int, b: int, c: int) -> InvoiceDraft:
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
            discount=DiscountTerms(Decimal(2), 10) if b % 5 == 0 else None,
            lines=lines,
        )
