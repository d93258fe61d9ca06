"""How the services outside are doing. Operational: no audit rows, and no part of an export."""

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base
from billdesk.core.db.types import Instant, Minor


class ServiceState(Base):
    """What may be asked of a service now, shared by desks and kept over a restart.

    As ``domain.outside_services.policy``; ``tokens_milli`` are thousandths of a read left in the
    budget at ``tokens_at``, ``forbidden`` is canonical JSON: permissions, until when not to try.
    """

    __tablename__ = "service_state"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    rejected: Mapped[bool] = mapped_column(default=False)
    forbidden: Mapped[str] = mapped_column(Text, default="{}")
    failures: Mapped[int] = mapped_column(default=0)
    not_before_at: Mapped[Instant | None]
    # How long the one call of a service that is tried again is waited for.
    probe_until_at: Mapped[Instant | None]
    tokens_milli: Mapped[int | None] = mapped_column(BigInteger)
    tokens_at: Mapped[Instant | None]
    last_ok_at: Mapped[Instant | None]
    last_failed_at: Mapped[Instant | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    updated_at: Mapped[Instant]


class ServiceCallHour(Base):
    """Calls to a service in one hour: how many, how many failed, how long they took."""

    __tablename__ = "service_call_hour"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(20), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    hour_at: Mapped[Instant] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    # Customers' declines: Stripe and BillDesk did what they should.
    declined: Mapped[int] = mapped_column(default=0)
    sum_ms: Mapped[Minor] = mapped_column(default=0)
    # Calls by their time in milliseconds, the rest being slower.
    within_100: Mapped[int] = mapped_column(default=0)
    within_300: Mapped[int] = mapped_column(default=0)
    within_1000: Mapped[int] = mapped_column(default=0)
    within_3000: Mapped[int] = mapped_column(default=0)
    within_10000: Mapped[int] = mapped_column(default=0)
