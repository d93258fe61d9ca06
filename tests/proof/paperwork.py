"""Random use cases about customers, drafts and documents."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from books import StillTime
from choosing import Chooser, Nothing
from raw_reading import Reader

from billdesk.core.application import Application
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import RecurringAction
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.documents.papers import DeliveryInput, StatementInput
from billdesk.core.services.documents.quotes import BillInput, DepositInput
from billdesk.core.services.recurring.templates import RecurringInput
from billdesk.core.services.steps.credit import CreditInput

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


class Paperwork(Chooser):
    """What an actor does with customers and paper."""

    def __init__(self, app: Application, sql: Reader, time: StillTime) -> None:
        super().__init__(app, sql, time)
        # What this desk read of a draft some time ago: saving it later may be stale.
        self._held: tuple[int, int] | None = None

    def meet_a_customer(self, a: int, b: int, c: int) -> None:
        self.app.customers.create(CustomerInput(f"Customer {a}-{b}-{c}", email="a@b.example"))

    def merge_customers(self, a: int, b: int, c: int) -> None:
        self.app.customer_merges.merge(self._customer(a), self._customer(b))

    def undo_a_merge(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM customer WHERE merged_into_id IS NOT NULL ORDER BY id", a)
        self.app.customer_merges.undo(row["id"])

    def write_a_draft(self, a: int, b: int, c: int) -> None:
        self.app.invoices.create(self._new_draft(a, b, c))

    def write_and_issue(self, a: int, b: int, c: int) -> None:
        draft = self._new_draft(a, b, c)
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
        self.app.invoices.save(row["id"], row["version"], self._new_draft(b, c, a))

    def look_at_a_draft(self, a: int, b: int, c: int) -> None:
        row = self._draft(a)
        self._held = (row["id"], row["version"])

    def save_what_was_looked_at(self, a: int, b: int, c: int) -> None:
        if self._held is None:
            raise Nothing
        self.app.invoices.save(*self._held, self._new_draft(a, b, c))
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

    def write_a_paper(self, a: int, b: int, c: int) -> None:
        if b % 3 == 0:
            issued = self._document("issued_at IS NOT NULL", a)
            self.app.papers.deliver(DeliveryInput(issued["id"], {0: Decimal(1)} if c % 2 else None))
        elif b % 3 == 1:
            self.app.papers.receipt(self._pick("SELECT * FROM payment ORDER BY id", a)["id"])
        else:
            today = self._time.today()
            self.app.papers.statement(
                StatementInput(self._customer(a), today - timedelta(days=c % 60), today)
            )

    def remind(self, a: int, b: int, c: int) -> None:
        due = [row.invoice_id for row in self.app.reminders.due()]
        if not due:
            # Whoever has nothing to remind of writes what was forgotten some weeks ago.
            long_ago = self._time.today() - timedelta(days=14 + c % 30)
            forgotten = replace(self._new_draft(a, b, c), issued_on=long_ago, terms_days=0)
            saved = self.app.invoices.create(forgotten)
            self.app.invoices.issue(saved.document_id, saved.version)
            due = [row.invoice_id for row in self.app.reminders.due()]
        if not due:
            raise Nothing
        self.app.reminders.remind(due[a % len(due) :][: 1 + b % 3])

    # -- what recurs -------------------------------------------------------------------------

    def let_it_recur(self, a: int, b: int, c: int) -> None:
        draft = replace(self._new_draft(a, b, c), issued_on=None)
        schedule = Schedule(self._day(c * 3), (Unit.WEEK, Unit.MONTH)[b % 2], 1 + a % 3)
        action = (RecurringAction.DRAFT, RecurringAction.ISSUE)[c % 2]
        self.app.recurring.create(RecurringInput(f"Care {a}", draft, schedule, action))

    def make_what_recurs(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM recurring_template ORDER BY id", a)
        runs = self.app.recurring_runs
        if b % 3 == 0:
            runs.make_due(row["id"])
        elif b % 3 == 1:
            runs.create(row["id"], range(1 + c % 3, 3 + c % 4), merge=bool(c % 2))
        else:
            runs.skip(row["id"], [1 + c % 4])
