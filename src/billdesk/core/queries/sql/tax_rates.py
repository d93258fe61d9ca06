"""The company's tax rates."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import TaxRate
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.queries.tax_rates import TaxRateRow


def read_tax_rates(
    connection: Connection, company_id: int, *, deleted: bool
) -> tuple[TaxRateRow, ...]:
    """The rates on offer, the default first, then from high to low; or the deleted ones."""
    rows = connection.execute(
        select(TaxRate.__table__).where(
            TaxRate.company_id == company_id,
            TaxRate.deleted_at.is_not(None) if deleted else TaxRate.deleted_at.is_(None),
        )
    )
    rates = (
        TaxRateRow(
            id=row.id,
            version=row.version,
            name=row.name,
            category=TaxCategory(row.category),
            percent=row.percent,
            reason=row.reason,
            reason_code=row.reason_code,
            is_default=row.is_default,
            deleted=row.deleted_at is not None,
        )
        for row in rows
    )
    # Percentages are stored as text, so the database cannot order them.
    return tuple(
        sorted(rates, key=lambda rate: (not rate.is_default, -rate.percent, rate.name, rate.id))
    )
