"""The company's tax rates."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from billdesk.core.db.tables import TaxRate
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import TaxRateChanged
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.texts import clean_line, clean_lines_of
from billdesk.core.domain.totals import LARGEST_DECIMALS, decimals
from billdesk.core.queries.tax_rates import TaxRateRow, rate_of
from billdesk.core.services.steps.accounts import accounts_of_rate
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row

# Characters, as the columns hold.
LONGEST = {"name": 60, "reason": 500, "reason_code": 40}


@dataclass(frozen=True, slots=True)
class TaxRateInput:
    """A tax rate as typed; ``percent`` 19 means 19 %.

    ``reasons`` are legal texts by language where they differ from ``reason``.
    """

    name: str
    percent: Decimal
    category: TaxCategory = TaxCategory.STANDARD
    reason: str = ""
    reason_code: str = ""
    is_default: bool = False
    kind: TaxKind = TaxKind.ADDED
    is_compound: bool = False
    reasons: tuple[tuple[str, str], ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the table's columns; for a checked rate."""
        return {
            "name": self.name,
            "percent": self.percent,
            "category": self.category.value,
            "reason": self.reason,
            "reason_code": self.reason_code,
            "is_default": self.is_default,
            "kind": self.kind.value,
            "is_compound": self.is_compound,
            "reasons": canonical_json(dict(self.reasons)),
        }

    def tax(self) -> Tax:
        """The rate as a tax of a line. Raises ``UserError`` for what none can be."""
        return Tax(
            self.name,
            self.category,
            self.percent,
            self.reason,
            self.reason_code,
            self.kind,
            self.is_compound,
        )


def check_tax_rate(rate: TaxRateInput) -> TaxRateInput:
    """The rate as it can be stored. Raises ``UserError`` (with its field)."""
    rate = clean_lines_of(rate, LONGEST)
    if not rate.name:
        raise UserError("Give the tax rate a name, such as “VAT 19 %”.", field="name")
    rate.tax()
    if decimals(rate.percent) > LARGEST_DECIMALS:
        raise UserError("A percentage has at most six decimals.", field="percent")
    if rate.kind is TaxKind.WITHHELD and rate.is_default:
        raise UserError(
            "A tax that is withheld cannot be the usual one for new lines.", field="is_default"
        )
    texts = (
        (language, clean_line(text, "reasons", LONGEST["reason"]))
        for language, text in rate.reasons
    )
    return replace(rate, reasons=tuple(sorted((lang, text) for lang, text in texts if text)))


@dataclass(frozen=True, slots=True)
class RateChange:
    """What becomes of a tax rate on a day; ``percent`` 16 means 16 %."""

    on: date
    percent: Decimal
    name: str


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
            before = _as_stored(row)
            for name, value in rate.columns().items():
                setattr(row, name, value)
            tx.session.flush()
            self._only_default(tx, row)
            tx.audit("tax_rate.updated", f"tax_rate:{row.id}", before=before, after=rate)
            tx.tell(TaxRateChanged(tx.company_id, row.id))

    @use_case
    def change_from(self, tax_rate_id: int, version: int, change: RateChange) -> int:
        """A rate changes by law on a day: a new rate that follows this one; returns its id.

        Drafts supplied from that day on use it, issued documents and earlier supplies keep theirs.
        Raises ``UserError`` (with its field) for a day before this rate begins or a rate that has
        a successor, ``NotFound``, ``StaleVersion``.
        """
        with self._uow.write() as tx:
            row = load(tx, TaxRate, tax_rate_id, version=version)
            follower = _follower(rate_of(row), change)
            check_day(change.on, "on")
            if row.valid_from is not None and change.on <= row.valid_from:
                raise UserError(
                    f"This rate begins on {row.valid_from}; it can change after that.", field="on"
                )
            self._check_is_last(tx, row)
            new = add_tax_rate(
                tx,
                check_tax_rate(follower),
                account_id=row.account_id,
                follows_id=row.id,
                valid_from=change.on,
            )
            tx.audit(
                "tax_rate.changed_from",
                f"tax_rate:{row.id}",
                after={"on": change.on, "percent": change.percent, "followed_by": new.id},
            )
            tx.tell(TaxRateChanged(tx.company_id, row.id))
            tx.tell(TaxRateChanged(tx.company_id, new.id))
            return new.id

    @use_case
    def delete(self, tax_rate_id: int) -> None:
        """Hide a rate from new lines; it can be restored.

        One that follows another and has not begun never begins: the change is taken back.
        """
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
    def _check_is_last(tx: Transaction, row: TaxRate) -> None:
        followers = tx.session.scalars(
            select(TaxRate).where(TaxRate.company_id == tx.company_id, TaxRate.follows_id == row.id)
        )
        for follower in followers:
            if not rate_of(follower).cancelled:
                raise UserError(
                    f"{follower.name} follows this rate from {follower.valid_from} already; "
                    "change that one.",
                    field="on",
                )

    @staticmethod
    def _only_default(tx: Transaction, row: TaxRate) -> None:
        if row.is_default:
            tx.connection.execute(
                update(TaxRate)
                .where(TaxRate.company_id == tx.company_id, TaxRate.id != row.id)
                .values(is_default=False)
            )


def add_tax_rate(
    tx: Transaction,
    rate: TaxRateInput,
    *,
    account_id: int | None = None,
    follows_id: int | None = None,
    valid_from: date | None = None,
) -> TaxRate:
    """Insert a checked rate, with its audit row.

    It posts to the accounts its chart has for it; ``account_id`` is another one for the tax.
    """
    chart = Chart(company_row(tx).chart)
    usual_account_id, revenue_account_id = accounts_of_rate(tx, chart, rate.tax())
    row = TaxRate(
        company_id=tx.company_id,
        account_id=account_id or usual_account_id,
        revenue_account_id=revenue_account_id,
        follows_id=follows_id,
        valid_from=valid_from,
        created_at=tx.now,
        **rate.columns(),
    )
    tx.session.add(row)
    tx.session.flush()
    tx.audit("tax_rate.created", f"tax_rate:{row.id}", after=rate)
    return row


def _follower(rate: TaxRateRow, change: RateChange) -> TaxRateInput:
    return TaxRateInput(
        name=change.name,
        percent=change.percent,
        category=rate.category,
        reason=rate.reason,
        reason_code=rate.reason_code,
        kind=rate.kind,
        is_compound=rate.is_compound,
        reasons=rate.reasons,
    )


def _as_stored(row: TaxRate) -> dict[str, Any]:
    return {
        "name": row.name,
        "percent": row.percent,
        "category": row.category,
        "kind": row.kind,
        "is_compound": row.is_compound,
        "reason": row.reason,
    }
