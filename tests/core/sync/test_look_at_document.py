"""Check this invoice now: what Stripe has of one document, without waiting for events."""

import pytest
from books import Shop
from in_process_stripe import InProcessStripe
from test_long_away import intent_of, paid

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import Fault


@pytest.fixture
def silent(in_process: InProcessStripe) -> InProcessStripe:
    """A Stripe that tells no events."""
    in_process.act("events", lose_types=["*"])
    return in_process


def test_its_payment_and_what_became_of_it_is_read_at_once(
    near: Shop, silent: InProcessStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billdesk.core.sync.runner.LEAST_GAP_S", 0.0)
    document, another = (paid(near, silent, price) for price in ("10", "20"))
    silent.calls.clear()
    look = near.app.sync.look_at(document)
    assert (look.payments, look.error) == (1, "")
    assert len(silent.calls) <= 3
    assert near.state(document) is DocumentState.PAID
    assert near.state(another) is DocumentState.ISSUED
    silent.refund(intent_of(near, silent, document))
    near.app.sync.look_at(document)
    (payment,) = near.rows("SELECT * FROM payment")
    assert payment.state == "refunded"
    near.check()


def test_two_wishes_within_seconds_are_one_look(near: Shop, silent: InProcessStripe) -> None:
    document = paid(near, silent, "10")
    first = near.app.sync.look_at(document)
    silent.calls.clear()
    assert near.app.sync.look_at(document) is first
    assert silent.calls == []


def test_what_goes_wrong_is_said(near: Shop, silent: InProcessStripe) -> None:
    document = paid(near, silent, "10")
    silent.fail_next(Fault("GET", ".*", status=500, times=4))
    assert "could not answer" in near.app.sync.look_at(document).error
    assert near.state(document) is DocumentState.ISSUED


def test_without_stripe_it_says_so(shop: Shop) -> None:
    document = shop.issued().document_id
    assert shop.app.sync.look_at(document).error == "Connect Stripe in Settings first."
