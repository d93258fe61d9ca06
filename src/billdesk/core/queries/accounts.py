"""What is answered about the chart of accounts."""

from dataclasses import dataclass

from billdesk.core.domain.accounts import AccountKind, Role


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account of the chart.

    BillDesk posts to one with a ``role`` by itself; ``used_by`` counts the items and tax rates
    that post to it, ``is_posted`` says whether the ledger has entries on it.
    """

    id: int
    code: str
    name: str
    kind: AccountKind
    role: Role | None
    retired: bool
    used_by: int
    is_posted: bool


@dataclass(frozen=True, slots=True)
class ProposedName:
    """What an account would be called in another chart."""

    account_id: int
    old_code: str
    old_name: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RateAccounts:
    """The accounts a tax rate posts to; ``revenue_account_id`` ``None``: the usual one."""

    tax_rate_id: int
    version: int
    name: str
    tax_account_id: int
    revenue_account_id: int | None
