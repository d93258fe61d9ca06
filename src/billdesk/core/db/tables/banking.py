"""Bank statements as they were imported, and what their lines became."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Instant, Key, Minor, Uid


class BankStatement(Base):
    """One imported file, known by the SHA-256 of its bytes: the same file comes in once.

    ``bank_format`` is camt053, mt940 or csv; balances in minor units, where the file has them.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("company_id", "sha256"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    bank_format: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    iban: Mapped[str] = mapped_column(String(40), default="")
    statement_number: Mapped[str] = mapped_column(String(40), default="")
    currency: Mapped[str] = mapped_column(String(3))
    opening_minor: Mapped[int | None] = mapped_column(BigInteger)
    closing_minor: Mapped[int | None] = mapped_column(BigInteger)
    imported_at: Mapped[Instant]


class BankLine(Base, Versioned):
    """One booking on the bank account; money in is positive.

    ``fingerprint`` is the same for the same booking in overlapping statements (UNIQUE). States:
    open, matched, booked, ignored. ``entry_source`` names the ledger entry of a booked line.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("company_id", "fingerprint"),
        Index("ix_bank_line_state", "company_id", "state", "booked_on", "id"),
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
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
