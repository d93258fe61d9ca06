"""Draw numbers from a locked counter row.

Rows are locked in one order by every use case, so that no two wait for each other: number series
and counter, then documents and what belongs to them, then the head of the audit chain.
"""

from datetime import date

from sqlalchemy import bindparam, func, select, update

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.tables import Customer, Document, NumberCounter, NumberSeries
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.numbering import NumberPattern, Reset

CUSTOMER_SERIES = "customer"
# Built once: building a statement takes SQLAlchemy three times as long as running it.
_SERIES = select(NumberSeries).where(
    NumberSeries.company_id == bindparam("of"), NumberSeries.kind == bindparam("kind")
)
_CUSTOMER_TAKEN = select(Customer.id).where(
    Customer.company_id == bindparam("of"), Customer.number == bindparam("number")
)
_DOCUMENT_TAKEN = select(Document.id).where(
    Document.company_id == bindparam("of"),
    Document.series_id == bindparam("series"),
    Document.number == bindparam("number"),
)
_HERE = (NumberCounter.series_id == bindparam("series"), NumberCounter.period == bindparam("at"))
_COUNTER = select(NumberCounter.last_value).where(*_HERE).with_for_update()
_LOCK_SERIES = (
    select(NumberSeries.id)
    .where(NumberSeries.company_id == bindparam("of"), NumberSeries.kind == bindparam("kind"))
    .with_for_update(key_share=True)
)
_KIND_TO_NUMBER = select(Document.kind).where(
    Document.id == bindparam("id"),
    Document.company_id == bindparam("of"),
    Document.number.is_(None),
)
_SET_COUNTER = update(NumberCounter).where(*_HERE).values(last_value=bindparam("value"))


def series_of(tx: Transaction, kind: str) -> NumberSeries:
    """The number series of a kind of document (or of customers)."""
    series = tx.session.scalar(_SERIES, {"of": tx.company_id, "kind": kind})
    if series is None:
        raise NotFound(f"There is no number series for {kind}.")
    return series


def lock_series(tx: Transaction, kind: str) -> None:
    """Take the first lock of a use case that gives numbers to documents it also locks."""
    # A file has one lock, and the transaction holds it.
    if not is_sqlite(tx.connection):
        tx.connection.execute(_LOCK_SERIES, {"of": tx.company_id, "kind": kind})


def lock_series_of(tx: Transaction, document_id: int) -> None:
    """As ``lock_series``, for a document that is about to be given its number."""
    if not is_sqlite(tx.connection):
        kind = tx.connection.scalar(_KIND_TO_NUMBER, {"of": tx.company_id, "id": document_id})
        if kind is not None:
            lock_series(tx, kind)


def take_number(tx: Transaction, series: NumberSeries, on: date, customer_number: str = "") -> str:
    """The next number of ``series`` for a document of day ``on``; gapless if the tx commits.

    A number that is in use already (typed, imported, or printed alike by another counter) is left
    out.
    """
    pattern = NumberPattern(series.pattern, Reset(series.reset))
    period = pattern.period(on, customer_number)
    value = _counter(tx, series.id, period) + 1
    while _is_taken(tx, series, number := pattern.format(value, on, customer_number)):
        value += 1
    _set_counter(tx, series.id, period, value)
    return number


def keep_past(
    tx: Transaction, series: NumberSeries, number: str, on: date, customer_number: str = ""
) -> None:
    """Raise the counter so that ``number``, which came from elsewhere, is never given again."""
    pattern = NumberPattern(series.pattern, Reset(series.reset))
    value = pattern.sequence_of(number, on, customer_number)
    period = pattern.period(on, customer_number)
    if value is not None and value > _counter(tx, series.id, period):
        _set_counter(tx, series.id, period, value)


def raise_counter(tx: Transaction, series_id: int, period: str, value: int) -> int | None:
    """Let a counter go on after ``value``; what it was, or ``None`` when it was there already."""
    was = _counter(tx, series_id, period)
    if was >= value:
        return None
    _set_counter(tx, series_id, period, value)
    return was


def keep_past_all(tx: Transaction, series: NumberSeries) -> None:
    """Raise the counters past every number a changed pattern could print again."""
    rows = tx.connection.execute(
        select(
            Document.number,
            func.coalesce(Document.issued_on, Document.listed_on).label("day"),
            Customer.number.label("customer_number"),
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(
            Document.company_id == tx.company_id,
            Document.series_id == series.id,
            Document.number.is_not(None),
        )
    )
    for row in rows:
        keep_past(tx, series, row.number, row.day, row.customer_number or "")


def _is_taken(tx: Transaction, series: NumberSeries, number: str) -> bool:
    wanted = {"of": tx.company_id, "number": number}
    if series.kind == CUSTOMER_SERIES:
        return tx.connection.scalar(_CUSTOMER_TAKEN, wanted) is not None
    return tx.connection.scalar(_DOCUMENT_TAKEN, {**wanted, "series": series.id}) is not None


def _counter(tx: Transaction, series_id: int, period: str) -> int:
    """The last value given, with the row locked; the row is made when it is missing."""
    here = {"series": series_id, "at": period}
    value = tx.connection.scalar(_COUNTER, here)
    if value is None:
        # Another desk may be making it too: one of the two rows stays, and both lock that one.
        first = {"series_id": series_id, "period": period, "last_value": 0}
        tx.connection.execute(insert_missing(tx.connection, NumberCounter), first)
        value = tx.connection.scalar(_COUNTER, here)
    return int(value or 0)


def _set_counter(tx: Transaction, series_id: int, period: str, value: int) -> None:
    tx.connection.execute(_SET_COUNTER, {"series": series_id, "at": period, "value": value})
