"""Invariants of number series."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain, islice

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Customer, Document, NumberCounter, NumberSeries
from billdesk.core.domain.number_runs import Runs
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.steps.restored_numbers import explained_gaps
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation


def sequence(connection: Connection, company_id: int) -> Iterable[Violation]:
    """No number twice; each counter's values are all there or explained.

    A gap is explained where the series gives numbers at creation (a deleted draft keeps its
    number), below the first number of a period (history imported from elsewhere) and where a
    restored backup left out what had been sent (its audit row says so).
    """
    gaps = explained_gaps(connection, company_id)
    series_rows = connection.execute(_used_series(company_id)).all()
    for series in series_rows:
        pattern = NumberPattern(series.pattern, Reset(series.reset))
        yield from _given_twice(connection, company_id, series.id)
        seen: dict[str, Runs] = defaultdict(Runs)
        imported: dict[str, Runs] = defaultdict(Runs)
        rows = streamed(connection, _numbers_given(company_id, series.id))
        for row in rows:
            on = row.issued_on or row.listed_on
            value = pattern.sequence_of(row.number, on, row.customer_number or "")
            if value is not None:
                target = imported if row.is_history else seen
                target[pattern.period(on, row.customer_number or "")].add(value)
        counters: dict[str, int] = dict(connection.execute(_counters(series.id)).all())
        for period, values in seen.items():
            lowest, highest = values.lowest, values.highest
            for known in (*imported[period].runs(), *gaps.get((series.kind, period), ())):
                values.add_run(known)
            missing = [gap for gap in values.missing() if lowest < gap.start < highest]
            if missing and not series.at_creation:
                yield Violation(
                    "number-gap", series.pattern, f"missing {_some(missing)} in period “{period}”"
                )
            if highest > counters.get(period, 0):
                yield Violation(
                    "number-counter", series.pattern, f"the counter of “{period}” is behind"
                )


@cache
def _used_series(company_id: int) -> AnySelect:
    is_used = (
        select(Document.id)
        .where(Document.company_id == company_id, Document.series_id == NumberSeries.id)
        .exists()
    )
    return select(NumberSeries.__table__).where(NumberSeries.company_id == company_id, is_used)


@cache
def _numbers_given(company_id: int, series_id: int) -> AnySelect:
    return (
        select(
            Document.number,
            Document.issued_on,
            Document.listed_on,
            Document.is_history,
            Customer.number.label("customer_number"),
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(
            Document.company_id == company_id,
            Document.series_id == series_id,
            Document.number.is_not(None),
        )
    )


@cache
def _counters(series_id: int) -> AnySelect:
    return select(NumberCounter.period, NumberCounter.last_value).where(
        NumberCounter.series_id == series_id
    )


def _given_twice(connection: Connection, company_id: int, series_id: int) -> Iterable[Violation]:
    rows = streamed(connection, _twice(company_id, series_id))
    for row in rows:
        yield Violation("number-twice", row.number, "the number was given twice")


@cache
def _twice(company_id: int, series_id: int) -> AnySelect:
    return (
        select(Document.number)
        .where(
            Document.company_id == company_id,
            Document.series_id == series_id,
            Document.number.is_not(None),
        )
        .group_by(Document.number)
        .having(func.count() > 1)
    )


def _some(gaps: list[range]) -> str:
    shown = ", ".join(str(value) for value in islice(chain.from_iterable(gaps), 5))
    count = sum(gap.stop - gap.start for gap in gaps)
    return f"{shown} and {count - 5} more" if count > 5 else shown
