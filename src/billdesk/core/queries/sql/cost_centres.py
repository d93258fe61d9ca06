"""The company's cost centres."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import CostCentre
from billdesk.core.queries.cost_centres import CostCentreRow


def read_cost_centres(
    connection: Connection, company_id: int, *, deleted: bool
) -> tuple[CostCentreRow, ...]:
    """Those on offer by code; or the deleted ones."""
    rows = connection.execute(
        select(CostCentre.id, CostCentre.code, CostCentre.name)
        .where(
            CostCentre.company_id == company_id,
            CostCentre.deleted_at.is_not(None) if deleted else CostCentre.deleted_at.is_(None),
        )
        .order_by(CostCentre.code, CostCentre.id)
    )
    return tuple(CostCentreRow(row.id, row.code, row.name, deleted) for row in rows)
