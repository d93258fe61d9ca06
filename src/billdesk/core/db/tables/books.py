"""Payments, allocations, the double-entry ledger and the audit log."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Exact, Instant, Key, Minor, Uid


class Payment(Base, Versioned):
    """Money from a customer, by hand or from Stripe. Amounts in minor units of ``currency``.

    One Stripe payment intent is one row, whatever happens to it (UNIQUE).
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "livemode", "payment_intent"),
        # With the company: SQLite would otherwise take an index that begins with it alone.
        Index("ix_payment_document", "document_id", "company_id"),
        Index("ix_payment_received", "company_id", "received_on", "id"),
        Index(
            "ix_payment_fee_pending",
            "company_id",
            "fee_next_try_at",
            sqlite_where=text("fee_state = 'pending'"),
            postgresql_where=text("fee_state = 'pending'"),
        ),
        Index(
            "ix_payment_pending",
            "company_id",
            "state",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_payment_review",
            "company_id",
            "updated_at",
            "id",
            sqlite_where=text("review <> ''"),
            postgresql_where=text("review <> ''"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    # The document the payer meant; what it really settles is in allocation.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    method: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[Minor]
    base_minor: Mapped[Minor]
    exchange_rate: Mapped[Exact]
    # What the bank was credited where that was in another currency than the debt.
    received_currency: Mapped[str | None] = mapped_column(String(3))
    received_minor: Mapped[int | None] = mapped_column(BigInteger)
    unallocated_minor: Mapped[Minor] = mapped_column(default=0)
    # Went back to the customer at Stripe, and how much of it the owner has explained.
    refunded_minor: Mapped[Minor] = mapped_column(default=0)
    explained_minor: Mapped[Minor] = mapped_column(default=0)
    # Went back out of this payment itself, so that it can settle nothing any more.
    returned_minor: Mapped[Minor] = mapped_column(default=0)
    disputed_minor: Mapped[Minor] = mapped_column(default=0)
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # Says what a person must decide about it; empty when nothing.
    review: Mapped[str] = mapped_column(String(500), default="")

    livemode: Mapped[bool | None]
    stripe_account: Mapped[str | None] = mapped_column(String(64))
    payment_intent: Mapped[str | None] = mapped_column(String(80))
    charge: Mapped[str | None] = mapped_column(String(80))
    checkout_session: Mapped[str | None] = mapped_column(String(120))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("payment_link.id"))
    # How it was paid: Stripe's type (card, sepa_debit…).
    method_type: Mapped[str] = mapped_column(String(40), default="")
    receipt_url: Mapped[str] = mapped_column(String(500), default="")
    failure: Mapped[str] = mapped_column(String(500), default="")
    fee_state: Mapped[str] = mapped_column(String(10), default="none")
    fee_next_try_at: Mapped[Instant | None]
    fee_tries: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int | None] = mapped_column(BigInteger)
    fee_currency: Mapped[str | None] = mapped_column(String(3))
    net_minor: Mapped[int | None] = mapped_column(BigInteger)
    balance_transaction: Mapped[str | None] = mapped_column(String(80))
    # When Stripe gave the answer that the row shows, by Stripe's own clock.
    read_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class Deduction(Base, Versioned):
    """What a customer need not pay any more of a document, or pays to the tax office instead.

    Kinds: ``domain.settlement.DeductionKind``. Undone ones keep their row.
    """

    __tablename__ = "deduction"
    __table_args__ = (UniqueConstraint("uid"), Index("ix_deduction_document", "document_id"))

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    kind: Mapped[str] = mapped_column(String(30))
    minor: Mapped[Minor]
    base_minor: Mapped[Minor]
    occurred_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500), default="")
    # The payment it was taken with (a discount for paying early), undone together with it.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    created_at: Mapped[Instant]
    undone_at: Mapped[Instant | None]


class Refund(Base, Versioned):
    """Money that went back to a customer, by hand or at Stripe.

    It comes out of a payment or settles a credit note; ``meaning`` is what the owner says it was
    (``domain.settlement.RefundMeaning``). One Stripe refund is one row (UNIQUE).
    """

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "stripe_refund"),
        Index("ix_refund_payment", "payment_id", "company_id"),
        Index("ix_refund_credit_note", "credit_note_id", "company_id"),
        Index(
            "ix_refund_failed",
            "company_id",
            "updated_at",
            "id",
            sqlite_where=text("state = 'failed'"),
            postgresql_where=text("state = 'failed'"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    method: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    meaning: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[Minor]
    base_minor: Mapped[Minor]
    # What left where that was in another currency.
    paid_currency: Mapped[str | None] = mapped_column(String(3))
    paid_minor: Mapped[int | None] = mapped_column(BigInteger)
    refunded_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    stripe_refund: Mapped[str | None] = mapped_column(String(80))
    # What BillDesk ordered it with, and how Stripe has it.
    order_id: Mapped[int | None] = mapped_column(ForeignKey("stripe_order.id"))
    stripe_status: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class Allocation(Base):
    """Part of a payment, credit note or deduction settling a document.

    Append-only: taking it back adds a negative row.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint(
            "(payment_id IS NOT NULL AND credit_note_id IS NULL AND deduction_id IS NULL)"
            " OR (payment_id IS NULL AND credit_note_id IS NOT NULL AND deduction_id IS NULL)"
            " OR (payment_id IS NULL AND credit_note_id IS NULL AND deduction_id IS NOT NULL)",
            name="one_source",
        ),
        # With the company: more columns equal than in the index of days, which is a company's all.
        Index("ix_allocation_document", "document_id", "company_id"),
        Index("ix_allocation_payment", "payment_id", "company_id"),
        Index("ix_allocation_occurred", "company_id", "occurred_on"),
        Index(
            "ix_allocation_credit_note",
            "credit_note_id",
            "company_id",
            sqlite_where=text("credit_note_id IS NOT NULL"),
            postgresql_where=text("credit_note_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    deduction_id: Mapped[int | None] = mapped_column(ForeignKey("deduction.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    minor: Mapped[Minor]
    base_minor: Mapped[Minor]
    # The business day it counts from.
    occurred_on: Mapped[date]
    created_at: Mapped[Instant]


class LedgerEntry(Base):
    """A balanced journal entry; its postings are inserted first (see ``db.triggers``)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("company_id", "source_type", "source_id", "kind"),
        Index("ix_ledger_entry_occurred", "company_id", "occurred_on", "id"),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(40))
    source_type: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(120))
    occurred_on: Mapped[date]
    memo: Mapped[str] = mapped_column(String(300), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    created_at: Mapped[Instant]


class Posting(Base):
    """One side of an entry: debit positive, credit negative; base in the company's currency."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_account", "account_id", "entry_id", "minor", "base_minor"),
        Index(
            "ix_posting_document",
            "document_id",
            sqlite_where=text("document_id IS NOT NULL"),
            postgresql_where=text("document_id IS NOT NULL"),
        ),
    )

    # Deferred: the entry row comes last and proves that the postings balance.
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[Minor]
    base_minor: Mapped[Minor]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    cost_centre_id: Mapped[int | None] = mapped_column(ForeignKey("cost_centre.id"))


class AuditLog(Base):
    """Who did what when, chained by hash per company. Append-only."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "company_id", "subject"),)

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    actor: Mapped[str] = mapped_column(String(200))
    machine: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    correlation_id: Mapped[str] = mapped_column(String(36))
    # Salted hash of the detail row: the detail may be erased, the chain stays whole.
    detail_sha256: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditDetail(Base):
    """Before and after of an audit row: personal data stands beside the hash, not under it."""

    __tablename__ = "audit_detail"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)


class AuditHead(Base):
    """The last link of a company's audit chain; locked while one is added."""

    __tablename__ = "audit_head"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
