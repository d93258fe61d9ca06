"""Customers, their people and addresses."""

from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import DecimalText, Instant, Key, Uid


class Customer(Base, Versioned):
    """Somebody who is sent invoices."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "number"),
        Index("ix_customer_name", "company_id", "sort_name", "id"),
        Index(
            "ix_customer_merged",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    # Case-folded for the list's order; search_text also holds contact, city, mail.
    sort_name: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    vat_id: Mapped[str] = mapped_column(String(30), default="")
    # Empty: the company's own.
    language: Mapped[str] = mapped_column(String(10), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    terms_days: Mapped[int | None]
    # Early-payment discount: percent within days; both or neither.
    discount_percent: Mapped[Decimal | None] = mapped_column(DecimalText)
    discount_days: Mapped[int | None]
    # How sales to this customer are taxed (``domain.tax_treatment``); empty: the line's own tax.
    tax_treatment: Mapped[str] = mapped_column(String(20), default="")
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    custom: Mapped[str] = mapped_column(Text, default="{}")
    notes: Mapped[str] = mapped_column(Text, default="")
    # A duplicate that was merged: everything counts for the other row from then on.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    # Personal data was erased on request; the row stays for the books.
    erased_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class CustomerContact(Base):
    """A person at a customer; ``receives`` lists the kinds of documents mailed to them (JSON)."""

    __tablename__ = "customer_contact"
    __table_args__ = (Index("ix_customer_contact_customer", "customer_id"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    receives: Mapped[str] = mapped_column(Text, default="[]")
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class CustomerAddress(Base):
    """Where goods for a customer go, if not to the customer's own address (BG-13)."""

    __tablename__ = "customer_address"
    __table_args__ = (Index("ix_customer_address_customer", "customer_id"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]
