"""The tenant and what belongs to it as a whole."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Exact, Instant, Key, Uid


class Install(Base):
    """One row: the identity of these books, told to Stripe in metadata and kept in backups."""

    __tablename__ = "install"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    uid: Mapped[Uid]
    reference_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]


class Company(Base, Versioned):
    """A business whose books are kept here (tenant)."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("uid"),)

    id: Mapped[Key]
    uid: Mapped[Uid]
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    is_practice: Mapped[bool] = mapped_column(default=False)
    # Nothing is posted on or before this day.
    locked_through: Mapped[date | None]
    # The chart of accounts it was set up with (``domain.charts``).
    chart: Mapped[str] = mapped_column(String(10), default="generic")
    # Closed after its export: what is left is this row, the tombstone.
    closed_at: Mapped[Instant | None]
    created_at: Mapped[Instant]


class Setting(Base, Versioned):
    """One typed group of business settings as canonical JSON (``domain.settings``)."""

    __tablename__ = "setting"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class User(Base):
    """A person who works with these books, with a role: owner, clerk or accountant."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("company_id", "login"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(String(200))
    login: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Instant]


class Account(Base):
    """A row of the chart of accounts; ``role`` marks the ones BillDesk posts to by itself."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        Index(
            "uq_account_role",
            "company_id",
            "role",
            unique=True,
            sqlite_where=text("role IS NOT NULL"),
            postgresql_where=text("role IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    role: Mapped[str | None] = mapped_column(String(40))
    deleted_at: Mapped[Instant | None]


class CostCentre(Base):
    """What a line's revenue is counted for besides its account: a project, a branch."""

    __tablename__ = "cost_centre"
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class CustomField(Base):
    """A field the company defined for its customers, items or documents.

    ``entity`` is customer, item or document; ``field_type`` and ``choices`` (a JSON list) are
    ``domain.custom_fields``'. Values are a JSON object by ``key`` in the row's ``custom``.
    """

    __tablename__ = "custom_field"
    __table_args__ = (UniqueConstraint("company_id", "entity", "key"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    entity: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(80))
    field_type: Mapped[str] = mapped_column(String(10))
    choices: Mapped[str] = mapped_column(Text, default="[]")
    is_required: Mapped[bool] = mapped_column(default=False)
    is_printed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class TaxRate(Base, Versioned):
    """A named tax of the company; a rate change is a new row with a later ``valid_from``."""

    __tablename__ = "tax_rate"
    __table_args__ = (Index("ix_tax_rate_company_id", "company_id", "deleted_at"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(2))
    percent: Mapped[Exact]
    reason: Mapped[str] = mapped_column(String(500), default="")
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # Where sales taxed with it are posted; empty: to the usual account for revenue.
    revenue_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    is_default: Mapped[bool] = mapped_column(default=False)
    # added or withheld (``domain.tax``).
    kind: Mapped[str] = mapped_column(String(10), default="added")
    # Charged on the net amount plus the taxes before it.
    is_compound: Mapped[bool] = mapped_column(default=False)
    # Legal text by language as canonical JSON, where it differs from ``reason``.
    reasons: Mapped[str] = mapped_column(Text, default="{}")
    valid_from: Mapped[date | None]
    # The row this one takes over from on ``valid_from``.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class NumberSeries(Base, Versioned):
    """The number pattern of one kind of document."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("company_id", "kind"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(20))
    pattern: Mapped[str] = mapped_column(String(60))
    reset: Mapped[str] = mapped_column(String(10))
    at_creation: Mapped[bool] = mapped_column(default=False)


class NumberCounter(Base):
    """The locked row a number is drawn from; one per series and period."""

    __tablename__ = "number_counter"

    series_id: Mapped[int] = mapped_column(ForeignKey("number_series.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_value: Mapped[int]


class Attachment(Base):
    """A file that belongs to a row (a logo, a document's enclosure); its bytes are archived."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_owner", "company_id", "owner_type", "owner_id"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    owner_type: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    # Sent along with the document's mails.
    with_mail: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class Change(Base):
    """What one committed transaction changed, for the other desks on the same books.

    ``id`` grows; ``events`` names what happened as a JSON list. Old rows are pruned.
    """

    __tablename__ = "change"

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    desk: Mapped[str] = mapped_column(String(36))
    events: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
