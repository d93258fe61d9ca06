"""What a line's revenue is counted for besides its account: projects, branches."""

from dataclasses import dataclass

from sqlalchemy import select

from billdesk.core.db.tables import CostCentre
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.texts import clean_lines_of
from billdesk.core.services.steps.rows import load

# Characters, as the columns hold.
LONGEST = {"code": 20, "name": 120}


@dataclass(frozen=True, slots=True)
class CostCentreInput:
    """A cost centre as typed."""

    code: str
    name: str


class CostCentreService:
    """Create, change, delete and restore cost centres."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, given: CostCentreInput) -> int:
        """Add one; returns its id. Raises ``UserError`` (with its field)."""
        given = _check(given)
        with self._uow.write() as tx:
            _refuse_taken_code(tx, given.code)
            row = CostCentre(
                company_id=tx.company_id, code=given.code, name=given.name, created_at=tx.now
            )
            tx.session.add(row)
            tx.session.flush()
            tx.audit("cost_centre.created", f"cost_centre:{row.id}", after=given)
            tx.tell(CompanyChanged(tx.company_id))
            return row.id

    @use_case
    def update(self, cost_centre_id: int, given: CostCentreInput) -> None:
        """Rename one; what was posted for it stays its. Raises ``UserError``, ``NotFound``."""
        given = _check(given)
        with self._uow.write() as tx:
            row = load(tx, CostCentre, cost_centre_id)
            if row.code != given.code:
                _refuse_taken_code(tx, given.code)
            before = CostCentreInput(row.code, row.name)
            row.code, row.name = given.code, given.name
            tx.session.flush()
            tx.audit("cost_centre.updated", f"cost_centre:{row.id}", before=before, after=given)
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def delete(self, cost_centre_id: int) -> None:
        """No longer offer one; postings stay. Raises ``NotFound``."""
        self._set_deleted(cost_centre_id, deleted=True)

    @use_case
    def restore(self, cost_centre_id: int) -> None:
        """Offer one again. Raises ``NotFound``."""
        self._set_deleted(cost_centre_id, deleted=False)

    def _set_deleted(self, cost_centre_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, CostCentre, cost_centre_id)
            row.deleted_at = tx.now if deleted else None
            verb = "deleted" if deleted else "restored"
            tx.audit(f"cost_centre.{verb}", f"cost_centre:{row.id}")
            tx.tell(CompanyChanged(tx.company_id))


def _check(given: CostCentreInput) -> CostCentreInput:
    given = clean_lines_of(given, LONGEST)
    if not given.code:
        raise UserError("Give the cost centre a code.", field="code")
    if not given.name:
        raise UserError("Give the cost centre a name.", field="name")
    return given


def _refuse_taken_code(tx: Transaction, code: str) -> None:
    # Deleted ones count: what was posted for a code keeps its meaning.
    taken = tx.connection.scalar(
        select(CostCentre.name).where(
            CostCentre.company_id == tx.company_id, CostCentre.code == code
        )
    )
    if taken is not None:
        raise UserError(f"Code {code} belongs to {taken}.", field="code")
