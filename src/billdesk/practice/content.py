"""Make the practice company: two years imported, six weeks worked with BillDesk itself."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billdesk.bootstrap import Books, create_company
from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.services.customers import CustomerInput
from billdesk.practice.catalogue import CARE, JOBS
from billdesk.practice.company import MORNING_STUDIO
from billdesk.practice.diary import Catalogue, Diary, draft_of
from billdesk.practice.history import export
from billdesk.practice.logo import draw_logo
from billdesk.practice.offers import Offers
from billdesk.practice.people import BY_NUMBER
from billdesk.practice.weeks import Weeks
from billdesk.practice.work import Inventor, Order, workday

HISTORY_DAYS = 730
OWN_DAYS = 42
FIRST_PROJECTS_A_MONTH = 5
MONTHS_PER_MORE_PROJECT = 5


def make_company(books: Books) -> int:
    """Create Morning Studio in ``books``; returns its id.

    Every step is a use case on the day it happened, so the books are as true as any. What needs
    Stripe and a mail server follows in ``online``.
    """
    today = books.today()
    moved_in = workday(today - timedelta(days=OWN_DAYS))
    company_id = create_company(books, MORNING_STUDIO)
    diary = Diary(books, company_id)
    inventor = Inventor()
    old = _history(inventor, today - timedelta(days=HISTORY_DAYS), moved_in)
    app = diary.on(moved_in)
    app.settings.set_logo(draw_logo(), "morning-studio.png")
    report = app.imports.run(export(old, moved_in))
    if not report.written:
        raise InvariantBroken(f"the practice history cannot be imported: {report.problems[0]}")
    _set_treatments(app)
    known = Catalogue.read(app)
    weeks = Weeks(diary, known, moved_in, today)
    weeks.collect(old)
    weeks.work(inventor)
    Offers(diary, known, weeks, inventor).plan()
    weeks.live()
    _drafts(diary, inventor, known, today)
    return company_id


def _set_treatments(app: Application) -> None:
    """The files of another program know no treatment; new lines are to be taxed as the old ones."""
    for row in app.queries.customers(limit=1000).rows:
        treatment = BY_NUMBER[row.number].treatment
        if treatment is not None:
            given = CustomerInput(
                row.name,
                number=row.number,
                contact=row.contact,
                email=row.email,
                address=row.address,
                vat_id=row.vat_id,
                currency=row.currency,
                terms_days=row.terms_days,
                tax_treatment=treatment,
            )
            app.customers.update(row.id, row.version, given)


def _history(inventor: Inventor, began: date, until: date) -> list[Order]:
    """The orders invoiced from ``began`` to the day before ``until``, in the order of issue."""
    orders: list[Order] = []
    month, count = began.replace(day=1), 0
    while month <= until:
        projects = FIRST_PROJECTS_A_MONTH + count // MONTHS_PER_MORE_PROJECT
        orders += inventor.month(month, projects=projects)
        month, count = (month + timedelta(days=31)).replace(day=1), count + 1
    orders = [order for order in orders if began <= order.issued_on < until]
    orders += _problem_cases(inventor, until)
    return sorted(orders, key=lambda order: (order.issued_on, order.person.number, order.subject))


def _problem_cases(inventor: Inventor, until: date) -> list[Order]:
    """One who never pays, one who pays half, one with so much time that it is merely sent."""
    never = inventor.order(BY_NUMBER["C-0119"], JOBS[1], workday(until - timedelta(days=33)))
    half = inventor.order(BY_NUMBER["C-0112"], JOBS[0], workday(until - timedelta(days=26)))
    later = workday(until + timedelta(days=9))
    patient = inventor.order(BY_NUMBER["C-0124"], JOBS[0], workday(until - timedelta(days=9)))
    return [
        replace(never, paid_on=date.max),
        replace(half, paid_on=later, share=Decimal("0.5")),
        patient,
    ]


def _drafts(diary: Diary, inventor: Inventor, known: Catalogue, today: date) -> None:
    app = diary.on(today)
    for number, job in (("C-0105", JOBS[3]), ("C-0114", JOBS[0]), ("C-0126", JOBS[6])):
        app.invoices.create(draft_of(inventor.order(BY_NUMBER[number], job, today), known))
    care = inventor.order(BY_NUMBER["C-0101"], CARE, today)
    app.invoices.create(draft_of(replace(care, subject="Website care, next month"), known))
    idea = LineDraft("Idea for a winter campaign", Decimal(1), Decimal(0))
    app.invoices.create(InvoiceDraft(subject="To be talked about", lines=(idea,)))
