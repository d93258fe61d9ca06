"""The main journey with the process killed between any two steps and started again."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import mortal_desk
import pytest
from books import Shop, StillTime, new_company, open_shelf

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import MailCatcher, SandboxClock, StripeSandbox

TESTS = Path(__file__).parents[1]
# Each share of the steps is a test of its own, so that a failure is found by a short run.
SHARES = 6


@dataclass
class Lives:
    """The processes that live and die."""

    program: "subprocess.Popen[str]"
    folder: Path

    def live(self, world: "World", last_step: int) -> str:
        """One life on the books of ``world``; how it ended."""
        now = datetime.fromtimestamp(world.stripe.state()["now"], UTC)
        order = {
            "folder": str(world.folder),
            "diary": str(world.diary),
            "last_step": last_step,
            "now": now.isoformat(),
            "stripe": world.stripe.url,
            "token": world.stripe.control_token,
            "key": world.stripe.api_key,
        }
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().strip()


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """The program that forks lives."""
    program = subprocess.Popen(
        [sys.executable, mortal_desk.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    yield Lives(program, tmp_path_factory.mktemp("lives"))
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.close()
    program.stdout.close()
    assert program.wait(timeout=20) == 0


@dataclass
class World:
    """One set of books with its Stripe and mail server, which outlive every process."""

    folder: Path
    diary: Path
    stripe: StripeSandbox
    postbox: MailCatcher
    shelf: list[Shop] = field(default_factory=list)


def new_world(folder: Path, stripe: StripeSandbox, postbox: MailCatcher) -> World:
    """A company that is connected to Stripe and can send mail."""
    folder.mkdir()
    time = StillTime()
    books = open_shelf(folder / "books", time)
    shop = Shop.open(books, new_company(books), time, stripe=stripe)
    shop.connect()
    shop.set_up_mail(postbox)
    shop.app.close()
    books.close()
    return World(folder / "books", folder / "diary", stripe, postbox)


def check(world: World) -> None:
    """The journey has come to its end, each thing done exactly once."""
    time = StillTime(datetime.fromtimestamp(world.stripe.state()["now"], UTC))
    books = open_shelf(world.folder, time)
    shop = Shop.open(books, mortal_desk.COMPANY, time)
    try:
        document = shop.one("SELECT * FROM document")
        assert document.number == "INV-00001"
        assert shop.state(document.id) is DocumentState.PAID
        assert (document.open_minor, document.surplus_minor) == (0, 0)
        there = world.stripe.state()
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
        delivered = len(world.postbox.messages)
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
    folder = lives.folder / f"step-{last_step}"
    clock = SandboxClock(lambda: StillTime().seconds())
    with StripeSandbox(clock=clock) as stripe, MailCatcher() as postbox:
        world = new_world(folder, stripe, postbox)
        ended = lives.live(world, last_step)
        assert ended == ("killed" if last_step else "exit 0")
        steps = world.diary.read_text().splitlines()
        if last_step:
            stripe.advance(180)
            assert lives.live(world, 0) == "exit 0"
        check(world)
    shutil.rmtree(folder)
    return steps


@pytest.fixture(scope="module")
def steps(lives: Lives) -> list[str]:
    """Every step of a life without accident."""
    return journey(lives, 0)


def test_the_journey_has_the_steps_it_should(steps: list[str]) -> None:
    for name in (
        "SdkStripeGateway.create_payment_link",
        "SdkStripeGateway.deactivate_payment_link",
        "SmtpGateway.send",
        "Archive.put",
        "customer paid",
    ):
        assert name in steps
    assert steps.count("SmtpGateway.send") == 1
    assert steps.count("SdkStripeGateway.create_payment_link") == 2
    assert len([name for name in steps if name.startswith("commit")]) > 25


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_after_any_step_it_ends_the_same(
    lives: Lives, steps: list[str], share: int
) -> None:
    for last_step in range(1 + share, len(steps) + 1, SHARES):
        try:
            journey(lives, last_step)
        except AssertionError as failure:
            name = steps[last_step - 1]
            raise AssertionError(f"killed after step {last_step} ({name}): {failure}") from failure
