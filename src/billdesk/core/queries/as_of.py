"""What is answered about the books as they stood at the end of a day.

Amounts named ``base`` are minor units of the company's currency, the others of the row's.
"""

from dataclasses import dataclass, fields
from datetime import date

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.documents import DocumentState


@dataclass(frozen=True, slots=True)
class Buckets:
    """Open amounts by how many days they are late."""

    not_due: int = 0
    late_1_30: int = 0
    late_31_60: int = 0
    late_61_90: int = 0
    late_over_90: int = 0

    @property
    def total(self) -> int:
        """Everything that is open."""
        return sum(getattr(self, field.name) for field in fields(self))

    def __add__(self, other: "Buckets") -> "Buckets":
        return Buckets(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        )


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """What one customer owes in one currency, by age."""

    customer_id: int
    number: str
    name: str
    currency: str
    open: Buckets
    base: Buckets


@dataclass(frozen=True, slots=True)
class Ageing:
    """Who owes what for how long on ``as_of``; ``currency`` is the company's."""

    as_of: date
    currency: str
    rows: tuple[AgeingRow, ...]

    @property
    def totals(self) -> tuple[tuple[str, Buckets], ...]:
        """The sum of each currency."""
        sums: dict[str, Buckets] = {}
        for row in self.rows:
            sums[row.currency] = sums.get(row.currency, Buckets()) + row.open
        return tuple(sorted(sums.items()))

    @property
    def base_total(self) -> Buckets:
        """The sum of everything in the company's currency."""
        return sum((row.base for row in self.rows), Buckets())


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One customer's account in one currency.

    ``open_minor`` is what invoices have open, ``disputed_minor`` what the bank took back while it
    looks at a dispute, ``credit_minor`` received or credited and not used (positive).
    """

    customer_id: int
    number: str
    name: str
    currency: str
    open_minor: int
    disputed_minor: int
    credit_minor: int
    base_minor: int

    @property
    def balance_minor(self) -> int:
        """What the customer owes on the whole; negative when we owe them."""
        return self.open_minor + self.disputed_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Balances:
    """The customers' accounts on ``as_of``; ``currency`` is the company's."""

    as_of: date
    currency: str
    rows: tuple[BalanceRow, ...]


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account with its balance in the company's currency; debit positive."""

    account_id: int
    code: str
    name: str
    kind: AccountKind
    base_minor: int

    @property
    def debit(self) -> int:
        """The balance where it is a debit, else zero."""
        return max(0, self.base_minor)

    @property
    def credit(self) -> int:
        """The balance where it is a credit, as a positive number, else zero."""
        return max(0, -self.base_minor)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that has been posted to by ``as_of``, in the company's ``currency``."""

    as_of: date
    currency: str
    rows: tuple[TrialBalanceRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentAsOf:
    """A document as it stood on a day, in minor units of ``currency``."""

    document_id: int
    number: str | None
    as_of: date
    state: DocumentState
    currency: str
    total_minor: int
    open_minor: int
    open_base_minor: int
    paid_minor: int
    credited_minor: int
    written_off_minor: int
