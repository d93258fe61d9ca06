"""What a restricted key may do is found out without changing anything at Stripe."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from in_process_stripe import InProcessStripe
from stripe_contract import StripeContract

from billdesk.core.domain.stripe_access import (
    AccessReport,
    PermissionFinding,
    PermissionNeed,
    PermissionState,
)
from billdesk.core.gateways.stripe.errors import StripeKeyRejected, StripeUnreachable
from billdesk.core.gateways.stripe.keys import advice_about
from billdesk.core.gateways.stripe.permissions import ROWS, form_url, lacking, lines_of
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.sandbox import Exchange, Fault
from billdesk.sandbox.permissions import SLUGS

GRANTED, MISSING = PermissionState.GRANTED, PermissionState.MISSING


@pytest.fixture
def stripe() -> Iterator[InProcessStripe]:
    asked: list[Exchange] = []
    with InProcessStripe(on_exchange=asked.append).connected() as running:
        yield running
    contract = StripeContract()
    for one in asked:
        # Also those that lead nowhere: Stripe must refuse the object, not the question.
        contract.check_request(one.method, one.path, one.params)


def probed(stripe: InProcessStripe, key: str) -> tuple[PermissionFinding, ...]:
    return SdkStripeGateway(key, base_url=stripe.url).probe()


def test_a_probe_grants_every_row_and_changes_nothing(stripe: InProcessStripe) -> None:
    before = stripe.state()
    heard: list[PermissionFinding] = []
    gateway = SdkStripeGateway(stripe.api_key, base_url=stripe.url)
    found = gateway.probe(heard.append)
    assert [(one.slug, one.state) for one in found] == [(row.slug, GRANTED) for row in ROWS]
    assert tuple(heard) == found, "each row is told as it is found"
    assert stripe.state() == before
    reads = [path for method, path in stripe.calls if method == "GET"]
    assert len(reads) <= 10, "a day's probe must not be dear"


@pytest.mark.parametrize("slug", [row.slug for row in ROWS])
def test_each_missing_permission_is_named(stripe: InProcessStripe, slug: str) -> None:
    # Writing brings reading along, so that a row that may be read lacks both.
    gone = {slug, slug.replace("_read", "_write")}
    key = stripe.make_key(sorted(SLUGS - gone))
    found = {one.slug: one for one in probed(stripe, key)}
    lacks = {one for one, finding in found.items() if finding.state is MISSING}
    assert lacks == gone & set(found)
    assert found[slug].named == slug
    words = found[slug].words
    assert words.startswith("The provided key does not have the required permissions")
    assert f"Having the '{slug}' permission" in words
    assert key[-4:] not in words


def test_only_rows_for_links_are_lacking(stripe: InProcessStripe) -> None:
    needed = [row.slug for row in ROWS if row.need is PermissionNeed.LINKS]
    gateway = SdkStripeGateway(stripe.make_key(needed), base_url=stripe.url)
    findings = gateway.probe()
    states = {one.slug: one.state for one in findings}
    assert {slug for slug, state in states.items() if state is GRANTED} == set(needed)
    report = AccessReport(gateway.server_time(), findings)
    assert lacking(lines_of(report)) == ""
    without = AccessReport(
        report.probed_at,
        (PermissionFinding("rak_event_read", MISSING), PermissionFinding("rak_of_later", MISSING)),
    )
    lines = lines_of(without)
    assert [line.row.slug for line in lines] == [row.slug for row in ROWS]
    assert lacking(lines) == "The Stripe key lacks the row “Events: Read”."


@pytest.mark.parametrize(
    ("quirk", "named"), [("renamed", "rak_unheard_of_event_read"), ("unnamed", "")]
)
def test_a_probe_survives_slugs_nobody_knows(
    stripe: InProcessStripe, quirk: str, named: str
) -> None:
    stripe.act("quirks", slug_words=quirk)
    found = probed(stripe, stripe.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"})))
    (missing,) = [one for one in found if one.state is MISSING]
    assert (missing.slug, missing.named) == ("rak_event_read", named)
    assert "would allow this request to continue" in missing.words


def test_what_is_neither_yes_nor_no_is_unclear(stripe: InProcessStripe) -> None:
    stripe.fail_next(Fault("GET", "/v1/disputes", status=400))
    (odd,) = [one for one in probed(stripe, stripe.api_key) if one.state is not GRANTED]
    assert (odd.slug, odd.state) == ("rak_dispute_read", PermissionState.UNCLEAR)


def test_a_rejected_key_and_a_silent_stripe_end_the_probe(stripe: InProcessStripe) -> None:
    stripe.fail_next(Fault("GET", "/v1/events", status=401))
    with pytest.raises(StripeKeyRejected):
        probed(stripe, stripe.api_key)
    stripe.fail_next(Fault("GET", "/v1/events", status=None, times=2))
    with pytest.raises(StripeUnreachable):
        probed(stripe, stripe.api_key)


def test_the_form_of_the_dashboard_comes_with_the_rows_ticked() -> None:
    url = urlsplit(form_url({PermissionNeed.REFUNDS}, livemode=False))
    assert (url.netloc, url.path) == ("dashboard.stripe.com", "/test/apikeys/create")
    asked = dict(parse_qsl(url.query))
    assert asked.pop("name") == "BillDesk"
    assert list(asked) == [f"permissions[{at}]" for at in range(len(asked))]
    ticked = set(asked.values())
    assert {"rak_event_read", "rak_charge_write"} <= ticked
    assert not {"rak_charge_read", "rak_customer_read", "rak_payment_intent_write"} & ticked
    assert set(ticked) <= SLUGS
    live = form_url((), livemode=True)
    assert live.startswith("https://dashboard.stripe.com/apikeys/create?name=BillDesk&permissions")
    assert "rak_charge_write" not in live


def test_full_secret_keys_are_warned_of() -> None:
    assert "full secret key" in advice_about("sk_live_" + "a" * 24)
    assert "full secret key" in advice_about("sk_test_" + "a" * 24)
    assert advice_about("rk_live_" + "a" * 24) == ""
