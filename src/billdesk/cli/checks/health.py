"""How the work with Stripe and the mail server has gone in the last day."""

from dataclasses import asdict
from datetime import datetime

from billdesk.cli.checks.finding import Finding, ok, warn
from billdesk.core.domain.outside_services.policy import Standing
from billdesk.core.queries.health import Health

HEALTH = "health"


def check_health(company: str, health: Health) -> Finding:
    """Calls, events and what waits; a warning above 5 % failures or where a service is stopped."""
    facts = {"company": company, **_facts(health)}
    stopped = [one for one in health.services if one.standing is Standing.STOPPED]
    if stopped:
        return warn(HEALTH, f"{company}: {stopped[0].error}", **facts)
    said = (
        f"{health.attempts} calls and events in a day, {health.failure_percent:.1f} % failed, "
        f"{health.outbox_depth} jobs waiting"
    )
    if health.warns:
        errors = [one.error for one in health.services if one.failed and one.error]
        last = f"; the last failure: {errors[0]}" if errors else ""
        return warn(HEALTH, f"{company}: {said}{last}", **facts)
    return ok(HEALTH, f"{company}: {said}", **facts)


def _facts(health: Health) -> dict[str, object]:
    plain = {name: _plain(value) for name, value in asdict(health).items()}
    return {**plain, "failure_percent": round(health.failure_percent, 2), "warns": health.warns}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
