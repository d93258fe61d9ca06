"""How the work with the connected Stripe account stands."""

import math
from datetime import datetime

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import PaymentLink, ServiceState, StripeCursor, StripeEvent
from billdesk.core.domain.outside import InboxState, LinkState
from billdesk.core.domain.outside_services.policy import Service, ServicePolicy
from billdesk.core.domain.outside_services.read_budget import CAPACITY
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.activity import StripeActivity
from billdesk.core.queries.home import AttentionItem, AttentionKind
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.attention import key_tasks, problem_tasks, stuck_events
from billdesk.core.queries.sql.service_policy import policy_of

MOST_TASKS = 20
_AT_STRIPE = (AttentionKind.PAYMENT, AttentionKind.LINK)


def read_stripe_activity(connection: Connection, company_id: int, now: datetime) -> StripeActivity:
    """The state of this moment."""
    online = stored_setting(connection, company_id, OnlinePayment)
    cursor = connection.execute(
        select(StripeCursor.last_ok_at, StripeCursor.error).where(
            StripeCursor.company_id == company_id,
            StripeCursor.stripe_account == online.account,
            StripeCursor.livemode == online.livemode,
        )
    ).first()
    state = connection.execute(
        select(ServiceState.__table__).where(
            ServiceState.company_id == company_id,
            ServiceState.service == Service.STRIPE.value,
            ServiceState.livemode == online.livemode,
        )
    ).first()
    policy = policy_of(state) if state is not None else ServicePolicy()
    return StripeActivity(
        enabled=online.enabled,
        livemode=online.livemode,
        account_name=online.account_name,
        standing=policy.standing(now),
        last_ok_at=cursor.last_ok_at if cursor else None,
        error=cursor.error if cursor else "",
        reads_left=math.floor(policy.budget.left(now)),
        reads_most=CAPACITY,
        oldest_new_at=connection.scalar(
            select(func.min(StripeEvent.received_at)).where(
                StripeEvent.company_id == company_id,
                StripeEvent.livemode == online.livemode,
                StripeEvent.state == InboxState.NEW.value,
            )
        ),
        inbox=_inbox(connection, company_id, livemode=online.livemode),
        links=_links(connection, company_id, livemode=online.livemode),
        tasks=_tasks(connection, company_id, now),
    )


def _inbox(connection: Connection, company_id: int, *, livemode: bool) -> dict[InboxState, int]:
    rows = connection.execute(
        select(StripeEvent.state, func.count())
        .where(StripeEvent.company_id == company_id, StripeEvent.livemode == livemode)
        .group_by(StripeEvent.state)
    )
    found = {state: int(count) for state, count in rows}
    return {state: found.get(state.value, 0) for state in InboxState}


def _links(connection: Connection, company_id: int, *, livemode: bool) -> dict[LinkState, int]:
    rows = connection.execute(
        select(PaymentLink.state, func.count())
        .where(PaymentLink.company_id == company_id, PaymentLink.livemode == livemode)
        .group_by(PaymentLink.state)
    )
    found = {state: int(count) for state, count in rows}
    return {state: found.get(state.value, 0) for state in LinkState}


def _tasks(connection: Connection, company_id: int, now: datetime) -> tuple[AttentionItem, ...]:
    return (
        *key_tasks(connection, company_id, now),
        *problem_tasks(connection, company_id, MOST_TASKS, _AT_STRIPE),
        *stuck_events(connection, company_id),
    )
