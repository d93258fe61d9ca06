"""Draw numbers from a locked counter row."""

from datetime import date

from sqlalchemy import bindparam, func, insert, select, update

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
_SET_COUNTER = update(NumberCounter).where(*_HERE).values(last_value=bindparam("value"))


def series_of(tx: Transaction, kind: str) -> NumberSeries:
    """The number series of a kind of document (or of customers)."""
    series = tx.session.scalar(_SERIES, {"of": tx.company_id, "kind": kind})
    if series is None:
        raise NotFound(f"There is no number series for {kind}.")
    return series


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


def keep_past_all(tx: Transaction, series: NumberSeries) -> None:
    """Raise the counters past every number a changed pattern could print again."""
    rows = tx.connection.execute(
        select(
            Document.number,
            func.coalesce(Document.issued_on, Document.listed_on).label("day"),
            Customer.number.label("customer_number"),
        )
        .outerjoin(Customer, Customer.id == Document.customer_id)
        .where(Document.series_id == series.id, Document.number.is_not(None))
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
    value = tx.connection.scalar(_COUNTER, {"series": series_id, "at": period})
    if value is None:
        tx.connection.execute(
            insert(NumberCounter).values(series_id=series_id, period=period, last_value=0)
        )
        return 0
    return value


def _set_counter(tx: Transaction, series_id: int, period: str, value: int) -> None:
    tx.connection.execute(_SET_COUNTER, {"series": series_id, "at": period, "value": value})
