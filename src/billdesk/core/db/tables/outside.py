"""Work for the outside: payment links and the plan they follow, outbox, mail."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base
from billdesk.core.db.types import Instant, Key, Minor, Uid

LIVE_LINK = text("state IN ('queued', 'sent', 'active')")
ACTIVE_LINK = text("state = 'active'")
# SQLite takes a partial index only for a condition it can prove: IS NULL, one value (bound or
# not) or a literal spelled as here; never for IN with bound values.
UNFINISHED = text("done_at IS NULL")
FAILED = text("state = 'failed'")
HAS_ERROR = text("error <> ''")


class PaymentLink(Base):
    """One revision of a document's Stripe payment link.

    ``params`` and ``idempotency_key`` are stored before the first try and resent unchanged.
    States: queued, sent, active, retiring, closed, failed.
    """

    __tablename__ = "payment_link"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("document_id", "revision"),
        Index(
            "uq_payment_link_live",
            "document_id",
            unique=True,
            sqlite_where=LIVE_LINK,
            postgresql_where=LIVE_LINK,
        ),
        Index("ix_payment_link_stripe", "stripe_id"),
        Index(
            "ix_payment_link_active",
            "company_id",
            sqlite_where=ACTIVE_LINK,
            postgresql_where=ACTIVE_LINK,
        ),
        Index(
            "ix_payment_link_error",
            "company_id",
            "updated_at",
            "id",
            sqlite_where=HAS_ERROR,
            postgresql_where=HAS_ERROR,
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    revision: Mapped[int]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    livemode: Mapped[bool]
    stripe_account: Mapped[str] = mapped_column(String(64))
    params: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(10))
    stripe_id: Mapped[str | None] = mapped_column(String(80))
    url: Mapped[str | None] = mapped_column(String(500))
    # Asks for a part of what is open, by choice or by the plan of instalments.
    is_part: Mapped[bool] = mapped_column(default=False)
    first_try_at: Mapped[Instant | None]
    # The same by Stripe's clock, which is what an idempotency key grows old by.
    first_try_server_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    # How often in a row Stripe gave the same stored failure again.
    replays: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class Instalment(Base):
    """One part of the plan by which an invoice is paid; ``position`` counts from 1."""

    __tablename__ = "instalment"
    __table_args__ = (UniqueConstraint("document_id", "position"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    due_on: Mapped[date]
    minor: Mapped[Minor]
    created_at: Mapped[Instant]


class Outbox(Base):
    """A job for the outside, written in the transaction that wants it.

    Kinds: create_link, retire_link, send_order, render, send_mail. States: queued, working, done,
    failed, cancelled. A row is taken by a conditional UPDATE with a lease; ``waits_for_id`` keeps
    the mail behind its PDF and the PDF behind its link.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "company_id",
            "not_before_at",
            "id",
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
        Index(
            "ix_outbox_failed",
            "company_id",
            "created_at",
            "id",
            sqlite_where=FAILED,
            postgresql_where=FAILED,
        ),
        Index("ix_outbox_document", "document_id"),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(20))
    # An order about money of no document has none.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("payment_link.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("stripe_order.id"))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    rendition: Mapped[str | None] = mapped_column(String(20))
    waits_for_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    state: Mapped[str] = mapped_column(String(10))
    not_before_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    lease_until_at: Mapped[Instant | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    correlation_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[Instant]
    done_at: Mapped[Instant | None]


class Mail(Base):
    """A mail of a document. States: queued, sending, accepted, failed, unknown, cancelled, saved.

    ``message_id`` and ``sending`` are committed before the server is told anything; a row found in
    ``sending`` later becomes ``unknown``: it may have been sent and is never resent by itself.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_document", "document_id"),
        # A settlement is confirmed to each recipient once.
        Index("uq_mail_settlement", "document_id", "recipient", "settlement", unique=True),
        Index(
            "ix_mail_error",
            "company_id",
            "created_at",
            "id",
            sqlite_where=HAS_ERROR,
            postgresql_where=HAS_ERROR,
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    rendition_sha256: Mapped[str | None] = mapped_column(String(64))
    # Which time of being paid it confirms, where it does (``steps.follow.settlements``).
    settlement: Mapped[int | None]
    reply: Mapped[str] = mapped_column(String(500), default="")
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[Instant]
    accepted_at: Mapped[Instant | None]
