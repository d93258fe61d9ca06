"""The event list: what is reported, when it becomes visible, and in whose API version."""

import pytest
import stripe
from sandbox_support import DECLINED, NOW, MakeLink

from billdesk.sandbox import StripeSandbox


def test_a_card_payment_reports_its_steps_in_one_second(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    sandbox.advance(10)
    sandbox.pay(link.url)
    events = client.v1.events.list({"created": {"gte": NOW + 10}, "limit": 100}).data
    assert sorted(event.type for event in events) == [
        "charge.succeeded",
        "checkout.session.completed",
        "payment_intent.created",
        "payment_intent.succeeded",
        "payment_link.updated",
    ]
    assert {event.created for event in events} == {NOW + 10}


def test_a_decline_reports_the_failed_attempt(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    with pytest.raises(Exception, match="declined"):
        sandbox.pay(link.url, card=DECLINED)
    failed = client.v1.events.list({"types": ["payment_intent.payment_failed", "charge.failed"]})
    assert len(failed.data) == 2


def test_events_are_written_in_the_accounts_old_version(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link().url)
    event = client.v1.events.list({"type": "checkout.session.completed"}).data[0]
    assert event.api_version == "2024-06-20"
    assert event.data.object.ui_mode == "hosted"
    session = client.v1.checkout.sessions.retrieve(event.data.object.id)
    assert session.ui_mode == "hosted_page"


def test_an_event_keeps_the_object_as_it_was_and_names_its_request(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link(key="bd1:link:1")
    client.v1.payment_links.update(link.id, {"active": False})
    created = client.v1.events.list({"type": "payment_link.created"}).data[0]
    assert created.data.object.active
    assert created.request.idempotency_key == "bd1:link:1"
    assert created.request.id == link.last_response.request_id
    updated = client.v1.events.list({"type": "payment_link.updated"}).data[0]
    assert updated.data.previous_attributes.to_dict() == {"active": True}
    assert client.v1.events.retrieve(updated.id).type == "payment_link.updated"


def test_both_spellings_of_a_list_parameter_filter_by_type(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link().url)
    wanted = {"payment_link.created", "payment_intent.succeeded"}
    indexed = client.v1.events.list({"types": sorted(wanted)})  # type: ignore[typeddict-item]
    empty = client.raw_request("get", "/v1/events?types[]=payment_link.created")
    assert {event.type for event in indexed.data} == wanted
    assert [event["type"] for event in empty.data["data"]] == ["payment_link.created"]


def test_type_and_types_exclude_each_other_and_types_are_at_most_20(
    client: stripe.StripeClient,
) -> None:
    for params in (
        {"type": "charge.updated", "types": ["charge.failed"]},
        {"types": ["charge.updated"] * 21},
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.events.list(params)
        assert caught.value.param == "types"


def test_late_events_appear_after_their_created_second(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.hold_events(delay_s=90)
    make_link()
    sandbox.advance(89)
    assert client.v1.events.list().data == []
    sandbox.advance(1)
    events = client.v1.events.list({"type": "payment_link.created"}).data
    assert [event.created for event in events] == [NOW]


def test_events_may_be_doubled_or_lost(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.hold_events(copies=2)
    link = make_link()
    doubled = client.v1.events.list({"type": "payment_link.created"}).data
    assert len({event.id for event in doubled}) == 2
    assert {event.data.object.id for event in doubled} == {link.id}
    sandbox.hold_events(drop=1)
    client.v1.payment_links.update(link.id, {"active": False})
    assert client.v1.events.list({"type": "payment_link.updated"}).data == []


def test_events_are_kept_for_30_days_and_an_aged_cursor_is_refused(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    make_link()
    old = client.v1.events.list().data[0].id
    sandbox.advance(30 * 24 * 3600)
    assert client.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.events.list({"starting_after": old})
    assert (caught.value.http_status, caught.value.code) == (400, "resource_missing")


def test_paging_through_many_events_meets_each_once(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    for _ in range(4):
        sandbox.pay(make_link().url)
        sandbox.advance(1)
    total = len(sandbox.state()["events"])
    ids = [event.id for event in client.v1.events.list({"limit": 7}).auto_paging_iter()]
    assert len(ids) == len(set(ids)) == total
    first = client.v1.events.list({"limit": 7})
    backwards = client.v1.events.list({"limit": 7, "ending_before": ids[-1]}).auto_paging_iter()
    assert [event.id for event in backwards] == ids[-2::-1]
    assert [event.id for event in first.data] == ids[:7]
