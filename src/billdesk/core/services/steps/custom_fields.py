"""The company's own fields within a transaction."""

from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.custom_fields import CustomValues, Entity, check_values
from billdesk.core.queries.sql.custom_fields import Definitions, definitions


def fields_of(tx: Transaction) -> Definitions:
    """All defined fields, read once."""
    if "custom_fields" not in tx.memo:
        tx.memo["custom_fields"] = definitions(tx.connection, tx.company_id)
    known: Definitions = tx.memo["custom_fields"]
    return known


def checked_values(
    tx: Transaction, entity: Entity, values: CustomValues, *, complete: bool = True
) -> CustomValues:
    """The values in canonical form. Raises ``UserError`` about ``custom.KEY``."""
    if not values and not complete:
        return values
    return check_values(fields_of(tx)[entity], values, complete=complete)
