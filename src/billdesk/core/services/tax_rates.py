"""The company's tax rates."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from billdesk.core.db.tables import Account, TaxRate
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import TaxRateChanged
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.texts import clean_lines_of
from billdesk.core.services.steps.rows import load

# Characters, as the columns hold.
LONGEST = {"name": 60, "reason": 500, "reason_code": 40}


@dataclass(frozen=True, slots=True)
class TaxRateInput:
    """A tax rate as typed; ``percent`` 19 means 19 %."""

    name: str
    percent: Decimal
    category: TaxCategory = TaxCategory.STANDARD
    reason: str = ""
    reason_code: str = ""
    is_default: bool = False

    def columns(self) -> dict[str, Any]:
        """The values of the table's columns; for a checked rate."""
        return {
            "name": self.name,
            "percent": self.percent,
            "category": self.category.value,
            "reason": self.reason,
            "reason_code": self.reason_code,
            "is_default": self.is_default,
        }


def check_tax_rate(rate: TaxRateInput) -> TaxRateInput:
    """The rate as it can be stored. Raises ``UserError`` (with its field)."""
    rate = clean_lines_of(rate, LONGEST)
    if not rate.name:
        raise UserError("Give the tax rate a name, such as “VAT 19 %”.", field="name")
    Tax(rate.name, rate.category, rate.percent, rate.reason, rate.reason_code)
    return rate


class TaxRateService:
    """Use cases about tax rates."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, rate: TaxRateInput) -> int:
        """Add a rate; returns its id. Raises ``UserError``."""
        rate = check_tax_rate(rate)
        with self._uow.write() as tx:
            row = add_tax_rate(tx, rate)
            self._only_default(tx, row)
            tx.tell(TaxRateChanged(tx.company_id, row.id))
            return row.id

    @use_case
    def update(self, tax_rate_id: int, version: int, rate: TaxRateInput) -> None:
        """Change a rate for drafts to come; issued documents keep theirs.

        Raises ``UserError``, ``NotFound``, ``StaleVersion``.
        """
        rate = check_tax_rate(rate)
        with self._uow.write() as tx:
            row = load(tx, TaxRate, tax_rate_id, version=version)
            before = {"name": row.name, "percent": row.percent, "category": row.category}
            for name, value in rate.columns().items():
                setattr(row, name, value)
            tx.session.flush()
            self._only_default(tx, row)
            tx.audit("tax_rate.updated", f"tax_rate:{row.id}", before=before, after=rate)
            tx.tell(TaxRateChanged(tx.company_id, row.id))

    @use_case
    def delete(self, tax_rate_id: int) -> None:
        """Hide a rate from new lines; it can be restored."""
        self._set_deleted(tax_rate_id, deleted=True)

    @use_case
    def restore(self, tax_rate_id: int) -> None:
        """Offer a deleted rate again."""
        self._set_deleted(tax_rate_id, deleted=False)

    def _set_deleted(self, tax_rate_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, TaxRate, tax_rate_id)
            row.deleted_at = tx.now if deleted else None
            action = "tax_rate.deleted" if deleted else "tax_rate.restored"
            tx.audit(action, f"tax_rate:{row.id}")
            tx.tell(TaxRateChanged(tx.company_id, row.id))

    @staticmethod
    def _only_default(tx: Transaction, row: TaxRate) -> None:
        if row.is_default:
            tx.connection.execute(
                update(TaxRate)
                .where(TaxRate.company_id == tx.company_id, TaxRate.id != row.id)
                .values(is_default=False)
            )


def add_tax_rate(tx: Transaction, rate: TaxRateInput) -> TaxRate:
    """Insert a checked rate that posts to the company's account for tax, with its audit row."""
    account = tx.connection.scalar(
        select(Account.id).where(
            Account.company_id == tx.company_id, Account.role == Role.TAX_PAYABLE.value
        )
    )
    row = TaxRate(
        company_id=tx.company_id,
        account_id=account,
        created_at=tx.now,
        **rate.columns(),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("tax_rate.created", f"tax_rate:{row.id}", after=rate)
    return row
