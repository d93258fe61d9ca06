"""A row of how a service does, as its policy."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billdesk.core.domain.outside_services.circuit import Circuit
from billdesk.core.domain.outside_services.policy import ServicePolicy
from billdesk.core.domain.outside_services.read_budget import CAPACITY, ReadBudget

MILLI = 1000


def policy_of(row: Any) -> ServicePolicy:
    """The policy of a row of ``service_state``."""
    tokens = CAPACITY if row.tokens_milli is None else row.tokens_milli / MILLI
    forbidden: Mapping[str, str] = json.loads(row.forbidden)
    return ServicePolicy(
        Circuit(row.failures, row.not_before_at, row.probe_until_at),
        ReadBudget(tokens, row.tokens_at),
        row.rejected,
        {name: datetime.fromisoformat(until) for name, until in forbidden.items()},
        row.error,
        row.last_failed_at,
        row.last_ok_at,
    )
