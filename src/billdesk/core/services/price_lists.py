"""Lists of prices that certain customers get; the prices themselves are kept with their items."""

from billdesk.core.db.tables import PriceList
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.texts import clean_line
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row

LONGEST_NAME = 120


class PriceListService:
    """Create, rename, delete and restore price lists."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, name: str, currency: str = "") -> int:
        """Add a list in ``currency`` (empty: the company's); returns its id.

        Raises ``UserError`` (with its field).
        """
        name = _check(name)
        with self._uow.write() as tx:
            currency = currency or company_row(tx).currency
            exponent(currency)
            row = PriceList(
                company_id=tx.company_id, name=name, currency=currency, created_at=tx.now
            )
            tx.session.add(row)
            tx.session.flush()
            tx.audit("price_list.created", f"price_list:{row.id}", after=[name, currency])
            tx.tell(CompanyChanged(tx.company_id))
            return row.id

    @use_case
    def rename(self, price_list_id: int, name: str) -> None:
        """Call it otherwise. Raises ``UserError``, ``NotFound``."""
        name = _check(name)
        with self._uow.write() as tx:
            row = load(tx, PriceList, price_list_id)
            tx.audit("price_list.renamed", f"price_list:{row.id}", before=row.name, after=name)
            row.name = name
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def delete(self, price_list_id: int) -> None:
        """Put a list away: its customers get the general prices. Raises ``NotFound``."""
        self._set_deleted(price_list_id, deleted=True)

    @use_case
    def restore(self, price_list_id: int) -> None:
        """Let a list count again. Raises ``NotFound``."""
        self._set_deleted(price_list_id, deleted=False)

    def _set_deleted(self, price_list_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, PriceList, price_list_id)
            row.deleted_at = tx.now if deleted else None
            verb = "deleted" if deleted else "restored"
            tx.audit(f"price_list.{verb}", f"price_list:{row.id}")
            tx.tell(CompanyChanged(tx.company_id))


def _check(name: str) -> str:
    name = clean_line(name, "name", LONGEST_NAME)
    if not name:
        raise UserError("Give the price list a name.", field="name")
    return name
