"""Random lives of invoices with payment links, under every fault, until the books are quiet.

As a program: ``stripe_schedules.py --schedules N --seed S`` prints JSON counts, or fails with the
shortest schedules it found and what differs. A schedule is a list of steps (``stripe_life``).
Several take turns in the same books, whose Stripe behaves one way or the other where nobody knows.
"""

import argparse
import gc
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import compiled_once  # noqa: F401 - from here on, for every engine
from books import Shop, StillTime, new_company, open_shelf
from collecting import SELDOM
from in_process_stripe import InProcessStripe
from stripe_life import DeskTime, Lane, Life, Nothing
from stripe_truth import differences

from billdesk.bootstrap import Books
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.outbox.jobs import Job
from billdesk.core.services.outbox.render_jobs import RenderJobService
from billdesk.sandbox import SandboxClock, SandboxDeclined
from billdesk.sandbox.errors import ApiError

# How many schedules take turns, and how often that is done in the same books.
AT_ONCE = 24
LIVES = 3
# What nobody knows of Stripe: one of these for each set of books.
UNKNOWN: tuple[dict[str, Any], ...] = (
    {},
    {"limit_deactivates": False},
    {"limit_announced": False, "deactivation_expires_sessions": True},
    {"limit_expires_sessions": True, "refund_outcome": "pending"},
    {"limit_deactivates": False, "limit_announced": False, "won_dispute_returns_fee": True},
)
# In which currency Stripe pays out: the company's, or dollars, with tax on its fees.
SETTLED: tuple[dict[str, Any], ...] = (
    {},
    {"currency": "usd", "rates": {"eur": "1.1"}, "fee_tax_percent": "20"},
)

# Which schedule it belongs to, what it does, and two numbers.
Step = tuple[int, str, int, int]
Schedule = tuple[Step, ...]


# How often each step comes, in parts of their sum.
WEIGHTS = {
    "issue": 1, "transfer": 2, "void": 1, "credit": 1, "ask_again": 1, "switch_off": 1,
    "ask_part": 1, "plan": 1, "charge_card": 4, "withdraw_charge": 1, "card_declines": 1,
    "order_refund": 4, "withdraw": 1,
    "work": 2, "look": 3, "restart": 1, "wait": 6, "away": 1, "desk_clock": 2,
    "open_page": 3, "submit": 4, "pay": 6,
    "late_return": 2, "pay_out": 1, "rates": 1,
    "settle": 3, "refund": 4, "fail_refund": 1, "dispute": 2, "close_dispute": 2,
    "events": 4, "fault": 4,
}  # fmt: skip


def drawn(seed: int, lane: int) -> Schedule:
    """The schedule of a seed: an invoice with its link, mostly paid, and whatever comes."""
    chance = random.Random(seed)
    names = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=chance.randint(2, 6))
    first = chance.choice(
        (
            ["pay"],
            ["pay", "look"],
            ["pay", "look", "order_refund"],
            ["pay", "look", "issue", "charge_card", "work"],
            ["pay", "look", "issue", "charge_card", "withdraw_charge"],
            ["open_page", "pay", "submit"],
            [],
        )
    )
    # What goes wrong may begin before the link is made.
    before = [name for name in names[:2] if name in ("events", "fault", "desk_clock")]
    steps = [*before, "issue", "work", *first, *names[len(before) :]]
    return tuple((lane, name, chance.randrange(10_000), chance.randrange(10_000)) for name in steps)


def mixed(seeds: Sequence[int]) -> Schedule:
    """The schedules of the seeds, taking turns."""
    chance = random.Random(seeds[0])
    waiting = [list(drawn(seed, lane)) for lane, seed in enumerate(seeds)]
    steps: list[Step] = []
    while waiting := [lane for lane in waiting if lane]:
        steps.append(chance.choice(waiting).pop(0))
    return tuple(steps)


class Proof:
    """Runs schedules in books of its own, many in the same."""

    def __init__(self, seed: int, unknown: int = 0) -> None:
        self._seed = seed
        self.unknown = unknown
        self._folder = Path(tempfile.mkdtemp(prefix="billdesk-stripe-"))
        self._stack = ExitStack()
        self._life: Life | None = None
        self._lived = 0
        self.counts: Counter[str] = Counter()

    def close(self) -> None:
        self._stack.close()
        shutil.rmtree(self._folder)

    def run(self, schedule: Schedule) -> list[str]:
        """Live through mixed schedules and rest; what differs from Stripe then."""
        if self._life is None or self._lived >= LIVES:
            self._renew()
            self.unknown += 1
        self._lived += 1
        life = self._life
        if life is None:
            raise AssertionError("no books")
        lanes = [Lane() for _ in range(AT_ONCE)]
        life.pass_time(hours=3)
        for number, name, a, b in schedule:
            life.lane = lanes[number]
            self.counts[f"{name} {_attempt(getattr(life, name), a, b)}"] += 1
        try:
            life.rest()
        except AssertionError as restless:
            return [str(restless)]
        wrong = differences(life.shop)
        if not wrong and self._lived >= LIVES:
            wrong = [str(one) for one in life.shop.app.verification.run().violations]
        if wrong:
            self._life = None
        return wrong

    def _renew(self) -> None:
        self._stack.close()
        self._lived = 0
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        present = StillTime()
        desk = DeskTime(present)
        stripe = InProcessStripe(
            clock=SandboxClock(present.seconds), delayed_settle_s=500, seed=self._seed
        )
        self._stack.enter_context(stripe.connected())
        # PDFs are proven elsewhere; drawing and keeping them is a quarter of the time.
        self._stack.enter_context(patch.object(RenderJobService, "run", _leave_undrawn))
        books: Books = open_shelf(folder, desk)
        self._stack.callback(books.close)
        company = new_company(books)
        desks = [Shop.open(books, company, desk, stripe=stripe) for _ in range(2)]
        for shop in desks:
            self._stack.callback(lambda at: at.app.close(), shop)
            # Moving the desk's time moves Stripe's, as far as the shop's own helpers do it.
            shop.time = present
        shop, other = desks
        shop.connect()
        stripe.act("quirks", **UNKNOWN[self.unknown % len(UNKNOWN)])
        stripe.act("settlement", **SETTLED[self.unknown % len(SETTLED)])
        shop.app.settings.save_online_payment(
            OnlinePayment(enabled=True, instant_only=False, saved_cards=True)
        )
        self._life = Life(shop, other, stripe, present, desk, shop.customer())


def _leave_undrawn(service: RenderJobService, job: Job) -> None:
    service._withdraw(job)


def _attempt(step: Callable[[int, int], None], a: int, b: int) -> str:
    try:
        step(a, b)
    except Nothing:
        return "nothing"
    except (UserError, ApiError, SandboxDeclined):
        return "refused"
    return "done"


def shortest(schedule: Schedule, seed: int, unknown: int) -> tuple[Schedule, list[str]]:
    """What is left of it when lanes, then steps are taken out that it fails without as well.

    Each attempt lives in books of its own.
    """

    def outcome(steps: Schedule) -> list[str]:
        proof = Proof(seed, unknown)
        try:
            return proof.run(steps)
        finally:
            proof.close()

    wrong = outcome(schedule)
    if not wrong:
        return schedule, ["only after the schedules before it"]
    for lane in range(AT_ONCE):
        fewer = tuple(step for step in schedule if step[0] != lane)
        if fewer_wrong := outcome(fewer):
            schedule, wrong = fewer, fewer_wrong
    for place in range(len(schedule) - 1, -1, -1):
        fewer = schedule[:place] + schedule[place + 1 :]
        if fewer_wrong := outcome(fewer):
            schedule, wrong = fewer, fewer_wrong
    return schedule, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="go on after a fault")
    options = parser.parse_args()
    gc.set_threshold(*SELDOM)
    proof, failed = Proof(options.seed), 0
    done = 0
    while done < options.schedules:
        seeds = [options.seed * 1_000_000 + done + lane for lane in range(AT_ONCE)]
        done += AT_ONCE
        wrong = proof.run(mixed(seeds))
        if wrong:
            failed += 1
            unknown = proof.unknown - 1
            steps, told = shortest(mixed(seeds), options.seed, unknown)
            lines = [
                f"schedules from {seeds[0]}, {UNKNOWN[unknown % len(UNKNOWN)]}: {wrong}",
                *(f"  {step}" for step in steps),
                f"  {told}",
            ]
            sys.stderr.write("\n".join(lines) + "\n")
            sys.stderr.flush()
            if not options.all:
                break
    proof.close()
    sys.stdout.write(json.dumps({"schedules": done, "failed": failed, **proof.counts}) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
