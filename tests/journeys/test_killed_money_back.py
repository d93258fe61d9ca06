"""A refund and a dispute, with the process killed before, within and after every step.

A sample of the steps, and all that order the refund, are taken in each run; all of them with
BILLDESK_EVERY_KILL=1 (``make check-long``).
"""

import os
from collections.abc import Iterator

import mortal_desk
import pytest
from books import Shop, StillTime, open_shelf
from lives import Lives, forking_lives

# What is not about the order itself is sampled like this.
EACH = 6


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    with forking_lives(tmp_path_factory.mktemp("lives")) as world:
        # The first life is the main journey's, in the program that the others are forked from.
        world.begin()
        assert world.live(0) == "exit 0"
        yield world


def check(lives: Lives) -> None:
    """The money went back once, and the disputed money came back."""
    time = StillTime(lives.now())
    books = open_shelf(lives.books, time)
    shop = Shop.open(books, mortal_desk.COMPANY, time)
    try:
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
        waiting = shop.rows("SELECT kind FROM outbox WHERE state IN ('queued', 'working')")
        assert waiting == []
        assert shop.rows("SELECT id FROM stripe_event WHERE state = 'new'") == []
        net = sum(one["net"] for one in there["balance_transactions"])
        clearing = shop.one(
            "SELECT sum(p.minor) AS minor FROM posting p JOIN account a ON a.id = p.account_id"
            " WHERE a.role = 'stripe_clearing'"
        )
        assert clearing.minor == net
        shop.check()
    finally:
        shop.app.close()
        books.close()


def journey(lives: Lives, last_step: int) -> list[str]:
    """Die at ``last_step`` (0: never), start again, and check; the steps of the first life."""
    lives.begin()
    ended = lives.live(last_step, journey="money_back")
    assert ended == ("killed" if last_step else "exit 0")
    steps = lives.diary.read_text().splitlines()
    if last_step:
        lives.stripe.advance(180)
        assert lives.live(0, journey="money_back") == "exit 0"
    check(lives)
    return steps


def chosen(steps: list[str]) -> list[int]:
    """The steps to die at, counted from one."""
    if os.environ.get("BILLDESK_EVERY_KILL"):
        return list(range(1, len(steps) + 1))
    about_order = [n for n, name in enumerate(steps, 1) if name.endswith("create_refund")]
    return sorted({*about_order, *range(2, len(steps) + 1, len(steps) // EACH)})


@pytest.mark.timeout(3_600)
def test_killed_at_any_step_the_money_goes_back_once(lives: Lives) -> None:
    steps = journey(lives, 0)
    for call in mortal_desk.MONEY_BACK_CALLS:
        assert {f"before {call}", f"within {call}", f"after {call}"} <= set(steps), call
    assert steps.count("within create_refund") == 1
    assert steps.count("within commit") > 15
    for last_step in chosen(steps):
        try:
            journey(lives, last_step)
        except AssertionError as failure:
            name = steps[last_step - 1]
            raise AssertionError(f"killed at step {last_step} ({name}): {failure}") from failure
