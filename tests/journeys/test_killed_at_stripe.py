"""Money ordered at Stripe, with the process killed before, within and after every step.

A sample of the steps, and all of the call that moves the money, are taken in each run; all of them
with BILLDESK_EVERY_KILL=1 (``make check-long``).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import mortal_desk
import pytest
from books import Shop, StillTime, open_shelf
from lives import Lives, forking_lives

# What is not about the order itself is sampled like this.
EACH = 4


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    with forking_lives(tmp_path_factory.mktemp("lives")) as world:
        # The first life is the main journey's, in the program that the others are forked from.
        world.begin()
        assert world.live(0) == "exit 0"
        yield world


@contextmanager
def books_of(lives: Lives) -> Iterator[Shop]:
    """The books after the journey, in which nothing is left to do."""
    time = StillTime(lives.now())
    with closing(open_shelf(lives.books, time)) as books:
        shop = Shop.open(books, mortal_desk.COMPANY, time)
        with closing(shop.app):
            yield shop
            waiting = shop.rows("SELECT kind FROM outbox WHERE state IN ('queued', 'working')")
            assert waiting == []
            assert shop.rows("SELECT id FROM stripe_event WHERE state = 'new'") == []
            net = sum(one["net"] for one in lives.stripe.state()["balance_transactions"])
            clearing = shop.one(
                "SELECT sum(p.minor) AS minor FROM posting p JOIN account a ON a.id = p.account_id"
                " WHERE a.role = 'stripe_clearing'"
            )
            assert clearing.minor == net
            shop.check()


def check_money_back(lives: Lives) -> None:
    """The money went back once, and the disputed money came back."""
    with books_of(lives) as shop:
        there = lives.stripe.state()
        refund = shop.one("SELECT * FROM refund")
        assert [(one["id"], one["amount"]) for one in there["refunds"]] == [
            (refund.stripe_refund, 4_000)
        ]
        assert (refund.state, refund.meaning) == ("succeeded", "credit_note")
        assert shop.one("SELECT state FROM stripe_order").state == "done"
        note = shop.one("SELECT id, open_minor FROM document WHERE kind = 'credit_note'")
        assert (refund.credit_note_id, note.open_minor) == (note.id, 0)
        payments = shop.rows("SELECT state, disputed_minor FROM payment ORDER BY document_id")
        assert [tuple(one) for one in payments] == [("partially_refunded", 0), ("succeeded", 0)]
        assert [one["status"] for one in there["disputes"]] == ["won"]


def check_card_charge(lives: Lives) -> None:
    """The card was charged once, and the link takes no money any more."""
    with books_of(lives) as shop:
        there = lives.stripe.state()
        order = shop.one("SELECT * FROM stripe_order")
        assert (order.kind, order.state) == ("charge", "done")
        charged = [one for one in there["payment_intents"] if "billdesk_attempt" in one["metadata"]]
        assert [(one["id"], one["status"], one["amount_received"]) for one in charged] == [
            (order.stripe_id, "succeeded", 6_000)
        ]
        payments = shop.rows("SELECT state, amount_minor FROM payment ORDER BY id")
        assert [tuple(one) for one in payments] == [("succeeded", 10_000), ("succeeded", 6_000)]
        documents = shop.rows("SELECT id, open_minor FROM document ORDER BY id")
        assert [one.open_minor for one in documents] == [0, 0]
        assert not any(link["active"] for link in there["payment_links"])


def journey(lives: Lives, name: str, check: Callable[[Lives], None], last_step: int) -> list[str]:
    """Die at ``last_step`` (0: never), start again, and check; the steps of the first life."""
    lives.begin()
    ended = lives.live(last_step, journey=name)
    assert ended == ("killed" if last_step else "exit 0")
    steps = lives.diary.read_text().splitlines()
    if last_step:
        lives.stripe.advance(180)
        assert lives.live(0, journey=name) == "exit 0"
    check(lives)
    return steps


def chosen(steps: list[str], moving: str) -> list[int]:
    """The steps to die at, counted from one."""
    if os.environ.get("BILLDESK_EVERY_KILL"):
        return list(range(1, len(steps) + 1))
    about_order = [n for n, name in enumerate(steps, 1) if name.endswith(moving)]
    return sorted({*about_order, *range(2, len(steps) + 1, len(steps) // EACH)})


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(
    ("name", "check", "moving"),
    [
        ("money_back", check_money_back, "create_refund"),
        ("card_charge", check_card_charge, "charge_card"),
    ],
)
def test_killed_at_any_step_money_moves_once(
    lives: Lives, name: str, check: Callable[[Lives], None], moving: str
) -> None:
    steps = journey(lives, name, check, 0)
    _, calls = mortal_desk.JOURNEYS[name]
    for call in calls:
        assert {f"before {call}", f"within {call}", f"after {call}"} <= set(steps), call
    assert steps.count(f"within {moving}") == 1
    assert steps.count("within commit") > 5
    for last_step in chosen(steps, moving):
        try:
            journey(lives, name, check, last_step)
        except AssertionError as failure:
            step = steps[last_step - 1]
            raise AssertionError(f"killed at step {last_step} ({step}): {failure}") from failure
