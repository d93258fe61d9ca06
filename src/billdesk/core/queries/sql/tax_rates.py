"""The company's tax rates."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import TaxRate
from billdesk.core.domain.tax_dates import RateChains
from billdesk.core.queries.tax_rates import TaxRateRow, rate_of


def read_tax_rates(
    connection: Connection, company_id: int, *, deleted: bool
) -> tuple[TaxRateRow, ...]:
    """The rates on offer, the default first, then from high to low; or the deleted ones."""
    rows = connection.execute(
        select(TaxRate.__table__).where(TaxRate.company_id == company_id)
    ).all()
    chains = RateChains([rate_of(row) for row in rows])
    rates = (
        rate_of(row, chains.valid_until(row.id))
        for row in rows
        if (row.deleted_at is not None) == deleted
    )
    # Percentages are stored as text, so the database cannot order them.
    return tuple(
        sorted(rates, key=lambda rate: (not rate.is_default, -rate.percent, rate.name, rate.id))
    )
