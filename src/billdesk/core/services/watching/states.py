"""How outside services are doing: one state per service for all desks, and calls by the hour.

Operational: a restart and other desks go on from it, nobody's books depend on it, so that it has no
rows in the audit log.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.tables import ServiceCallHour, ServiceState
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.outside_services.policy import Call, Outcome, Service, ServicePolicy
from billdesk.core.queries.sql.service_policy import MILLI, policy_of

LONGEST_ERROR = 500
_WITHIN_MS = (100, 300, 1000, 3000, 10_000)
_FAILED = (Outcome.UNREACHABLE, Outcome.REJECTED, Outcome.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A service; Stripe's two modes are two."""

    service: Service
    livemode: bool = False


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """A call with when it ended (UTC) and how long it took."""

    call: Call
    ended_at: datetime
    took_ms: int
    is_decline: bool = False


class ServiceStateService:
    """Read and record how services do."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def read(self, key: ServiceKey) -> ServicePolicy:
        """The state as all desks have left it."""
        with self._uow.read() as connection:
            row = connection.execute(
                select(ServiceState.__table__).where(*_is(self._uow.company_id, key))
            ).first()
        return ServicePolicy() if row is None else policy_of(row)

    @use_case
    def take_probe(self, key: ServiceKey) -> bool:
        """Whether this desk may make the call that finds out; no other may until it ends."""
        with self._uow.write() as tx:
            row = _locked(tx, key)
            policy = policy_of(row)
            if not policy.may_call(tx.now):
                return False
            _store(tx, row, policy.called(tx.now))
            return True

    @use_case
    def record(self, key: ServiceKey, calls: Sequence[FinishedCall]) -> ServicePolicy:
        """Fold ``calls`` into the state, in their order; the state after them."""
        with self._uow.write() as tx:
            row = _locked(tx, key)
            policy = policy_of(row)
            for one in calls:
                chance = random.random()  # noqa: S311 - spreads load, guards nothing
                policy = policy.after(one.call, one.ended_at, chance)
                _count(_hour(tx, key, one.ended_at), one)
            _store(tx, row, policy)
            return policy

    @use_case
    def paid(self, key: ServiceKey, payments: int) -> ServicePolicy:
        """Add the reads that ``payments`` bring; the state after them."""
        with self._uow.write() as tx:
            row = _locked(tx, key)
            policy = policy_of(row).paid(payments, tx.now)
            _store(tx, row, policy)
            return policy

    @use_case
    def begin_afresh(self, key: ServiceKey) -> None:
        """With another key or password, or asked for by hand: everything may be tried again."""
        with self._uow.write() as tx:
            row = _locked(tx, key)
            _store(tx, row, policy_of(row).afresh())


def _is(company_id: int, key: ServiceKey) -> tuple[ColumnElement[bool], ...]:
    return (
        ServiceState.company_id == company_id,
        ServiceState.service == key.service.value,
        ServiceState.livemode == key.livemode,
    )


def _locked(tx: Transaction, key: ServiceKey) -> ServiceState:
    new = {
        "company_id": tx.company_id,
        "service": key.service.value,
        "livemode": key.livemode,
        "rejected": False,
        "forbidden": "{}",
        "failures": 0,
        "error": "",
        "updated_at": tx.now,
    }
    tx.connection.execute(insert_missing(tx.connection, ServiceState), [new])
    return tx.session.scalars(
        select(ServiceState).where(*_is(tx.company_id, key)).with_for_update()
    ).one()


def _store(tx: Transaction, row: ServiceState, policy: ServicePolicy) -> None:
    row.failures = policy.circuit.failures
    row.not_before_at = policy.circuit.retry_at
    row.probe_until_at = policy.circuit.probe_until
    row.tokens_milli = round(policy.budget.tokens * MILLI)
    row.tokens_at = policy.budget.at
    row.rejected = policy.rejected
    row.forbidden = canonical_json(
        {name: until.isoformat() for name, until in policy.forbidden.items()}
    )
    row.error = policy.error[:LONGEST_ERROR]
    row.last_failed_at = policy.error_at
    row.last_ok_at = policy.answered_at
    row.updated_at = tx.now


def _hour(tx: Transaction, key: ServiceKey, at: datetime) -> ServiceCallHour:
    hour = at.replace(minute=0, second=0, microsecond=0)
    place = (tx.company_id, key.service.value, key.livemode, hour)
    known = tx.session.get(ServiceCallHour, place)
    if known is None:
        known = ServiceCallHour(
            company_id=tx.company_id,
            service=key.service.value,
            livemode=key.livemode,
            hour_at=hour,
            calls=0,
            failed=0,
            declined=0,
            sum_ms=0,
            **{f"within_{bound}": 0 for bound in _WITHIN_MS},
        )
        tx.session.add(known)
        tx.session.flush()
    return known


def _count(hour: ServiceCallHour, one: FinishedCall) -> None:
    hour.calls += 1
    hour.failed += one.call.outcome in _FAILED
    hour.declined += one.is_decline
    hour.sum_ms += one.took_ms
    bound = next((ms for ms in _WITHIN_MS if one.took_ms <= ms), None)
    if bound is not None:
        name = f"within_{bound}"
        setattr(hour, name, getattr(hour, name) + 1)
