"""Payment links against the practice Stripe, through the real SDK: made once, replaced, retired."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest
from books import Shop, line
from sqlalchemy import Row, text

from billdesk.core.domain.correlation import correlated
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.idempotency import KEY_LIFETIME
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.payments import DeductionInput
from billdesk.core.services.steps.credit import CreditInput
from billdesk.sandbox import Exchange, Fault, SandboxClock, SandboxLinkInactive, StripeSandbox

LINKS = r"/v1/payment_links$"


def linked(shop: Shop, price: str = "100", **fields: object) -> int:
    """An issued invoice that can be paid online."""
    return shop.issued(price, online_payment=True, **fields).document_id


def at_stripe(shop: Shop) -> list[dict[str, object]]:
    """The links as Stripe has them, oldest first."""
    links: list[dict[str, object]] = shop.sandbox.state()["payment_links"]
    return links


def jobs(shop: Shop) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in shop.rows("SELECT kind, state FROM outbox")]


def only_link(shop: Shop, document_id: int) -> Row[object]:
    (link,) = shop.links(document_id)
    return link


def test_a_link_carries_what_leads_back_to_the_invoice(online: Shop) -> None:
    document_id = linked(online, "123.45")
    online.work()
    link = only_link(online, document_id)
    assert (link.state, link.amount_minor, link.currency) == ("active", 12_345, "EUR")
    (there,) = at_stripe(online)
    assert (there["id"], there["url"]) == (link.stripe_id, link.url)
    document = online.document(document_id)
    company = online.one("SELECT uid FROM company").uid
    install = online.one("SELECT uid FROM install").uid
    metadata = there["metadata"]
    assert metadata == json.loads(link.params)["payment_intent_data"]["metadata"]
    assert {name: metadata[name] for name in metadata if name not in ("ref", "cid")} == {
        "billdesk_v": "2",
        "install": install,
        "company": company,
        "invoice": document.uid,
        "invoice_no": "INV-00001",
        "link": link.uid,
        "rev": "1",
    }
    assert there["restrictions"] == {"completed_sessions": {"count": 0, "limit": 1}}
    online.check()


def test_without_the_wish_no_link_is_made(online: Shop) -> None:
    online.issued("100")
    online.work()
    assert at_stripe(online) == []
    assert jobs(online) == [("render", "done")]


def test_a_partial_payment_replaces_the_link_the_old_one_off_first(
    open_shop: Callable[..., Shop], still_time: object
) -> None:
    exchanges: list[Exchange] = []
    clock = SandboxClock(still_time.seconds)  # type: ignore[attr-defined]  # StillTime
    with StripeSandbox(clock=clock, on_exchange=exchanges.append) as sandbox:
        shop = open_shop(stripe=sandbox)
        shop.connect()
        document_id = linked(shop)
        shop.work()
        exchanges.clear()
        shop.receive(document_id, 4_000)
        shop.work()
        first, second = shop.links(document_id)
        assert (first.state, second.state) == ("closed", "active")
        assert (second.revision, second.amount_minor) == (2, 6_000)
        old, new = at_stripe(shop)
        assert (old["active"], new["active"]) == (False, True)
        orders = [(e.method, e.path) for e in exchanges if e.method == "POST"]
        assert orders == [
            ("POST", f"/v1/payment_links/{first.stripe_id}"),
            ("POST", "/v1/payment_links"),
        ]
        kinds = [row.kind for row in shop.rows("SELECT kind FROM rendition ORDER BY id")]
        assert kinds == ["original", "link_rev_2"]
        sandbox.pay(second.url)
        shop.settle_down()
        assert shop.state(document_id) is DocumentState.PAID
        shop.check()


def test_no_second_link_exists_before_the_first_is_off(online: Shop) -> None:
    document_id = linked(online)
    online.work()
    first = only_link(online, document_id)
    retire = f"/v1/payment_links/{first.stripe_id}"
    online.sandbox.fail_next(Fault("POST", retire, status=503, times=4))
    online.receive(document_id, 4_000)
    online.work()
    assert [link.state for link in online.links(document_id)] == ["retiring", "queued"]
    assert len(at_stripe(online)) == 1
    for _ in range(3):
        online.pass_time(minutes=6)
        online.work()
    assert [link.state for link in online.links(document_id)] == ["closed", "active"]
    assert [link["active"] for link in at_stripe(online)] == [False, True]
    online.check()


def test_a_credited_line_whose_deduction_is_booked_anew_replaces_the_link_once(
    online: Shop,
) -> None:
    vat, reduced, _ = online.rates()
    lines = (line("100", tax_rate_ids=(vat,)), line("100", tax_rate_ids=(reduced,)))
    document_id = online.issued(lines=lines, online_payment=True).document_id
    given = DeductionInput(
        document_id, DeductionKind.BAD_DEBT, 8_000, online.time.today(), "Settled"
    )
    online.app.deductions.deduct(given)
    online.work()
    online.app.credit_notes.credit(CreditInput(document_id, {0: Decimal(1)}))
    online.work()
    # What was open in between has never been asked for at Stripe.
    assert [link["active"] for link in at_stripe(online)] == [False, True]
    (link,) = [one for one in online.links(document_id) if one.state == "active"]
    assert link.amount_minor == online.document(document_id).open_minor == 2_700
    online.check()


def test_undoing_a_payment_asks_for_the_full_amount_again(online: Shop) -> None:
    document_id = linked(online)
    payment = online.receive(document_id, 4_000)
    online.work()
    online.app.payments.undo(payment)
    online.work()
    assert [(link.amount_minor, link.state) for link in online.links(document_id)] == [
        (10_000, "closed"),
        (6_000, "closed"),
        (10_000, "active"),
    ]
    assert [link["active"] for link in at_stripe(online)] == [False, True]
    online.check()


@pytest.mark.parametrize(
    "close",
    [
        lambda shop, document_id: shop.app.invoices.void(document_id, "Mistake"),
        lambda shop, document_id: shop.receive(document_id, 10_000),
        lambda shop, document_id: shop.app.links.switch_off(document_id),
        lambda shop, document_id: shop.receive(document_id, 9_999),
    ],
    ids=["void", "paid by hand", "switched off", "too little is left"],
)
def test_what_is_not_to_be_paid_online_cannot_be_paid(
    online: Shop, close: Callable[[Shop, int], object]
) -> None:
    document_id = linked(online)
    online.work()
    url = only_link(online, document_id).url
    close(online, document_id)
    online.work()
    assert only_link(online, document_id).state == "closed"
    assert [link["active"] for link in at_stripe(online)] == [False]
    with pytest.raises(SandboxLinkInactive, match="paid or was replaced"):
        online.sandbox.pay(url)
    assert online.rows("SELECT * FROM outbox WHERE state IN ('queued', 'failed')") == []
    online.check()


def test_open_pay_pages_are_closed_with_their_link(
    online: Shop, open_pay_page: Callable[[str], str]
) -> None:
    document_id = linked(online)
    online.work()
    open_pay_page(only_link(online, document_id).url)
    assert [s["status"] for s in online.sandbox.state()["sessions"]] == ["open"]
    online.app.invoices.void(document_id, "Mistake")
    online.work()
    assert [s["status"] for s in online.sandbox.state()["sessions"]] == ["expired"]


def test_a_link_not_asked_for_yet_is_taken_back_without_a_word_to_stripe(online: Shop) -> None:
    document_id = linked(online)
    online.app.invoices.void(document_id, "At once")
    online.work()
    assert at_stripe(online) == []
    assert only_link(online, document_id).state == "closed"
    online.check()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", LINKS, status=500, times=2),
        Fault("POST", LINKS, status=500, times=2, when="after"),
        Fault("POST", LINKS, status=None, times=2),
        Fault("POST", LINKS, status=None, times=2, when="after"),
        Fault("POST", LINKS, status=429, times=2),
        Fault("POST", LINKS, status=503, times=2),
    ],
    ids=["500", "500 after", "reset", "reset after", "429", "503"],
)
def test_stripe_down_means_trying_again_with_the_same_key(online: Shop, fault: Fault) -> None:
    online.sandbox.fail_next(fault)
    document_id = linked(online)
    for _ in range(6):
        online.work()
        online.pass_time(minutes=5)
    link = only_link(online, document_id)
    assert link.state == "active"
    assert link.tries >= 2
    assert link.error == ""
    assert [there["id"] for there in at_stripe(online)] == [link.stripe_id]
    online.check()


def stored_500(tries: int, when: Literal["before", "after"] = "before") -> Fault:
    """Stripe keeps a failure once it has begun, and gives it again as long as it keeps the key."""
    replayed = {"Idempotent-Replayed": "true"}
    # The SDK asks twice each time.
    return Fault("POST", LINKS, status=500, times=2 * tries, when=when, headers=replayed)


def test_a_stored_500_is_given_up_after_three_for_a_new_key(online: Shop) -> None:
    online.sandbox.fail_next(stored_500(3))
    document_id = linked(online)
    for _ in range(3):
        online.work()
        online.pass_time(minutes=6)
    assert [link.state for link in online.links(document_id)] == ["sent"]
    online.work()
    first, second = online.links(document_id)
    assert (first.state, second.state) == ("closed", "active")
    assert first.idempotency_key != second.idempotency_key
    assert [there["id"] for there in at_stripe(online)] == [second.stripe_id]
    online.check()


def test_a_link_behind_a_stored_500_is_found(online: Shop) -> None:
    online.sandbox.fail_next(stored_500(3, "after"))
    document_id = linked(online)
    for _ in range(4):
        online.work()
        online.pass_time(minutes=6)
    link = only_link(online, document_id)
    assert (link.state, link.revision) == ("active", 1)
    assert [there["id"] for there in at_stripe(online)] == [link.stripe_id]
    online.check()


def test_other_failures_in_between_are_not_the_same_one_again(online: Shop) -> None:
    online.sandbox.fail_next(stored_500(2))
    online.sandbox.fail_next(Fault("POST", LINKS, status=503, times=2))
    online.sandbox.fail_next(stored_500(2))
    document_id = linked(online)
    for _ in range(6):
        online.work()
        online.pass_time(minutes=6)
    link = only_link(online, document_id)
    assert (link.state, link.revision, link.replays) == ("active", 1, 0)


def test_an_answer_lost_for_a_day_is_found_instead_of_asked_for_again(online: Shop) -> None:
    online.sandbox.fail_next(Fault("POST", LINKS, status=None, times=2, when="after"))
    document_id = linked(online)
    online.work()
    assert only_link(online, document_id).state == "sent"
    assert len(at_stripe(online)) == 1
    online.time.advance(seconds=KEY_LIFETIME.total_seconds() + 60)
    online.work()
    link = only_link(online, document_id)
    assert (link.state, link.revision) == ("active", 1)
    assert [there["id"] for there in at_stripe(online)] == [link.stripe_id]
    online.check()


def test_a_key_too_old_to_trust_is_replaced_when_stripe_has_no_link(online: Shop) -> None:
    online.sandbox.fail_next(Fault("POST", LINKS, status=503, times=2))
    document_id = linked(online)
    online.work()
    online.time.advance(seconds=KEY_LIFETIME.total_seconds() + 60)
    online.work()
    first, second = online.links(document_id)
    assert (first.state, second.state) == ("closed", "active")
    assert first.idempotency_key != second.idempotency_key
    assert [there["id"] for there in at_stripe(online)] == [second.stripe_id]
    assert jobs(online)[1] == ("render", "done"), "the PDF waited for the new link"
    online.check()


def test_void_while_the_answer_is_awaited_switches_the_link_off_when_it_is_known(
    online: Shop,
) -> None:
    online.sandbox.fail_next(Fault("POST", LINKS, status=None, times=2, when="after"))
    document_id = linked(online)
    online.work()
    online.app.invoices.void(document_id, "Changed my mind")
    for _ in range(3):
        online.pass_time(minutes=5)
        online.work()
    assert only_link(online, document_id).state == "closed"
    assert [there["active"] for there in at_stripe(online)] == [False]
    online.check()


def test_without_a_key_everything_waits_and_goes_on_after_connecting(online: Shop) -> None:
    online.books.secrets.delete(*online.key_entry())
    document_id = linked(online)
    online.work()
    link = only_link(online, document_id)
    assert "no Stripe key" in link.error
    assert jobs(online) == [("create_link", "queued"), ("render", "queued")]
    result = online.poll()
    assert "no Stripe key" in result.error
    online.connect()
    online.pass_time(minutes=6)
    online.work()
    link = only_link(online, document_id)
    assert (link.state, link.error, link.revision) == ("active", "", 1)
    assert online.poll().error == ""


def test_a_rejected_key_pauses_and_the_same_request_goes_on(online: Shop) -> None:
    online.sandbox.fail_next(Fault("*", r"/v1/", status=401))
    document_id = linked(online)
    key = only_link(online, document_id).idempotency_key
    online.work()
    assert jobs(online)[0] == ("create_link", "queued")
    assert only_link(online, document_id).error != ""
    online.pass_time(minutes=6)
    online.work()
    assert only_link(online, document_id).state == "queued", "the key has not been changed"
    online.connect()
    online.work()
    link = only_link(online, document_id)
    assert (link.state, link.idempotency_key) == ("active", key)
    assert len(at_stripe(online)) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_an_order_refused_for_its_key_was_never_sent(online: Shop, status: int) -> None:
    online.sandbox.fail_next(Fault("POST", LINKS, status=status))
    document_id = linked(online)
    online.work()
    link = only_link(online, document_id)
    assert (link.state, link.tries, link.first_try_server_at) == ("queued", 0, None)
    online.app.invoices.void(document_id, "Never mind")
    online.pass_time(minutes=6)
    online.work()
    assert (only_link(online, document_id).state, at_stripe(online)) == ("closed", [])


def test_a_key_refused_later_does_not_undo_an_order_that_may_have_arrived(online: Shop) -> None:
    online.sandbox.fail_next(Fault("POST", LINKS, status=None, times=2, when="after"))
    document_id = linked(online)
    online.work()
    first = only_link(online, document_id)
    online.sandbox.fail_next(Fault("GET", LINKS, status=401))
    online.pass_time(minutes=6)
    online.work()
    again = only_link(online, document_id)
    assert (again.state, again.first_try_server_at) == ("sent", first.first_try_server_at)
    online.pass_time(minutes=6)
    online.connect()
    online.work()
    assert [there["id"] for there in at_stripe(online)] == [
        only_link(online, document_id).stripe_id
    ]
    online.check()


def refused(online: Shop) -> int:
    """An invoice whose link Stripe would not make."""
    online.sandbox.fail_next(Fault("POST", LINKS, status=400, code="amount_too_small"))
    document_id = linked(online)
    online.work()
    assert only_link(online, document_id).state == "failed"
    assert only_link(online, document_id).error != ""
    assert jobs(online) == [("create_link", "failed"), ("render", "queued")]
    return document_id


def test_a_refused_link_lets_the_owner_go_on_without(online: Shop) -> None:
    document_id = refused(online)
    online.app.links.continue_without(document_id)
    online.work()
    assert jobs(online)[1] == ("render", "done")
    assert at_stripe(online) == []
    online.check()


def test_a_refused_link_can_be_asked_for_again(online: Shop) -> None:
    document_id = refused(online)
    online.app.links.request(document_id)
    online.work()
    first, second = online.links(document_id)
    assert (first.state, second.state, second.revision) == ("failed", "active", 2)
    assert [there["id"] for there in at_stripe(online)] == [second.stripe_id]
    assert "queued" not in [state for _, state in jobs(online)]
    online.check()


@pytest.mark.parametrize(
    "close",
    [
        lambda shop, document_id: shop.receive(document_id, 10_000),
        lambda shop, document_id: shop.app.invoices.void(document_id, "Mistake"),
    ],
    ids=["paid", "void"],
)
def test_the_pdf_does_not_wait_for_a_refused_link_nobody_needs_any_more(
    online: Shop, close: Callable[[Shop, int], object]
) -> None:
    document_id = refused(online)
    close(online, document_id)
    online.work()
    assert ("render", "queued") not in jobs(online)
    kinds = [row.kind for row in online.rows("SELECT kind FROM rendition ORDER BY id")]
    assert kinds[0] == "original"
    online.check()


@pytest.mark.parametrize(("price", "currency"), [("0.40", "EUR"), ("40", "JPY")])
def test_an_amount_stripe_cannot_charge_is_refused_before_issue(
    online: Shop, price: str, currency: str
) -> None:
    with pytest.raises(UserError) as refusal:
        linked(online, price, currency=currency, exchange_rate=Decimal("0.008"))
    assert refusal.value.field == "amount"
    assert online.issued(price).number == "INV-00001", "nothing was issued"


def test_a_link_is_asked_for_only_where_something_can_be_paid(online: Shop) -> None:
    saved = online.app.invoices.create(online.draft())
    with pytest.raises(NotAllowed, match="Issue the invoice first"):
        online.app.links.request(saved.document_id)
    paid = online.issued("100").document_id
    online.receive(paid, 10_000)
    with pytest.raises(NotAllowed, match="Nothing is open"):
        online.app.links.request(paid)
    online.app.connecting.disconnect()
    with pytest.raises(NotAllowed, match="Connect Stripe"):
        online.app.links.request(online.issued("100").document_id)


def test_a_link_asked_for_later_is_the_first_revision(online: Shop) -> None:
    issued = online.issued("100")
    online.work()
    online.app.links.request(issued.document_id)
    online.work()
    link = only_link(online, issued.document_id)
    assert (link.state, link.revision) == ("active", 1)
    online.check()


def test_a_link_switched_off_at_stripe_is_noticed(online: Shop) -> None:
    document_id = linked(online)
    online.work()
    link = only_link(online, document_id)
    gateway = online.app.settings._stripe.open(online.app.company_uid, livemode=False)
    gateway.deactivate_payment_link(link.stripe_id)
    online.pass_time(seconds=5)
    online.poll()
    link = only_link(online, document_id)
    assert (link.state, link.error) == ("closed", "This payment link was switched off at Stripe.")
    assert timedelta(hours=20) < KEY_LIFETIME < timedelta(hours=24)


def test_a_link_is_switched_off_when_the_invoice_has_been_due_too_long(online: Shop) -> None:
    late = linked(online, terms_days=14)
    patient = linked(online, terms_days=15)
    online.work()
    online.time.advance(days=14 + 30)
    online.poll()
    assert only_link(online, late).state == "active"
    online.time.advance(days=1)
    online.poll()
    online.work()
    assert only_link(online, late).state == "closed"
    assert only_link(online, patient).state == "active"
    assert [link["active"] for link in at_stripe(online)].count(False) == 1
    online.check()


def test_a_link_never_sent_is_asked_for_where_stripe_is_connected_now(online: Shop) -> None:
    document_id = linked(online)
    with online.books.engine.begin() as connection:
        connection.execute(text("UPDATE payment_link SET stripe_account = 'another account'"))
    online.work()
    before, now = online.links(document_id)
    assert (before.state, before.stripe_id) == ("closed", None)
    assert (now.state, now.stripe_account == "another account") == ("active", False)
    assert len(at_stripe(online)) == 1
    online.check()


def test_one_id_leads_from_the_click_to_what_is_made_at_stripe(online: Shop) -> None:
    with correlated() as click:
        document_id = linked(online)
    online.work()
    issued = online.one("SELECT correlation_id FROM audit_log WHERE action = 'invoice.issued'")
    made = online.one("SELECT correlation_id FROM audit_log WHERE action = 'link.created'")
    waiting = online.rows("SELECT DISTINCT correlation_id FROM outbox")
    (there,) = at_stripe(online)
    assert [row.correlation_id for row in (issued, made, *waiting)] == [click] * 3
    assert there["metadata"]["cid"] == click
    assert only_link(online, document_id).state == "active"
