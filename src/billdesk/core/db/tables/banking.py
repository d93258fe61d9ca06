"""Bank statements as they were imported, and what their lines became."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Instant, Key, Minor, Uid


class BankStatement(Base):
    """One statement of an imported file, known by the SHA-256 of the file's bytes.

    The same file comes in once; ``position`` counts its statements from 1. ``bank_format`` is
    camt.053, mt940 or csv; balances in minor units, where the file has them.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("company_id", "sha256", "position"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    bank_format: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    iban: Mapped[str] = mapped_column(String(40), default="")
    statement_number: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3))
    opening_minor: Mapped[int | None] = mapped_column(BigInteger)
    closing_minor: Mapped[int | None] = mapped_column(BigInteger)
    imported_at: Mapped[Instant]


class BankLine(Base, Versioned):
    """One booking on the bank account; money in is positive.

    ``fingerprint`` is the same for the same booking in overlapping statements (UNIQUE); what comes
    in again is kept as a duplicate of the first, with a fingerprint of its own. States:
    ``domain.banking.LineState``. ``bookings`` counts how often it was booked, so that each booking
    after an undo has a ledger entry of its own.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "fingerprint"),
        Index("ix_bank_line_state", "company_id", "state", "booked_on", "id"),
        Index("ix_bank_line_statement", "statement_id"),
        Index(
            "ix_bank_line_payment",
            "payment_id",
            sqlite_where=text("payment_id IS NOT NULL"),
            postgresql_where=text("payment_id IS NOT NULL"),
        ),
        Index(
            "ix_bank_line_refund",
            "refund_id",
            sqlite_where=text("refund_id IS NOT NULL"),
            postgresql_where=text("refund_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    booked_on: Mapped[date]
    value_on: Mapped[date | None]
    minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    counterparty: Mapped[str] = mapped_column(String(200), default="")
    counterparty_iban: Mapped[str] = mapped_column(String(40), default="")
    remittance: Mapped[str] = mapped_column(Text, default="")
    end_to_end: Mapped[str] = mapped_column(String(80), default="")
    bank_reference: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("bank_line.id"))
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    bookings: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
