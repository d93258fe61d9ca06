"""The main journey with the process killed between any two steps and started again.

Each run dies after every effect on the outside and after every other commit; after all of them with
BILLDESK_EVERY_KILL=1 (``make check-long``).
"""

import os
from collections.abc import Iterator

import mortal_desk
import pytest
from books import Shop, StillTime, open_shelf
from lives import Lives, forking_lives

from billdesk.core.domain.documents import DocumentState

# Each share of the steps is a test of its own, so that a failure is found by a short run.
SHARES = 4


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    with forking_lives(tmp_path_factory.mktemp("lives")) as world:
        yield world


def check(lives: Lives) -> None:
    """The journey has come to its end, each thing done exactly once."""
    time = StillTime(lives.now())
    books = open_shelf(lives.books, time)
    shop = Shop.open(books, mortal_desk.COMPANY, time)
    try:
        document = shop.one("SELECT * FROM document")
        assert document.number == "INV-00001"
        assert shop.state(document.id) is DocumentState.PAID
        assert (document.open_minor, document.surplus_minor) == (0, 0)
        there = lives.stripe.state()
        assert [link["metadata"]["rev"] for link in there["payment_links"]] == ["1", "2"]
        assert not any(link["active"] for link in there["payment_links"])
        links = [(link.revision, link.state, link.amount_minor) for link in shop.links(document.id)]
        assert links == [(1, "closed", 10_000), (2, "closed", 6_000)]
        payments = shop.rows("SELECT method, state, amount_minor, fee_state FROM payment")
        assert sorted(tuple(payment) for payment in payments) == [
            ("bank", "succeeded", 4_000, "none"),
            ("stripe", "succeeded", 6_000, "final"),
        ]
        mail = shop.one("SELECT state FROM mail")
        delivered = len(lives.postbox.messages)
        # A mail that may have been sent is a question for the owner, never sent by itself.
        assert (mail.state, delivered) in {("accepted", 1), ("unknown", 1), ("unknown", 0)}
        kinds = {row.kind for row in shop.rows("SELECT kind FROM rendition")}
        assert {"original", "paid_copy"} <= kinds
        waiting = shop.rows("SELECT kind, state FROM outbox WHERE state IN ('queued', 'working')")
        assert waiting == []
        assert shop.rows("SELECT id FROM stripe_event WHERE state = 'new'") == []
        shop.check()
    finally:
        shop.app.close()
        books.close()


def journey(lives: Lives, last_step: int) -> list[str]:
    """Die after ``last_step`` (0: never), start again, and check; the steps of the first life."""
    lives.begin()
    ended = lives.live(last_step)
    assert ended == ("killed" if last_step else "exit 0")
    steps = lives.diary.read_text().splitlines()
    if last_step:
        lives.stripe.advance(180)
        assert lives.live(0) == "exit 0"
    check(lives)
    return steps


@pytest.fixture(scope="module")
def steps(lives: Lives) -> list[str]:
    """Every step of a life without accident; one before it, of which nothing is counted."""
    journey(lives, 0)
    return journey(lives, 0)


def test_the_journey_has_the_steps_it_should(steps: list[str]) -> None:
    for name in (
        "SdkStripeGateway.create_payment_link",
        "SdkStripeGateway.deactivate_payment_link",
        "SmtpGateway.send",
        "FileArchive.put",
        "customer paid",
    ):
        assert name in steps
    assert steps.count("SmtpGateway.send") == 1
    assert steps.count("SdkStripeGateway.create_payment_link") == 2
    assert len([name for name in steps if name.startswith("commit")]) > 25


def chosen(steps: list[str]) -> list[int]:
    """The steps to die after, counted from one."""
    if os.environ.get("BILLDESK_EVERY_KILL"):
        return list(range(1, len(steps) + 1))
    commits = [n for n, name in enumerate(steps, 1) if name.startswith("commit")]
    return sorted({*range(1, len(steps) + 1)} - {*commits[1::2]})


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_after_any_step_it_ends_the_same(lives: Lives, steps: list[str], share: int) -> None:
    for last_step in chosen(steps)[share::SHARES]:
        try:
            journey(lives, last_step)
        except AssertionError as failure:
            name = steps[last_step - 1]
            raise AssertionError(f"killed after step {last_step} ({name}): {failure}") from failure
