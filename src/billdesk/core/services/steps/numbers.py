"""Draw numbers from a locked counter row."""

from datetime import date

from sqlalchemy import insert, select, update

from billdesk.core.db.tables import NumberCounter, NumberSeries
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.numbering import NumberPattern, Reset


def series_of(tx: Transaction, kind: str) -> NumberSeries:
    """The number series of a kind of document (or of customers)."""
    series = tx.session.scalar(
        select(NumberSeries).where(
            NumberSeries.company_id == tx.company_id, NumberSeries.kind == kind
        )
    )
    if series is None:
        raise NotFound(f"There is no number series for {kind}.")
    return series


def take_number(tx: Transaction, series: NumberSeries, on: date, customer_number: str = "") -> str:
    """The next number of ``series`` for a document of day ``on``; gapless if the tx commits."""
    pattern = NumberPattern(series.pattern, Reset(series.reset))
    value = _counter(tx, series.id, pattern.period(on, customer_number)) + 1
    _set_counter(tx, series.id, pattern.period(on, customer_number), value)
    return pattern.format(value, on, customer_number)


def keep_past(
    tx: Transaction, series: NumberSeries, number: str, on: date, customer_number: str = ""
) -> None:
    """Raise the counter so that ``number``, which came from elsewhere, is never given again."""
    pattern = NumberPattern(series.pattern, Reset(series.reset))
    value = pattern.sequence_of(number, on, customer_number)
    period = pattern.period(on, customer_number)
    if value is not None and value > _counter(tx, series.id, period):
        _set_counter(tx, series.id, period, value)


def _counter(tx: Transaction, series_id: int, period: str) -> int:
    """The last value given, with the row locked; the row is made when it is missing."""
    here = (NumberCounter.series_id == series_id, NumberCounter.period == period)
    value = tx.connection.scalar(select(NumberCounter.last_value).where(*here).with_for_update())
    if value is None:
        tx.connection.execute(
            insert(NumberCounter).values(series_id=series_id, period=period, last_value=0)
        )
        return 0
    return value


def _set_counter(tx: Transaction, series_id: int, period: str, value: int) -> None:
    tx.connection.execute(
        update(NumberCounter)
        .where(NumberCounter.series_id == series_id, NumberCounter.period == period)
        .values(last_value=value)
    )
