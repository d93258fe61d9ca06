"""Stripe as the books know it: inbox, cursor, orders, and what happened to the money there."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base
from billdesk.core.db.types import Exact, Instant, Key, Minor, Uid


class StripeEvent(Base):
    """The inbox: each event once. States: new, applied, foreign, dead."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index(
            "ix_stripe_event_new",
            "company_id",
            "next_try_at",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index("ix_stripe_event_root", "company_id", "root"),
        Index("ix_stripe_event_applied", "company_id", "applied_at"),
    )

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Instant]
    api_version: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(120))
    object_type: Mapped[str] = mapped_column(String(40))
    # What is fetched for it: events of one payment share a root and cost one look.
    root: Mapped[str] = mapped_column(String(140))
    # The payment it is about, where the event tells: joins a session's root with its intent's.
    intent: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[Instant]
    error: Mapped[str] = mapped_column(String(500), default="")
    received_at: Mapped[Instant]
    applied_at: Mapped[Instant | None]


class StripeCursor(Base):
    """How far the events of one Stripe account have been read, and who is reading."""

    __tablename__ = "stripe_cursor"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    stripe_account: Mapped[str] = mapped_column(String(64), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    # Stripe's name of the account (acct_…), where the key may read it.
    account_id: Mapped[str | None] = mapped_column(String(80))
    connected_at: Mapped[Instant]
    # Server time up to which every event is in the inbox.
    read_through_at: Mapped[Instant | None]
    # Catch-up in progress: continue after this event id down to the window's start.
    resume_after: Mapped[str | None] = mapped_column(String(80))
    resume_from_at: Mapped[Instant | None]
    resume_through_at: Mapped[Instant | None]
    last_ok_at: Mapped[Instant | None]
    # By Stripe's clock: the age of a gap must not hang on the desktop's.
    last_ok_server_at: Mapped[Instant | None]
    last_deep_at: Mapped[Instant | None]
    # Deep reconciliation in progress: Stripe's clock when it was begun (empty until it is first
    # known), and the list and id to go on from.
    deep_from_at: Mapped[Instant | None]
    deep_place: Mapped[str | None] = mapped_column(String(140))
    # By Stripe's clock: up to when its balance has been read.
    balance_through_at: Mapped[Instant | None]
    # Reading it in progress: the movement to go on after, and Stripe's clock when it was begun.
    balance_after: Mapped[str | None] = mapped_column(String(80))
    balance_begun_at: Mapped[Instant | None]
    # What the key may do, as it was probed last: canonical JSON, empty before.
    permissions: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
    not_before_at: Mapped[Instant | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    lease_until_at: Mapped[Instant | None]


class StripeOrder(Base):
    """Something Stripe is told to do with money, once: a refund or a charge of a saved card.

    ``params`` and ``idempotency_key`` are stored before the first try and resent unchanged.
    States: queued, sent, done, failed, cancelled.
    """

    __tablename__ = "stripe_order"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("idempotency_key"),
        Index("ix_stripe_order_document", "document_id"),
        Index("ix_stripe_order_payment", "payment_id"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(10))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    card_id: Mapped[int | None] = mapped_column(ForeignKey("saved_card.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[Minor]
    livemode: Mapped[bool]
    stripe_account: Mapped[str] = mapped_column(String(64))
    params: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(10))
    # What Stripe made of it: re_… or pi_….
    stripe_id: Mapped[str | None] = mapped_column(String(80))
    # By Stripe's clock.
    first_try_server_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    replays: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class SavedCard(Base):
    """A card that a customer left at Stripe to be charged again; only Stripe knows its number."""

    __tablename__ = "saved_card"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "livemode", "payment_method"),
        Index("ix_saved_card_customer", "customer_id"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    # The document whose link asked for the consent, and when it was given.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    consented_at: Mapped[Instant]
    livemode: Mapped[bool]
    stripe_account: Mapped[str] = mapped_column(String(64))
    stripe_customer: Mapped[str] = mapped_column(String(80))
    payment_method: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(40), default="")
    last4: Mapped[str] = mapped_column(String(4), default="")
    expires_month: Mapped[int | None]
    expires_year: Mapped[int | None]
    removed_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class PaymentAttempt(Base):
    """A try to pay that was declined: no money moved. Append-only; names no person."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("company_id", "livemode", "charge"),
        Index("ix_payment_attempt_document", "document_id"),
        Index("ix_payment_attempt_at", "company_id", "at"),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    livemode: Mapped[bool]
    payment_intent: Mapped[str] = mapped_column(String(80))
    # The failed charge; where Stripe made none, the payment intent again.
    charge: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(80), default="")
    decline_code: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[Instant]
    created_at: Mapped[Instant]


class Dispute(Base):
    """A customer's objection at their bank, as Stripe tells it; ``status`` is Stripe's own."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("company_id", "stripe_dispute"),
        Index("ix_dispute_payment", "payment_id"),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    stripe_dispute: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[Minor]
    # What the bank has taken of it and not given back, in the payment's currency, and its value.
    held_minor: Mapped[Minor] = mapped_column(default=0)
    held_base_minor: Mapped[Minor] = mapped_column(default=0)
    # Until when Stripe takes evidence, and whether refunding the charge would end it.
    due_at: Mapped[Instant | None]
    is_refundable: Mapped[bool]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class BalanceTransaction(Base):
    """A movement on the Stripe balance, in the settlement currency; ``id`` is Stripe's (txn_…).

    ``net_minor`` = ``amount_minor`` − ``fee_minor``; ``payout`` is the payout that paid it out.
    ``is_ours`` where the books have posted it; another program's money on the account is not.
    """

    __tablename__ = "balance_transaction"
    __table_args__ = (
        Index("ix_balance_transaction_source", "company_id", "source"),
        Index("ix_balance_transaction_payout", "company_id", "payout"),
    )

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    stripe_account: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    # The tax within the fee.
    fee_tax_minor: Mapped[Minor] = mapped_column(default=0)
    net_minor: Mapped[Minor]
    # Settlement currency per unit of the charge's, where the two differ.
    exchange_rate: Mapped[Exact | None]
    available_on: Mapped[date]
    payout: Mapped[str | None] = mapped_column(String(80))
    is_ours: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]


class StripePayout(Base):
    """Money that Stripe sent to the bank, and the line of the bank that received it."""

    __tablename__ = "stripe_payout"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "stripe_payout"),
        Index("ix_stripe_payout_bank_line", "bank_line_id"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    livemode: Mapped[bool]
    stripe_account: Mapped[str] = mapped_column(String(64))
    stripe_payout: Mapped[str] = mapped_column(String(80))
    balance_transaction: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[Minor]
    available_on: Mapped[date]
    # Whether its movements are known, or the one to go on listing them after.
    is_listed: Mapped[bool] = mapped_column(default=False)
    listed_after: Mapped[str | None] = mapped_column(String(80))
    # The day the bank sent it back to Stripe.
    failed_on: Mapped[date | None]
    bank_line_id: Mapped[int | None] = mapped_column(ForeignKey("bank_line.id"))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
