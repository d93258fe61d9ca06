"""The sums and averages of the home page, each of one currency only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, and_, case, func, select

from billdesk.core.db.tables import Document, Payment
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.outside import RECEIVED
from billdesk.core.queries.sql.state import IS_RECEIVABLE, STILL_OPEN, state_case

DUE_SOON = timedelta(days=30)
A_YEAR = timedelta(days=365)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Owed:
    """Open documents: sums in minor units of the company's currency, ``*_other`` in others."""

    owed_minor: int
    overdue_minor: int
    overdue_count: int
    oldest_overdue_days: int
    due_30_minor: int
    due_30_count: int
    other: int
    overdue_other: int
    due_30_other: int


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in per month, oldest first, net of refunds."""

    months: tuple[tuple[date, int], ...]
    this_month_other: int


def read_owed(connection: Connection, company_id: int, today: date, currency: str) -> Owed:
    """What is open, overdue, and due within 30 days."""
    home = Document.currency == currency
    late = state_case(today) == DocumentState.OVERDUE.value
    soon = and_(Document.due_on >= today, Document.due_on <= today + DUE_SOON)
    row = connection.execute(
        select(
            func.sum(case((home, Document.open_minor), else_=0)).label("owed"),
            func.sum(case((and_(home, late), Document.open_minor), else_=0)).label("late"),
            func.sum(case((and_(home, late), 1), else_=0)).label("late_count"),
            func.min(case((and_(home, late), Document.due_on))).label("oldest"),
            func.sum(case((and_(home, soon), Document.open_minor), else_=0)).label("soon"),
            func.sum(case((and_(home, soon), 1), else_=0)).label("soon_count"),
            func.sum(case((home, 0), else_=1)).label("other"),
            func.sum(case((and_(~home, late), 1), else_=0)).label("late_other"),
            func.sum(case((and_(~home, soon), 1), else_=0)).label("soon_other"),
        ).where(Document.company_id == company_id, STILL_OPEN, IS_RECEIVABLE)
    ).one()
    return Owed(
        owed_minor=int(row.owed or 0),
        overdue_minor=int(row.late or 0),
        overdue_count=int(row.late_count or 0),
        oldest_overdue_days=(today - row.oldest).days if row.oldest else 0,
        due_30_minor=int(row.soon or 0),
        due_30_count=int(row.soon_count or 0),
        other=int(row.other or 0),
        overdue_other=int(row.late_other or 0),
        due_30_other=int(row.soon_other or 0),
    )


def read_received(connection: Connection, company_id: int, today: date, currency: str) -> Received:
    """The money of the last twelve months, this one included."""
    months = list(_last_months(today))
    sums = dict.fromkeys(months, 0)
    this_month_other = 0
    rows = connection.execute(
        select(
            Payment.received_on,
            (Payment.currency == currency).label("home"),
            func.sum(Payment.amount_minor - Payment.refunded_minor).label("minor"),
            func.count().label("payments"),
        )
        .where(
            Payment.company_id == company_id,
            Payment.received_on >= months[0],
            Payment.state.in_([state.value for state in RECEIVED]),
        )
        # By its name: PostgreSQL does not see that two bound values are the same.
        .group_by(Payment.received_on, "home")
    )
    for row in rows:
        month = row.received_on.replace(day=1)
        if month not in sums:
            continue
        if row.home:
            sums[month] += int(row.minor)
        elif month == months[-1]:
            this_month_other += row.payments
    return Received(tuple(sums.items()), this_month_other)


def read_days_to_pay(connection: Connection, company_id: int, today: date) -> int | None:
    """Average days from issue to settlement of what was settled within a year, rounded.

    ``None`` where nothing was. Read from the payments, which have an index by day.
    """
    days = documents = 0
    rows = connection.execute(
        select(
            Document.issued_on,
            Document.settled_on,
            func.count(Document.id.distinct()).label("documents"),
        )
        .join(
            Payment,
            and_(
                Payment.document_id == Document.id,
                Payment.received_on == Document.settled_on,
                Payment.state.in_([state.value for state in RECEIVED]),
            ),
        )
        .where(
            Payment.company_id == company_id,
            Payment.received_on > today - A_YEAR,
            Payment.received_on <= today,
        )
        .group_by(Document.issued_on, Document.settled_on)
    )
    for row in rows:
        days += max(0, (row.settled_on - row.issued_on).days) * row.documents
        documents += row.documents
    return round(days / documents) if documents else None


def _last_months(today: date) -> Iterator[date]:
    for back in range(MONTHS - 1, -1, -1):
        years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(years, month + 1, 1)
