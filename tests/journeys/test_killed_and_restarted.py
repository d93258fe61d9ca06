"""The main journey with the process killed between any two steps and started again."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import mortal_desk
import pytest
import requests
from books import Shop, StillTime, new_company, open_shelf

from billdesk.core.domain.documents import DocumentState
from billdesk.sandbox import MailCatcher, SandboxClock, StripeSandbox

TESTS = Path(__file__).parents[1]
# Each share of the steps is a test of its own, so that a failure is found by a short run.
SHARES = 6


@dataclass
class Lives:
    """Processes that live and die, and a world that outlives them."""

    program: "subprocess.Popen[str]"
    folder: Path
    stripe: StripeSandbox
    postbox: MailCatcher

    @property
    def books(self) -> Path:
        """The books of the journey under way."""
        return self.folder / "books"

    @property
    def diary(self) -> Path:
        """The steps taken since the journey began."""
        return self.folder / "diary"

    def begin(self) -> None:
        """A company that is connected to Stripe and can send mail, and nothing has happened yet."""
        shutil.rmtree(self.books, ignore_errors=True)
        shutil.copytree(self.folder / "template", self.books)
        self.diary.write_text("")
        control = f"{self.stripe.url}/_sim/reset"
        answer = requests.post(
            control, headers={"X-Sandbox-Token": self.stripe.control_token}, timeout=10
        )
        assert answer.status_code == 200
        self.postbox.messages.clear()

    def live(self, last_step: int) -> str:
        """One life; how it ended."""
        order = {
            "folder": str(self.books),
            "diary": str(self.diary),
            "last_step": last_step,
            "now": self.now().isoformat(),
            "stripe": self.stripe.url,
            "token": self.stripe.control_token,
            "key": self.stripe.api_key,
        }
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().strip()

    def now(self) -> datetime:
        """The time at Stripe, which is the time of every life."""
        return datetime.fromtimestamp(self.stripe.state()["now"], UTC)


def make_template(lives: Lives) -> None:
    time = StillTime()
    books = open_shelf(lives.folder / "template", time)
    shop = Shop.open(books, new_company(books), time, stripe=lives.stripe)
    shop.connect()
    shop.set_up_mail(lives.postbox)
    shop.app.close()
    books.close()


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """The program that forks lives, and the world around it."""
    program = subprocess.Popen(
        [sys.executable, mortal_desk.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]),
            "NO_PROXY": "127.0.0.1",
        },
    )
    clock = SandboxClock(lambda: StillTime().seconds())
    with StripeSandbox(clock=clock) as stripe, MailCatcher() as postbox:
        world = Lives(program, tmp_path_factory.mktemp("lives"), stripe, postbox)
        make_template(world)
        yield world
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.close()
    program.stdout.close()
    assert program.wait(timeout=20) == 0


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


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_after_any_step_it_ends_the_same(lives: Lives, steps: list[str], share: int) -> None:
    for last_step in range(1 + share, len(steps) + 1, SHARES):
        try:
            journey(lives, last_step)
        except AssertionError as failure:
            name = steps[last_step - 1]
            raise AssertionError(f"killed after step {last_step} ({name}): {failure}") from failure
