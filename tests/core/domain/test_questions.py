"""Which questions a payment asks, and what is offered with each."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import (
    TOO_MUCH,
    Offer,
    PaymentFacts,
    QuestionKind,
    questions_of,
)

DUE = datetime(2026, 12, 8, tzinfo=UTC)
PLAIN = PaymentFacts(
    state=PaymentState.SUCCEEDED,
    currency="EUR",
    unallocated_minor=0,
    unexplained_minor=0,
    disputed_minor=0,
    has_customer=True,
    open_minor=0,
    is_void=False,
    review="",
    answer_by=DUE,
)


@pytest.mark.parametrize(
    ("changes", "kind", "offers"),
    [
        (
            {"state": PaymentState.DISPUTED, "disputed_minor": 500},
            QuestionKind.DISPUTE,
            [Offer.ANSWER_AT_STRIPE],
        ),
        (
            {"state": PaymentState.LOST, "disputed_minor": 500},
            QuestionKind.DISPUTE_LOST,
            [Offer.SAY_WHAT_BECOMES],
        ),
        ({"inquiry": True}, QuestionKind.INQUIRY, [Offer.ANSWER_AT_STRIPE]),
        (
            {"inquiry": True, "may_refund": True},
            QuestionKind.INQUIRY,
            [Offer.ANSWER_AT_STRIPE, Offer.REFUND],
        ),
        ({"unexplained_minor": 500}, QuestionKind.REFUND_MEANING, [Offer.SAY_WHAT_IT_MEANS]),
        (
            {"state": PaymentState.RETURNED, "open_minor": 500},
            QuestionKind.RETURNED,
            [Offer.NEW_LINK],
        ),
        (
            {"state": PaymentState.FAILED, "open_minor": 500, "review": "It did not go through."},
            QuestionKind.NOT_THROUGH,
            [Offer.NEW_LINK],
        ),
        (
            {"unallocated_minor": 500, "review": TOO_MUCH},
            QuestionKind.TOO_MUCH,
            [Offer.USE_AS_CREDIT, Offer.REFUND],
        ),
        (
            {"unallocated_minor": 500, "is_void": True},
            QuestionKind.VOID_INVOICE,
            [Offer.USE_AS_CREDIT, Offer.REFUND],
        ),
        (
            {"unallocated_minor": 500, "has_customer": False},
            QuestionKind.NO_HOME,
            [Offer.SAY_WHOSE, Offer.LOOK_AT_STRIPE],
        ),
        (
            {"unallocated_minor": 500, "review": "It came in another currency."},
            QuestionKind.NOT_AS_ASKED,
            [Offer.USE_AS_CREDIT, Offer.LOOK_AT_STRIPE, Offer.REFUND],
        ),
    ],
)
def test_each_state_asks_its_question(
    changes: dict[str, object], kind: QuestionKind, offers: list[Offer]
) -> None:
    (question,) = questions_of(replace(PLAIN, **changes))
    assert (question.kind, list(question.offers)) == (kind, offers)
    asked_by_the_bank = kind in (QuestionKind.DISPUTE, QuestionKind.INQUIRY)
    assert question.answer_by == (DUE if asked_by_the_bank else None)
    if kind is not QuestionKind.INQUIRY:
        assert (question.minor, question.currency) == (500, "EUR")


def test_a_payment_without_a_fault_asks_nothing() -> None:
    for state in PaymentState:
        assert questions_of(replace(PLAIN, state=state)) == ()


def test_several_questions_come_together_with_what_costs_money_first() -> None:
    seen = replace(
        PLAIN,
        state=PaymentState.DISPUTED,
        disputed_minor=100,
        unexplained_minor=200,
        unallocated_minor=300,
        review=TOO_MUCH,
    )
    assert [(one.kind, one.minor) for one in questions_of(seen)] == [
        (QuestionKind.DISPUTE, 100),
        (QuestionKind.REFUND_MEANING, 200),
        (QuestionKind.TOO_MUCH, 300),
    ]
