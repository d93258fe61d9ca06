"""Double entry: what each event of the books debits and credits.

Debits are positive, credits negative. Every posting carries the amount in its own currency and in
the company's; both sum to zero over an entry, the former per currency. The table of events is in
docs/glossary.md ("ledger entry").
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import InvariantBroken
from billdesk.core.domain.rounding import EXACT, split_minor, to_minor


class EntryKind(StrEnum):
    """What an entry records. Unique per source, so nothing is ever posted twice."""

    ISSUED = "issued"
    VOIDED = "voided"
    RECEIVED = "received"
    RECEIPT_UNDONE = "receipt_undone"
    CHARGED = "charged"
    CHARGE_RETURNED = "charge_returned"
    CONVERTED = "converted"
    TEST_UNDONE = "test_undone"
    FEE = "fee"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    DISPUTE_REINSTATED = "dispute_reinstated"
    DISPUTE_LOST = "dispute_lost"
    ALLOCATED = "allocated"
    DEDUCTED = "deducted"
    DEDUCTION_UNDONE = "deduction_undone"
    REFUND_EXPLAINED = "refund_explained"
    REFUND_UNDONE = "refund_undone"
    TAX_DUE = "tax_due"
    PAYOUT = "payout"
    BANK_BOOKED = "bank_booked"
    BANK_UNDONE = "bank_undone"
    SUSPENSE_CLEARED = "suspense_cleared"
    OPENING = "opening"
    OPENING_UNDONE = "opening_undone"


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """One side of an entry: to an account given by ``role`` or, when set, ``account_id``."""

    role: Role
    currency: str
    minor: int
    base_minor: int
    account_id: int | None = None
    customer_id: int | None = None
    document_id: int | None = None
    tax_rate_id: int | None = None
    cost_centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A balanced entry, ready to post. Raises ``InvariantBroken`` when it does not balance."""

    kind: EntryKind
    source_type: str
    source_id: str
    occurred_on: date
    postings: tuple[PostingDraft, ...]
    memo: str = ""
    reverses_id: int | None = None

    def __post_init__(self) -> None:
        per_currency: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            per_currency[posting.currency] += posting.minor
        base_minor = sum(p.base_minor for p in self.postings)
        if base_minor != 0 or any(per_currency.values()):
            raise InvariantBroken(f"the {self.kind.value} entry does not balance")


def to_base(minor: int, scale: int, rate: Decimal, base_scale: int) -> int:
    """``minor`` units of a currency with ``scale`` decimals in minor units of the base currency.

    ``rate`` is base currency per one unit of the currency.
    """
    amount = Decimal(minor).scaleb(-scale)
    return to_minor(EXACT.multiply(amount, rate), base_scale)


def reversed_postings(postings: Iterable[PostingDraft]) -> tuple[PostingDraft, ...]:
    """The same postings with the signs turned: how a correction is made."""
    return tuple(replace(p, minor=-p.minor, base_minor=-p.base_minor) for p in postings)


@dataclass(frozen=True, slots=True)
class RevenueShare:
    """Net revenue of a document on one account and cost centre.

    In minor units of the document's currency.
    """

    minor: int
    account_id: int | None = None
    cost_centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaxShare:
    """Tax of a document for one rate, in minor units of the document's currency."""

    minor: int
    tax_rate_id: int
    account_id: int


def issue_postings(
    *,
    currency: str,
    total_minor: int,
    revenue: Sequence[RevenueShare],
    taxes: Sequence[TaxShare],
    rounding_minor: int,
    base_total_minor: int,
    customer_id: int,
    document_id: int,
    cash_basis: bool = False,
) -> tuple[PostingDraft, ...]:
    """Invoice issued: receivable / revenue, tax payable per rate, cash rounding.

    With ``cash_basis`` the tax is not yet due: it waits until the customer pays.
    """
    receivable = PostingDraft(
        Role.RECEIVABLE, currency, total_minor, 0, customer_id=customer_id, document_id=document_id
    )
    credits = [
        PostingDraft(
            Role.REVENUE,
            currency,
            -share.minor,
            0,
            account_id=share.account_id,
            cost_centre_id=share.cost_centre_id,
        )
        for share in revenue
    ]
    credits += [
        PostingDraft(
            Role.TAX_NOT_DUE if cash_basis else Role.TAX_PAYABLE,
            currency,
            -share.minor,
            0,
            account_id=None if cash_basis else share.account_id,
            document_id=document_id if cash_basis else None,
            tax_rate_id=share.tax_rate_id,
        )
        for share in taxes
    ]
    credits.append(PostingDraft(Role.ROUNDING, currency, -rounding_minor, 0))
    postings = [receivable, *(posting for posting in credits if posting.minor)]
    return _balanced_base(postings, base_total_minor)


def _balanced_base(
    postings: Sequence[PostingDraft], base_total_minor: int
) -> tuple[PostingDraft, ...]:
    """Base amounts for one posting against many of possibly mixed signs."""
    first, *rest = postings
    if not rest:
        return tuple(postings)
    # Weights keep their sign: a returned item lowers revenue while others raise it.
    shares = split_minor(-base_total_minor, [-posting.minor for posting in rest])
    return (
        replace(first, base_minor=base_total_minor),
        *(replace(p, base_minor=share) for p, share in zip(rest, shares, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class Settlement:
    """Part of a payment that settles one document; ``base_minor`` is the debt it takes away.

    Negative where the debt comes back. ``customer_id`` is whose debt it is, where that may be
    another than the payment's: duplicates that were merged.
    """

    document_id: int
    minor: int
    base_minor: int
    customer_id: int | None = None


def transfer_postings(
    debit: Role,
    credit: Role,
    *,
    currency: str,
    minor: int,
    base_minor: int,
    customer_id: int | None = None,
    document_id: int | None = None,
) -> tuple[PostingDraft, ...]:
    """Move an amount from one account to another (fees, refunds, disputes)."""
    return (
        PostingDraft(
            debit, currency, minor, base_minor, customer_id=customer_id, document_id=document_id
        ),
        PostingDraft(
            credit, currency, -minor, -base_minor, customer_id=customer_id, document_id=document_id
        ),
    )
