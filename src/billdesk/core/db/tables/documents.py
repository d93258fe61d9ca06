"""Documents of all kinds with their lines and what was frozen of them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import DecimalText, Exact, Instant, Key, Minor, Uid

_OTHERS = "kind NOT IN ('invoice', 'deposit_invoice', 'final_invoice') AND deleted_at IS NULL"


class Document(Base, Versioned):
    """A draft or issued document. Amounts are minor units of ``currency``.

    ``open_minor`` and its neighbours are recomputed from allocations, never incremented.
    ``exchange_rate`` is company currency per unit of ``currency``.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "series_id", "number"),
        CheckConstraint("issued_at IS NULL OR number IS NOT NULL", name="issued_has_number"),
        # What is deleted is in no list. A condition on the column would do for SQLite, but a server
        # sorts all rows again where it stands between the others.
        Index(
            "ix_document_list",
            "company_id",
            "listed_on",
            "id",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_document_customer", "company_id", "customer_id", "listed_on", "id"),
        Index(
            "ix_document_due",
            "company_id",
            "due_on",
            "id",
            sqlite_where=text("open_minor <> 0"),
            postgresql_where=text("open_minor <> 0"),
        ),
        # What a balance or the ageing reads, so that neither touches a document.
        Index(
            "ix_document_open",
            "company_id",
            "customer_id",
            "currency",
            "due_on",
            "kind",
            "issued_on",
            "open_minor",
            "open_base_minor",
            sqlite_where=text("open_minor <> 0"),
            postgresql_where=text("open_minor <> 0"),
        ),
        # ``queries.sql.state.NO_INVOICE``: quotes, credit notes… among many invoices.
        Index(
            "ix_document_other",
            "company_id",
            "kind",
            "listed_on",
            "id",
            sqlite_where=text(_OTHERS),
            postgresql_where=text(_OTHERS),
        ),
        Index(
            "ix_document_draft",
            "company_id",
            "id",
            sqlite_where=text("issued_at IS NULL AND deleted_at IS NULL"),
            postgresql_where=text("issued_at IS NULL AND deleted_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(20))
    series_id: Mapped[int] = mapped_column(ForeignKey("number_series.id"))
    number: Mapped[str | None] = mapped_column(String(40))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    # As printed once issued, as it stands for a draft: what lists show and search.
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    # Issue date, or the day a draft was begun: the date lists are ordered by.
    listed_on: Mapped[date]

    language: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[Exact]
    # The day the rate was published or agreed.
    exchange_rate_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    # Days from issue to due, kept so that a draft's due date follows its issue date.
    terms_days: Mapped[int | None]
    service_from: Mapped[date | None]
    service_to: Mapped[date | None]
    order_reference: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[str] = mapped_column(Text, default="")
    price_mode: Mapped[str] = mapped_column(String(10))
    tax_rounding: Mapped[str] = mapped_column(String(10))
    cash_step_minor: Mapped[int] = mapped_column(default=0)
    online_payment: Mapped[bool] = mapped_column(default=False)
    # Until when a quote can be accepted.
    valid_until: Mapped[date | None]
    # Early-payment discount: percent within days of the issue date; both or neither.
    discount_percent: Mapped[Decimal | None] = mapped_column(DecimalText)
    discount_days: Mapped[int | None]
    contact: Mapped[str] = mapped_column(String(200), default="")
    # Where goods go, as canonical JSON of ``domain.snapshot.Delivery``; empty: to the buyer.
    delivery: Mapped[str] = mapped_column(Text, default="")
    custom: Mapped[str] = mapped_column(Text, default="{}")
    # Tax becomes payable when it is paid (cash-basis VAT), decided at issue.
    cash_basis: Mapped[bool] = mapped_column(default=False)
    # Imported history: nothing is mailed, reminded or linked by itself.
    is_history: Mapped[bool] = mapped_column(default=False)

    net_minor: Mapped[Minor] = mapped_column(default=0)
    tax_minor: Mapped[Minor] = mapped_column(default=0)
    total_minor: Mapped[Minor] = mapped_column(default=0)
    # Company currency, fixed at issue.
    base_total_minor: Mapped[Minor] = mapped_column(default=0)
    # Deposit invoices deducted from a final invoice, gross.
    prepaid_minor: Mapped[Minor] = mapped_column(default=0)
    prepaid_base_minor: Mapped[Minor] = mapped_column(default=0)
    # Taxes the customer keeps back for the tax office, as printed at issue.
    withheld_minor: Mapped[Minor] = mapped_column(default=0)
    # What of a credit note was customer credit from the beginning, settling no debt.
    free_minor: Mapped[Minor] = mapped_column(default=0)
    free_base_minor: Mapped[Minor] = mapped_column(default=0)

    open_minor: Mapped[Minor] = mapped_column(default=0)
    open_base_minor: Mapped[Minor] = mapped_column(default=0)
    paid_minor: Mapped[Minor] = mapped_column(default=0)
    credited_minor: Mapped[Minor] = mapped_column(default=0)
    written_off_minor: Mapped[Minor] = mapped_column(default=0)
    pending_minor: Mapped[Minor] = mapped_column(default=0)
    disputed_minor: Mapped[Minor] = mapped_column(default=0)
    unexplained_refund_minor: Mapped[Minor] = mapped_column(default=0)
    surplus_minor: Mapped[Minor] = mapped_column(default=0)
    settled_on: Mapped[date | None]

    issued_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    voided_at: Mapped[Instant | None]
    # A quote's answer.
    accepted_at: Mapped[Instant | None]
    declined_at: Mapped[Instant | None]
    # What invoices made from a quote have billed of its total; recomputed.
    invoiced_minor: Mapped[Minor] = mapped_column(default=0)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class DocumentReference(Base):
    """One document refers to another (BG-3): what it credits, deducts, bills, reminds of.

    ``minor`` is the part of the other's total that it credits, deducts or bills; ``quantities`` the
    lines of a quote that it bills, as JSON by the line's index; empty: a share of all.
    """

    __tablename__ = "document_reference"
    __table_args__ = (Index("ix_document_reference_refers", "refers_to_id", "kind"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    refers_to_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    minor: Mapped[Minor] = mapped_column(default=0)
    quantities: Mapped[str] = mapped_column(Text, default="")


class DocumentRevision(Base):
    """An earlier version of a draft or quote: canonical JSON of ``domain.drafts.InvoiceDraft``."""

    __tablename__ = "document_revision"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    body: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[Instant]


class DocumentLine(Base):
    """One line; adjustments as canonical JSON. Replaced as a whole while the draft is edited."""

    __tablename__ = "document_line"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    cost_centre_id: Mapped[int | None] = mapped_column(ForeignKey("cost_centre.id"))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[Exact]
    unit: Mapped[str] = mapped_column(String(20), default="")
    unit_code: Mapped[str] = mapped_column(String(3), default="C62")
    unit_price: Mapped[Exact]
    adjustments: Mapped[str] = mapped_column(Text, default="[]")
    amount_minor: Mapped[Minor]
    net_minor: Mapped[Minor]


class DocumentLineTax(Base):
    """A tax of a line; a line may carry several, in order."""

    __tablename__ = "document_line_tax"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "position"], ["document_line.document_id", "document_line.position"]
        ),
    )

    document_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    tax_rate_id: Mapped[int] = mapped_column(ForeignKey("tax_rate.id"))


class DocumentAdjustment(Base):
    """An allowance or charge on the whole document: a percentage or minor units."""

    __tablename__ = "document_adjustment"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    is_charge: Mapped[bool]
    percent: Mapped[Decimal | None] = mapped_column(DecimalText)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")


class DocumentSnapshot(Base):
    """What was frozen at issue: canonical JSON of ``domain.snapshot.Snapshot`` and its hash."""

    __tablename__ = "document_snapshot"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class Rendition(Base):
    """A stored PDF of a document; ``kind`` is original, paid_copy or link_rev_N."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("document_id", "kind"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    kind: Mapped[str] = mapped_column(String(20))
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    created_at: Mapped[Instant]


class Reminder(Base):
    """A step of reminding of an invoice, written before anything is sent: each step once."""

    __tablename__ = "reminder"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    created_at: Mapped[Instant]
