"""Processes that live and die on the books of a journey, and a world that outlives them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import mortal_desk
import requests
from books import Shop, StillTime, new_company, open_shelf

from billdesk.sandbox import MailCatcher, SandboxClock, StripeSandbox

TESTS = Path(__file__).parents[1]


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

    def live(self, last_step: int, *, journey: str = "main") -> str:
        """One life; how it ended."""
        order = {
            "folder": str(self.books),
            "diary": str(self.diary),
            "last_step": last_step,
            "journey": journey,
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


@contextmanager
def forking_lives(folder: Path) -> Iterator[Lives]:
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
        world = Lives(program, folder, stripe, postbox)
        make_template(world)
        yield world
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.close()
    program.stdout.close()
    assert program.wait(timeout=20) == 0
