"""What else happens in six weeks: quotes and their answers, deposits, credit notes, a bad debt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billdesk.core.application import Application
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.documents.quotes import BillInput, DepositInput
from billdesk.core.services.documents.results import Saved
from billdesk.core.services.payments import DeductionInput
from billdesk.core.services.recurring import RecurringInput
from billdesk.core.services.steps.credit import CreditInput
from billdesk.practice.catalogue import CARE, JOBS, Job
from billdesk.practice.diary import Catalogue, Diary, draft_of
from billdesk.practice.people import BY_NUMBER
from billdesk.practice.weeks import Weeks
from billdesk.practice.work import Inventor, Order

ACCEPTED_WITHIN, LITTLE_TIME = 30, 10
HALF, DEPOSIT = Decimal(50), Decimal(30)

# What happens to something on a day; it gets the id of the document it is about.
Step = Callable[[date, int], None]


class Offers:
    """Plans stories into the weeks; each is lived through together with everything else."""

    def __init__(self, diary: Diary, known: Catalogue, weeks: Weeks, inventor: Inventor) -> None:
        self._diary = diary
        self._known = known
        self._weeks = weeks
        self._inventor = inventor

    def plan(self) -> None:
        """Every state a quote or credit note can be in, and a template of what recurs."""
        self._quote(40, "C-0116", JOBS[3], days=LITTLE_TIME)
        self._quote(30, "C-0105", JOBS[1], (25, self._decline))
        self._quote(12, "C-0121", JOBS[4], (8, self._accept))
        self._quote(5, "C-0118", JOBS[0])
        self._quote(36, "C-0106", JOBS[2], (33, self._accept), (28, self._bill_half))
        self._quote(
            38, "C-0115", JOBS[1], (36, self._accept), (34, self._ask_deposit), (15, self._convert)
        )
        self._invoice(41, "C-0119", JOBS[7], (4, self._write_off))
        self._invoice(23, "C-0122", JOBS[6], (19, self._credit))
        self._invoice(31, "C-0103", JOBS[4], (25, self._pay), (17, self._credit))
        self._invoice(29, "C-0114", JOBS[5], (20, self._pay_half), (11, self._credit))
        for_nothing = self._weeks.day(26)
        self._weeks.happen(for_nothing, lambda: self._give(for_nothing))
        self._weeks.happen(self._weeks.day(2), self._recur)

    def _quote(
        self,
        days_ago: int,
        number: str,
        job: Job,
        *steps: tuple[int, Step],
        days: int = ACCEPTED_WITHIN,
    ) -> None:
        def issue(order: Order) -> int:
            # The company's texts speak of paying an invoice.
            draft = replace(
                draft_of(order, self._known), terms_days=days, introduction="", terms=""
            )
            app = self._diary.on(order.issued_on)
            return _issue(app, app.invoices.create(draft, DocumentKind.QUOTE))

        self._story(days_ago, number, job, issue, steps)

    def _invoice(self, days_ago: int, number: str, job: Job, *steps: tuple[int, Step]) -> None:
        self._story(
            days_ago, number, job, lambda order: self._diary.issue(order, self._known), steps
        )

    def _story(
        self,
        days_ago: int,
        number: str,
        job: Job,
        issue: Callable[[Order], int],
        steps: tuple[tuple[int, Step], ...],
    ) -> None:
        day = self._weeks.day(days_ago)
        order = self._inventor.order(BY_NUMBER[number], job, day)
        made: list[int] = []
        self._weeks.happen(day, lambda: made.append(issue(order)))
        for ago, step in steps:
            later = self._weeks.day(ago)
            self._weeks.happen(later, self._step(step, later, made))

    @staticmethod
    def _step(step: Step, day: date, made: list[int]) -> Callable[[], None]:
        return lambda: step(day, made[0])

    # -- what is done ------------------------------------------------------------------------

    def _accept(self, day: date, quote: int) -> None:
        self._diary.on(day).quotes.accept(quote, "By telephone")

    def _decline(self, day: date, quote: int) -> None:
        self._diary.on(day).quotes.decline(quote, "They found it too expensive.")

    def _bill_half(self, day: date, quote: int) -> None:
        app = self._diary.on(day)
        _issue(app, app.quotes.bill(BillInput(quote, percent=HALF)))

    def _ask_deposit(self, day: date, quote: int) -> None:
        app = self._diary.on(day)
        asked = app.quotes.take_deposit(DepositInput(quote, percent=DEPOSIT))
        self._diary.receive(_issue(app, asked), day)

    def _convert(self, day: date, quote: int) -> None:
        app = self._diary.on(day)
        _issue(app, app.quotes.convert(quote))

    def _pay(self, day: date, invoice: int) -> None:
        self._diary.receive(invoice, day)

    def _pay_half(self, day: date, invoice: int) -> None:
        self._diary.receive(invoice, day, HALF / 100)

    def _credit(self, day: date, invoice: int) -> None:
        note = CreditInput(invoice, reason="As agreed, with our apologies.")
        self._diary.on(day).credit_notes.credit(note)

    def _write_off(self, day: date, invoice: int) -> None:
        app = self._diary.on(day)
        owed = app.queries.document(invoice).open_minor
        app.deductions.deduct(
            DeductionInput(invoice, DeductionKind.WRITE_OFF, owed, day, "The firm is gone.")
        )

    def _give(self, day: date) -> None:
        """An invoice over nothing: a fault put right."""
        order = self._inventor.order(BY_NUMBER["C-0110"], JOBS[4], day)
        draft = draft_of(order, self._known)
        line = replace(draft.lines[0], unit_price=Decimal(0), description="Put right, no charge")
        app = self._diary.on(day)
        _issue(app, app.invoices.create(replace(draft, lines=(line,))))

    def _recur(self) -> None:
        day = self._weeks.day(2)
        order = self._inventor.order(BY_NUMBER["C-0109"], CARE, day)
        draft = replace(draft_of(order, self._known), service_from=None, service_to=None)
        first = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        self._diary.on(day).recurring.create(
            RecurringInput(
                "Website care", replace(draft, subject="Website care"), Schedule(first, Unit.MONTH)
            )
        )


def _issue(app: Application, saved: Saved) -> int:
    return app.invoices.issue(saved.document_id, saved.version).document_id
