"""Invariants of what Stripe holds: its clearing account is the balance there, in each currency."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from sqlalchemy import Connection, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import (
    Account,
    BalanceTransaction,
    BankLine,
    Dispute,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
    StripeEvent,
    StripePayout,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.outside import RECEIVED, InboxState, PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation

# Entries whose source is the balance transaction itself.
_BY_MOVEMENT = ("settled", "fee", "return_fee", "refund_fee", "dispute", "dispute_fee")


def charges(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Charges in Stripe clearing are the Stripe payments received, currency by currency."""
    posted = _by_currency(connection, _posted_charges(company_id))
    received = {row.currency: int(row.minor) for row in connection.execute(_received(company_id))}
    for currency in sorted(posted.keys() | received.keys()):
        there, here = received.get(currency, 0), posted.get(currency, 0)
        if there != here:
            yield Violation(
                "stripe-clearing",
                "Stripe clearing",
                f"received {there} {currency}, the ledger says {here}",
            )


@cache
def _posted_charges(company_id: int) -> AnySelect:
    return _clearing(company_id).where(LedgerEntry.source_type == "charge")


@cache
def _received(company_id: int) -> AnySelect:
    return (
        select(Payment.currency, func.sum(Payment.amount_minor).label("minor"))
        .where(
            Payment.company_id == company_id,
            Payment.method == PaymentMethod.STRIPE.value,
            Payment.state.in_([state.value for state in RECEIVED]),
        )
        .group_by(Payment.currency)
    )


def clearing(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What the ledger posted of known balance transactions is their net, in each currency.

    Charges and refunds whose movement Stripe has not told yet are not among them.
    """
    posted: dict[str, int] = defaultdict(int)
    for part in _known_parts(company_id):
        for currency, minor in _by_currency(connection, part).items():
            posted[currency] += minor
    held = {row.currency: int(row.minor) for row in connection.execute(_net_of_ours(company_id))}
    for currency in sorted(posted.keys() | held.keys()):
        there, here = held.get(currency, 0), posted.get(currency, 0)
        if there != here:
            yield Violation(
                "stripe-balance",
                "Stripe clearing",
                f"{there} {currency} at Stripe, the ledger says {here}",
            )


@cache
def _net_of_ours(company_id: int) -> AnySelect:
    return (
        select(BalanceTransaction.currency, func.sum(BalanceTransaction.net_minor).label("minor"))
        .where(BalanceTransaction.company_id == company_id, BalanceTransaction.is_ours)
        .group_by(BalanceTransaction.currency)
    )


def disputes(connection: Connection, company_id: int) -> Iterable[Violation]:
    """What banks hold is in the disputed receivables, and is what payments say is disputed."""
    posted = _by_currency(connection, _posted_disputes(company_id))
    disputed = {row.currency: int(row.minor) for row in connection.execute(_disputed(company_id))}
    for currency in sorted(posted.keys() | disputed.keys()):
        said, ledger = disputed.get(currency, 0), posted.get(currency, 0)
        if said != ledger:
            yield Violation(
                "disputed", "disputed receivables", f"{said} {currency}, the ledger says {ledger}"
            )
    yield from _held(connection, company_id)


@cache
def _posted_disputes(company_id: int) -> AnySelect:
    return _postings(company_id, Role.DISPUTED_RECEIVABLE)


@cache
def _disputed(company_id: int) -> AnySelect:
    return (
        select(Payment.currency, func.sum(Payment.disputed_minor).label("minor"))
        .where(Payment.company_id == company_id, Payment.disputed_minor != 0)
        .group_by(Payment.currency)
    )


def payouts(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A payout is the sum of what it paid out, and of the line of the bank that received it."""
    # One that cannot be read is shown as such; what it is part of cannot be summed.
    rows = connection.execute(_paid_out(company_id))
    for row in rows:
        found = {"paid out": row.paid_out, "arrived": row.arrived}
        for what, minor in found.items():
            # Stripe does not break down a payout made by hand.
            if minor is not None and int(minor) != row.amount_minor:
                yield Violation(
                    "payout", f"payout {row.stripe_payout}", f"{row.amount_minor}, {minor} {what}"
                )


@cache
def _paid_out(company_id: int) -> AnySelect:
    part = BalanceTransaction
    unread = exists().where(
        StripeEvent.company_id == company_id,
        StripeEvent.state == InboxState.NEW.value,
        StripeEvent.type == "odd.balance_transaction",
    )
    paid_out = (
        select(func.sum(part.net_minor))
        .where(
            part.company_id == company_id,
            part.payout == StripePayout.stripe_payout,
            part.id != StripePayout.balance_transaction,
        )
        .scalar_subquery()
    )
    return (
        select(
            StripePayout.stripe_payout,
            StripePayout.amount_minor,
            case((StripePayout.is_listed & ~unread, paid_out)).label("paid_out"),
            BankLine.minor.label("arrived"),
        )
        .outerjoin(BankLine, BankLine.id == StripePayout.bank_line_id)
        .where(StripePayout.company_id == company_id)
    )


def _held(connection: Connection, company_id: int) -> Iterator[Violation]:
    rows = connection.execute(_held_and_given_up(company_id))
    for row in rows:
        kept = int(row.held) - int(row.given_up)
        if kept != row.disputed_minor:
            yield Violation(
                "disputed", f"payment {row.id}", f"{row.disputed_minor}, its disputes hold {kept}"
            )


@cache
def _held_and_given_up(company_id: int) -> AnySelect:
    given_up = (
        select(func.coalesce(func.sum(Refund.minor), 0))
        .where(
            Refund.company_id == company_id,
            Refund.payment_id == Payment.id,
            Refund.meaning == RefundMeaning.DISPUTE_LOST.value,
            Refund.state == PaymentState.SUCCEEDED.value,
        )
        .scalar_subquery()
    )
    held = func.sum(Dispute.held_minor)
    return (
        select(
            Payment.id,
            Payment.disputed_minor,
            held.label("held"),
            given_up.label("given_up"),
        )
        .join(Dispute, Dispute.payment_id == Payment.id)
        .where(Payment.company_id == company_id)
        .group_by(Payment.id, Payment.disputed_minor)
    )


def _clearing(company_id: int) -> AnySelect:
    return _postings(company_id, Role.STRIPE_CLEARING)


def _postings(company_id: int, role: Role) -> AnySelect:
    return (
        select(Posting.currency, func.sum(Posting.minor).label("minor"))
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id == company_id, Account.role == role.value)
        .group_by(Posting.currency)
    )


@cache
def _known_parts(company_id: int) -> tuple[AnySelect, ...]:
    """What was posted on clearing for movements that Stripe has told."""
    known = aliased(BalanceTransaction)
    ours = and_(known.company_id == company_id, known.is_ours)
    by_movement = (
        _clearing(company_id)
        .join(known, and_(ours, known.id == LedgerEntry.source_id))
        .where(LedgerEntry.source_type.in_(_BY_MOVEMENT))
    )
    charged = (
        _clearing(company_id)
        .join(
            Payment,
            and_(Payment.company_id == company_id, Payment.charge == LedgerEntry.source_id),
        )
        .join(known, and_(ours, known.id == Payment.balance_transaction))
        .where(LedgerEntry.source_type == "charge", LedgerEntry.kind == EntryKind.CHARGED.value)
    )
    out = known.amount_minor < 0
    kinds = (
        ("charge", EntryKind.CHARGE_RETURNED, out),
        ("refund", EntryKind.REFUNDED, out),
        ("refund", EntryKind.REFUND_FAILED, known.amount_minor > 0),
    )
    moved = select(known.id).where(ours, known.source == LedgerEntry.source_id)
    there_and_back = _clearing(company_id).where(
        or_(
            *(
                and_(
                    LedgerEntry.source_type == source_type,
                    LedgerEntry.kind == kind.value,
                    moved.where(direction).exists(),
                )
                for source_type, kind, direction in kinds
            )
        )
    )
    return by_movement, charged, there_and_back


def _by_currency(connection: Connection, statement: AnySelect) -> dict[str, int]:
    return {row.currency: int(row.minor) for row in connection.execute(statement)}
