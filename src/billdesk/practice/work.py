"""Invent work the same way every time: who ordered what, when, and when it was paid."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from billdesk.core.domain.dates import due_after
from billdesk.practice.catalogue import BY_CODE, CARE, JOBS, Article, Job
from billdesk.practice.people import BY_NUMBER, PEOPLE, RETAINERS, Person

SEED = 2024
_RATES = {"USD": Decimal("0.8940"), "CHF": Decimal("1.0480"), "JPY": Decimal("0.00605")}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Order:
    """One invoice to be; ``paid_on`` is when its customer will have paid ``share`` of it."""

    person: Person
    subject: str
    lines: tuple[tuple[Article, int], ...]
    issued_on: date
    paid_on: date
    share: Decimal = Decimal(1)

    @property
    def due_on(self) -> date:
        """When it falls due."""
        return due_after(self.issued_on, self.person.terms_days)


class Inventor:
    """A seeded source of orders."""

    def __init__(self) -> None:
        # Nothing secret depends on it; it only has to come out the same each time.
        self._random = Random(SEED)  # noqa: S311
        self._others = [person for person in PEOPLE if person.number not in RETAINERS]
        self._turn = 0

    def month(self, first: date, *, projects: int) -> list[Order]:
        """The work of the month that begins on ``first``, in the order of issue."""
        last = calendar.monthrange(first.year, first.month)[1]
        orders = [
            self.order(BY_NUMBER[number], CARE, workday(first.replace(day=last)))
            for number in RETAINERS
        ]
        for _ in range(projects):
            day = workday(first.replace(day=self._random.randint(1, last)))
            orders.append(self.order(self._next_person(), self._random.choice(JOBS), day))
        return sorted(orders, key=lambda order: (order.issued_on, order.person.number))

    def order(self, person: Person, job: Job, issued_on: date) -> Order:
        """An order of a kind of work."""
        lines = []
        for code, least, most in job.parts:
            quantity = self._random.randint(least, most)
            if quantity:
                lines.append((BY_CODE[code], quantity))
        delay = person.terms_days + person.habit_days + self._random.randint(-4, 6)
        return Order(
            person,
            job.subject.format(month=f"{issued_on:%B %Y}"),
            tuple(lines),
            issued_on,
            workday(issued_on + timedelta(days=max(2, delay))),
        )

    def _next_person(self) -> Person:
        # In turn, so that everybody has ordered something.
        self._turn += 1
        return self._others[self._turn * 7 % len(self._others)]


def workday(day: date) -> date:
    """``day`` or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))


def exchange_rate(currency: str, on: date) -> Decimal | None:
    """Euros per unit of ``currency``, a little different each month; ``None`` for the euro."""
    if currency not in _RATES:
        return None
    drift = Decimal((on.year * 12 + on.month) * 37 % 21 - 10) / 400
    return (_RATES[currency] * (1 + drift)).quantize(Decimal("0.000001"))
