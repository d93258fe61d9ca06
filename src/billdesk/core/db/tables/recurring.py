"""What recurs, and what became of its periods."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Instant, Key, Uid


class RecurringTemplate(Base, Versioned):
    """A document to be made again and again; ``body`` is canonical JSON of its draft.

    Dates are computed from ``anchor_on``, never from the last run (``domain.recurrence``).
    """

    __tablename__ = "recurring_template"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("ix_recurring_template_company", "company_id", "deleted_at", "name"),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    anchor_on: Mapped[date]
    unit: Mapped[str] = mapped_column(String(10))
    every: Mapped[int] = mapped_column(default=1)
    ends_on: Mapped[date | None]
    ends_after: Mapped[int | None]
    # draft, issue or send.
    action: Mapped[str] = mapped_column(String(10))
    # Price changes from a date, canonical JSON.
    price_changes: Mapped[str] = mapped_column(Text, default="[]")
    paused_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class RecurringRun(Base):
    """What became of one period of a template: created, skipped or merged. Each period once."""

    __tablename__ = "recurring_run"

    template_id: Mapped[int] = mapped_column(ForeignKey("recurring_template.id"), primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[Instant]
