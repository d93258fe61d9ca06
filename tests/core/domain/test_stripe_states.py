"""From Stripe's statuses to the state of a payment: the tables of what each of them means."""

import pytest

from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.stripe_states import PaymentView, UnknownStripeStatus, state_of

P = PaymentState


def view(status: str = "succeeded", **fields: object) -> PaymentView:
    given = {"intent": "pi_1", "captured_minor": 100, **fields}
    return PaymentView(status=status, **given)  # type: ignore[arg-type]  # named by each case


@pytest.mark.parametrize(
    ("seen", "known", "state"),
    [
        (view(), None, P.SUCCEEDED),
        (view(refunded_minor=40), P.SUCCEEDED, P.PARTIALLY_REFUNDED),
        (view(refunded_minor=100), P.SUCCEEDED, P.REFUNDED),
        (view(disputes=("needs_response",)), P.SUCCEEDED, P.DISPUTED),
        (view(disputes=("under_review",)), P.DISPUTED, P.DISPUTED),
        (view(disputes=("appeal_under_review",)), P.LOST, P.DISPUTED),
        (view(disputes=("lost",)), P.DISPUTED, P.LOST),
        (view(disputes=("lost", "needs_response")), P.LOST, P.DISPUTED),
        (view(disputes=("lost",), refunded_minor=40), P.DISPUTED, P.LOST),
        (view(disputes=("won",)), P.DISPUTED, P.SUCCEEDED),
        (view(disputes=("prevented",)), None, P.SUCCEEDED),
        (view(disputes=("warning_needs_response",)), None, P.SUCCEEDED),
        (view(disputes=("warning_closed",)), None, P.SUCCEEDED),
        # Received once is never pending or failed again.
        (view("requires_payment_method"), P.SUCCEEDED, P.SUCCEEDED),
        (view("processing"), P.DISPUTED, P.DISPUTED),
        (view("processing"), None, P.PENDING),
        (view("requires_payment_method"), None, None),
        (view("requires_payment_method", session="open"), None, None),
        (view("requires_payment_method", session="complete"), None, P.FAILED),
        (view("requires_payment_method"), P.PENDING, P.FAILED),
        (view("canceled"), P.PENDING, P.FAILED),
        (view("requires_action"), None, None),
        (view("requires_action"), P.PENDING, P.PENDING),
        (view("requires_capture", session="complete"), None, None),
    ],
)
def test_each_status_has_its_state(
    seen: PaymentView, known: PaymentState | None, state: PaymentState | None
) -> None:
    assert state_of(seen, known) is state


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        (view("requires_a_song"), "requires_a_song"),
        (view(session="ajar"), "ajar"),
        (view(refunds=("succeeded", "on_a_ship")), "on_a_ship"),
        (view(disputes=("won", "in_heaven")), "in_heaven"),
    ],
)
@pytest.mark.parametrize("known", [None, P.SUCCEEDED])
def test_an_unknown_status_is_named_and_not_guessed_at(
    seen: PaymentView, word: str, known: PaymentState | None
) -> None:
    with pytest.raises(UnknownStripeStatus, match=word) as refusal:
        state_of(seen, known)
    assert "pi_1" in str(refusal.value)
