"""A look at Stripe that ends half-way goes on where it stopped; nothing in between is passed by."""

from books import Shop

from billdesk.core.domain.documents import DocumentState


def test_a_look_cut_short_goes_on_where_it_stopped(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(seconds=3)
    inbox = online.app.sync._poller._windows
    gateway = online.app.settings._stripe.open(online.app.company_uid, livemode=False)
    window = inbox.begin("one that dies", deep=False)
    assert window is not None
    page = gateway.list_events(created_gte=window.since_at, limit=1)
    assert page.has_more
    inbox.store(window, page.events, through_at=page.server_at, goes_on_after=page.goes_on_after)
    cursor = online.one("SELECT * FROM stripe_cursor")
    assert cursor.read_through_at is None, "what lies before the page has not been read"

    online.pass_time(days=3)
    again = inbox.begin("another", deep=True)
    assert again is not None
    assert (again.starting_after, again.since_at) == (page.events[-1].id, window.since_at)
    inbox.end(again, applied=0)
    online.settle_down()
    assert online.state(issued.document_id) is DocumentState.PAID
    told = {event["id"] for event in online.sandbox.state()["events"]}
    kept = {row.id for row in online.rows("SELECT id FROM stripe_event")}
    assert kept <= told
    (intent,) = {row.intent for row in online.rows("SELECT intent FROM stripe_event")} - {None}
    assert intent == online.one("SELECT payment_intent FROM payment").payment_intent
    assert {row.type for row in online.rows("SELECT type FROM stripe_event")} >= {
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.updated",
    }
    online.check()


def test_the_second_that_is_not_over_is_read_again(online: Shop) -> None:
    """Events of the second in which Stripe answered may still come."""
    online.poll()
    read = online.one("SELECT read_through_at FROM stripe_cursor").read_through_at
    assert read < f"{online.time.now():%Y-%m-%d %H:%M:%S}"


def test_events_that_show_up_an_hour_late_are_not_missed(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.sandbox.hold_events(delay_s=3_000)
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    for _ in range(9):
        online.pass_time(minutes=5)
        online.poll()
        assert online.state(issued.document_id) is DocumentState.ISSUED
    online.pass_time(minutes=8)
    online.poll()
    assert online.state(issued.document_id) is DocumentState.PAID
    online.check()
