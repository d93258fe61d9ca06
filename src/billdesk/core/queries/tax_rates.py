"""What is answered about tax rates."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind


@dataclass(frozen=True, slots=True)
class TaxRateRow:
    """A tax rate of the company; ``percent`` 19 means 19 %.

    ``reasons`` are legal texts by language where they differ from ``reason``. A rate with
    ``valid_from`` follows another (``follows_id``); ``valid_until`` is the last day of one that is
    followed. A follower deleted before its first day is ``cancelled``.
    """

    id: int
    version: int
    name: str
    category: TaxCategory
    percent: Decimal
    reason: str
    reason_code: str
    is_default: bool
    deleted: bool
    kind: TaxKind = TaxKind.ADDED
    is_compound: bool = False
    reasons: tuple[tuple[str, str], ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    follows_id: int | None = None
    cancelled: bool = False

    @property
    def is_withheld(self) -> bool:
        """Kept back by the customer instead of paid to us."""
        return self.kind is TaxKind.WITHHELD

    def tax(self, language: str = "") -> Tax:
        """The tax as the totals engine takes it, with the legal text for a language."""
        return Tax(
            self.name,
            self.category,
            self.percent,
            dict(self.reasons).get(language) or self.reason,
            self.reason_code,
            self.kind,
            self.is_compound,
        )


def rate_of(row: Any, valid_until: date | None = None) -> TaxRateRow:
    """The rate in a row of the table, mapped or selected."""
    return TaxRateRow(
        id=row.id,
        version=row.version,
        name=row.name,
        category=TaxCategory(row.category),
        percent=row.percent,
        reason=row.reason,
        reason_code=row.reason_code,
        is_default=row.is_default,
        deleted=row.deleted_at is not None,
        kind=TaxKind(row.kind),
        is_compound=row.is_compound,
        reasons=tuple(sorted(json.loads(row.reasons).items())),
        valid_from=row.valid_from,
        valid_until=valid_until,
        follows_id=row.follows_id,
        cancelled=(
            row.deleted_at is not None
            and row.valid_from is not None
            and row.deleted_at.date() < row.valid_from
        ),
    )
