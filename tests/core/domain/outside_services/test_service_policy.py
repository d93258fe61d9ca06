"""What answers do to a service's state."""

from datetime import UTC, datetime, timedelta

import pytest

from billdesk.core.domain.outside_services.circuit import FAILURES_TO_OPEN, LONGEST_WAIT
from billdesk.core.domain.outside_services.policy import Call, Outcome, ServicePolicy, Standing

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def after(policy: ServicePolicy, *calls: Call) -> ServicePolicy:
    for call in calls:
        policy = policy.called(NOW).after(call, NOW, 1.0)
    return policy


def test_a_service_that_answers_works_even_when_it_refuses() -> None:
    policy = after(ServicePolicy(), Call(Outcome.ANSWERED), Call(Outcome.REFUSED, "Too small."))
    assert policy.standing(NOW) is Standing.WORKING
    assert policy.error == ""


def test_troubled_then_resting_then_trying_then_working() -> None:
    failure = Call(Outcome.UNREACHABLE, "No connection.")
    policy = after(ServicePolicy(), failure)
    assert policy.standing(NOW) is Standing.TROUBLED
    assert policy.may_call(NOW)
    policy = after(policy, *[failure] * (FAILURES_TO_OPEN - 1))
    assert policy.standing(NOW) is Standing.RESTING
    assert not policy.may_call(NOW)
    assert (policy.error, policy.error_at) == ("No connection.", NOW)
    later = NOW + LONGEST_WAIT
    assert policy.standing(later) is Standing.TRYING
    policy = policy.called(later).after(Call(Outcome.ANSWERED), later, 1.0)
    assert policy.standing(later) is Standing.WORKING


def test_a_rejected_key_stops_everything_until_it_is_changed() -> None:
    policy = after(ServicePolicy(), Call(Outcome.REJECTED, "Stripe does not accept this key."))
    assert policy.standing(NOW) is Standing.STOPPED
    assert not policy.may_call(NOW + timedelta(hours=23))
    assert policy.wait_s(NOW + timedelta(hours=23)) == 3600
    tomorrow = NOW + timedelta(days=1)
    assert policy.may_call(tomorrow), "should the service have been wrong"
    assert policy.after(Call(Outcome.ANSWERED), tomorrow, 0.0).standing(NOW) is Standing.WORKING
    assert policy.afresh().may_call(NOW)


def test_a_missing_permission_stops_only_what_needs_it() -> None:
    policy = after(ServicePolicy(), Call(Outcome.FORBIDDEN, "Not allowed.", permission="events"))
    assert not policy.may_call(NOW, "events")
    assert policy.may_call(NOW, "links")
    assert policy.standing(NOW) is Standing.WORKING
    assert policy.may_call(NOW + timedelta(days=1), "events"), "it may have been given meanwhile"
    assert policy.afresh().may_call(NOW, "events")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_call_costs_its_reads_and_a_new_key_brings_none_back(outcome: Outcome) -> None:
    policy = after(ServicePolicy(), Call(outcome, reads=7))
    full = ServicePolicy().budget.left(NOW)
    assert policy.budget.left(NOW) == full - 7
    assert policy.afresh().budget.left(NOW) == full - 7
