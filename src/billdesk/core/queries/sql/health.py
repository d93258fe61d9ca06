"""How well the work with outside services goes: states, calls by the hour, events, outbox."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import (
    Outbox,
    Payment,
    PaymentAttempt,
    ServiceCallHour,
    ServiceState,
    StripeEvent,
)
from billdesk.core.domain.outside import InboxState, JobState, PaymentMethod, PaymentState
from billdesk.core.domain.outside_services.policy import Service, ServicePolicy
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.health import EventHealth, Health, ServiceHealth
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.service_policy import policy_of

_WITHIN_MS = (100, 300, 1000, 3000, 10_000)
# Times are taken of so many of the newest events.
_TIMED = 1000


def read_health(
    connection: Connection, company_id: int, now: datetime, window: timedelta
) -> Health:
    """The figures of the last ``window``."""
    since = now - window
    waiting = connection.execute(
        select(func.count().label("jobs"), func.min(Outbox.created_at).label("oldest_at")).where(
            Outbox.company_id == company_id,
            Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        )
    ).one()
    payments = _payments(connection, company_id, since)
    failed = payments.get(PaymentState.FAILED.value, 0)
    payments.pop(PaymentState.TEST.value, None)
    return Health(
        since=since,
        services=_services(connection, company_id, now, since),
        events=_events(connection, company_id, since),
        payments_processed=sum(payments.values()) - failed,
        payments_failed=failed,
        outbox_depth=waiting.jobs,
        outbox_oldest_at=waiting.oldest_at,
        payments_declined=_declined(connection, company_id, since),
    )


def _payments(connection: Connection, company_id: int, since: datetime) -> dict[str, int]:
    rows = connection.execute(
        select(Payment.state, func.count().label("payments"))
        .where(
            Payment.company_id == company_id,
            Payment.method == PaymentMethod.STRIPE.value,
            Payment.created_at >= since,
        )
        .group_by(Payment.state)
    )
    return {row.state: int(row.payments) for row in rows}


def _declined(connection: Connection, company_id: int, since: datetime) -> int:
    declined = connection.scalar(
        select(func.count())
        .select_from(PaymentAttempt)
        .where(PaymentAttempt.company_id == company_id, PaymentAttempt.at >= since)
    )
    return int(declined or 0)


def _services(
    connection: Connection, company_id: int, now: datetime, since: datetime
) -> tuple[ServiceHealth, ...]:
    hours = ServiceCallHour
    sums = {
        (row.service, row.livemode): row
        for row in connection.execute(
            select(
                hours.service,
                hours.livemode,
                func.sum(hours.calls).label("calls"),
                func.sum(hours.failed).label("failed"),
                func.sum(hours.declined).label("declined"),
                func.sum(hours.sum_ms).label("sum_ms"),
                *(func.sum(getattr(hours, f"within_{ms}")).label(f"w{ms}") for ms in _WITHIN_MS),
            )
            # The hour the window begins in counts whole: hours are all that is kept.
            .where(hours.company_id == company_id, hours.hour_at > since - timedelta(hours=1))
            .group_by(hours.service, hours.livemode)
        )
    }
    policies = {
        (row.service, row.livemode): policy_of(row)
        for row in connection.execute(
            select(ServiceState.__table__).where(ServiceState.company_id == company_id)
        )
    }
    online = stored_setting(connection, company_id, OnlinePayment)
    # What was never called is shown as that: Stripe where it is connected, and the mail server.
    known = {*policies, (Service.MAIL.value, False)}
    if online.enabled:
        known.add((Service.STRIPE.value, online.livemode))
    connected = (Service.STRIPE.value, online.livemode)
    return tuple(
        _service(
            Service(name),
            livemode,
            policies.get((name, livemode), ServicePolicy()),
            sums.get((name, livemode)),
            now,
        )
        for name, livemode in sorted(
            known, key=lambda one: (one != connected, one[0] != connected[0], one[1])
        )
    )


def _service(
    service: Service, livemode: bool, policy: ServicePolicy, sums: Any, now: datetime
) -> ServiceHealth:
    calls = int(sums.calls) if sums else 0
    return ServiceHealth(
        service,
        livemode,
        policy.standing(now),
        policy.error,
        policy.error_at,
        policy.answered_at,
        policy.circuit.retry_at if policy.wait_s(now) else None,
        math.floor(policy.budget.left(now)),
        calls,
        int(sums.failed) if sums else 0,
        int(sums.declined) if sums else 0,
        round(int(sums.sum_ms) / calls) if calls else 0,
        _p95_ms(sums, calls),
    )


def _p95_ms(sums: Any, calls: int) -> int | None:
    within = 0
    for ms in _WITHIN_MS:
        within += int(getattr(sums, f"w{ms}")) if sums else 0
        if within >= 0.95 * calls:
            return ms
    return None


def _events(connection: Connection, company_id: int, since: datetime) -> EventHealth:
    recent = (StripeEvent.company_id == company_id, StripeEvent.received_at >= since)
    states = {
        state: int(count)
        for state, count in connection.execute(
            select(StripeEvent.state, func.count()).where(*recent).group_by(StripeEvent.state)
        )
    }
    oldest_new_at = connection.scalar(
        select(func.min(StripeEvent.received_at)).where(
            StripeEvent.company_id == company_id, StripeEvent.state == InboxState.NEW.value
        )
    )
    times = connection.execute(
        select(StripeEvent.created_at, StripeEvent.received_at, StripeEvent.applied_at)
        .where(StripeEvent.company_id == company_id, StripeEvent.applied_at >= since)
        .order_by(StripeEvent.applied_at.desc())
        .limit(_TIMED)
    ).all()
    delays = [(row.applied_at - row.created_at).total_seconds() for row in times]
    processing = [(row.applied_at - row.received_at).total_seconds() for row in times]
    return EventHealth(
        sum(states.values()),
        states.get(InboxState.APPLIED.value, 0),
        states.get(InboxState.DEAD.value, 0),
        oldest_new_at,
        _mean(delays),
        _p95(delays),
        _mean(processing),
        _p95(processing),
    )


def _mean(seconds: Sequence[float]) -> float:
    return sum(seconds) / len(seconds) if seconds else 0.0


def _p95(seconds: Sequence[float]) -> float:
    """The smallest value that 95 % do not exceed."""
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1] if seconds else 0.0
