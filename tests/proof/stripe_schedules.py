"""Random lives of invoices with payment links, under every fault, until the books are quiet.

As a program: ``stripe_schedules.py --schedules N --seed S`` prints JSON counts, or fails with the
shortest schedules it found and what differs. A schedule is a list of steps with two numbers each;
which of its links or payments a step is about is chosen among what is there. Several schedules
take turns in the same books, whose Stripe behaves one way or the other where nobody knows it.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import compiled_once  # noqa: F401 - from here on, for every engine
from books import Shop, StillTime, new_company, open_shelf
from in_process_stripe import InProcessStripe
from stripe_truth import differences

from billdesk.bootstrap import Books, open_application
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.documents.credit_notes import CreditInput
from billdesk.sandbox import Fault, SandboxClock, SandboxDeclined
from billdesk.sandbox.errors import ApiError
from billdesk.sandbox.event_policy import EventPolicy

VISA, DECLINED, DISPUTED_LATER = "4242424242424242", "4000000000000002", "4000000000000259"
DEBIT, RETURNED = "AT611904300234573201", "AT861904300235473202"
CARDS = (VISA, VISA, VISA, DECLINED, DEBIT, DEBIT, RETURNED, DISPUTED_LATER)
# How many schedules take turns, and how often that is done in the same books.
AT_ONCE = 8
LIVES = 6
# What nobody knows of Stripe: one of these for each set of books.
UNKNOWN: tuple[dict[str, Any], ...] = (
    {},
    {"limit_deactivates": False},
    {"limit_announced": False, "deactivation_expires_sessions": True},
    {"limit_expires_sessions": True, "refund_outcome": "pending"},
    {"limit_deactivates": False, "limit_announced": False, "won_dispute_returns_fee": True},
)
LATEST_EVENT_S = 900.0
_REST_ROUNDS = 20

# Which schedule it belongs to, what it does, and two numbers.
Step = tuple[int, str, int, int]
Schedule = tuple[Step, ...]


class DeskTime(StillTime):
    """The desk's clock: Stripe's present, but for how far it is wrong."""

    def __init__(self, present: StillTime) -> None:
        super().__init__()
        self.present = present
        self.wrong = timedelta()

    def now(self) -> datetime:
        return self.present.at + self.wrong

    def today(self) -> Any:
        return self.now().date()


@dataclass
class Lane:
    """What belongs to one schedule: its documents and its customers' open pages."""

    documents: list[int] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


@dataclass
class Life:
    """Books with two desks and their Stripe, and what a schedule can do to them."""

    shop: Shop
    other: Shop
    stripe: InProcessStripe
    time: StillTime
    desk: DeskTime
    customer: int
    lane: Lane = field(default_factory=Lane)

    # -- the owner ---------------------------------------------------------------------------

    def issue(self, a: int, b: int) -> None:
        price = str((100 + a * 37 + b) / 100)
        issued = self.shop.issued(price, customer_id=self.customer, online_payment=True)
        self.lane.documents.append(issued.document_id)

    def transfer(self, a: int, b: int) -> None:
        document = self._document(a)
        minor = document.open_minor if b % 2 else document.open_minor * (1 + b % 90) // 100
        self.shop.receive(document.id, minor)

    def void(self, a: int, b: int) -> None:
        self.shop.app.invoices.void(self._document(a).id, "Mistake")

    def credit(self, a: int, b: int) -> None:
        self.shop.app.credit_notes.credit(CreditInput(self._document(a).id))

    def ask_again(self, a: int, b: int) -> None:
        self.shop.app.links.request(self._document(a).id)

    def switch_off(self, a: int, b: int) -> None:
        self.shop.app.links.switch_off(self._document(a).id)

    # -- the desk ----------------------------------------------------------------------------

    def work(self, a: int, b: int) -> None:
        self._desk(a).work()

    def look(self, a: int, b: int) -> None:
        self._desk(a).poll(deep=b % 10 == 0)

    def restart(self, a: int, b: int) -> None:
        """A desk's program ends and is started again."""
        shop = self._desk(a)
        shop.app.close()
        shop.app = open_application(shop.books, shop.app.company_id, stripe_url=self.stripe.url)

    def wait(self, a: int, b: int) -> None:
        self._pass(seconds=(1, 7, 30, 90, 400, 1_000, 4_000, 90_000)[a % 8])

    def desk_clock(self, a: int, b: int) -> None:
        self.desk.wrong = timedelta(seconds=(0, 90, -90, 900, -900, 3_000, -3_000)[a % 7])

    # -- the customer ------------------------------------------------------------------------

    def open_page(self, a: int, b: int) -> None:
        self.lane.pages.append(self.stripe.open_page(self._link(a)))

    def submit(self, a: int, b: int) -> None:
        self.stripe.submit(_pick(self.lane.pages, a), _pick(CARDS, b))

    def pay(self, a: int, b: int) -> None:
        self.stripe.pay(self._link(a), card=_pick(CARDS, b))

    # -- Stripe and the banks ----------------------------------------------------------------

    def settle(self, a: int, b: int) -> None:
        self.stripe.settle(self._intent(a, "processing"), succeed=b % 3 != 0)

    def refund(self, a: int, b: int) -> None:
        intent = self._intent(a, "succeeded")
        whole = self._objects("payment_intent")[intent]["amount"]
        self.stripe.refund(intent, None if b % 3 == 0 else max(1, whole * (b % 100) // 100))

    def fail_refund(self, a: int, b: int) -> None:
        self.stripe.act("refund/fail", refund=_pick(list(self._objects("refund")), a))

    def dispute(self, a: int, b: int) -> None:
        kind: dict[str, Any] = (
            {},
            {"status": "warning_needs_response"},
            {"moves": False},
            {"amount": 60, "reason": "duplicate"},
        )[b % 4]
        self.stripe.act("dispute", payment_intent=self._intent(a, "succeeded"), **kind)

    def close_dispute(self, a: int, b: int) -> None:
        dispute = _pick(list(self._objects("dispute").values()), a)
        inquiry = dispute["status"].startswith("warning_")
        after = ("needs_response", "warning_closed") if inquiry else ("won", "lost", "under_review")
        self.stripe.act(
            "dispute/change", dispute=dispute["id"], status=_pick(after, b), moves=b % 7 != 0
        )

    # -- what goes wrong ---------------------------------------------------------------------

    def events(self, a: int, b: int) -> None:
        policy = (
            {"late_share": 0.5, "late_up_to_s": LATEST_EVENT_S},
            {"late_share": 1.0, "late_up_to_s": LATEST_EVENT_S},
            {"copies": 2},
            {"jitter_s": 20},
            {"relist": True},
            {},
        )[a % 6]
        self.stripe.act("events", **{**EventPolicy().__dict__, **policy})

    def fault(self, a: int, b: int) -> None:
        status = (500, 502, 503, 429, 409, None, 200, 200)[a % 8]
        where = (".*", "/v1/payment_links", "/v1/events", "/v1/checkout", "/v1/payment_intents")
        self.stripe.fail_next(
            Fault(
                "*",
                where[b % 5],
                status=status,
                times=1 + b % 4,
                when="after" if b % 2 else "before",
                damage=("none", "html", "none", "none", "none", "none", "truncated", "broken")[
                    a % 8
                ],
                delay_s=60.0 if b % 7 == 0 else 0.0,
            )
        )

    # -- until all is quiet ------------------------------------------------------------------

    def rest(self) -> None:
        """Everything is put right and runs until nothing is left to do."""
        self.stripe.simulation.clear_faults()
        self.stripe.act("events", **EventPolicy().__dict__)
        self.desk.wrong = timedelta()
        # A look that goes past what is late; then it becomes visible while the overlap reaches it.
        self._pass(seconds=30)
        self.shop.poll()
        store = self.stripe.simulation.account.store
        for refund in list(store.oldest_first("refund")):
            if refund["status"] == "pending":
                self.stripe.act("refund/change", refund=refund["id"], status="succeeded")
        self._pass(seconds=LATEST_EVENT_S + 60)
        self.shop.poll()
        self.shop.settle_down(_REST_ROUNDS)

    def _desk(self, a: int) -> Shop:
        return self.other if a % 4 == 0 else self.shop

    def _pass(self, **by: float) -> None:
        self.time.advance(**by)
        self.stripe.advance(0)

    def _document(self, a: int) -> Any:
        return self.shop.document(_pick(self.lane.documents, a))

    def _link(self, a: int) -> str:
        urls = [
            row.url
            for document in self.lane.documents
            for row in self.shop.links(document)
            if row.url is not None
        ]
        return _pick(urls, a)

    def _intent(self, a: int, status: str) -> str:
        found = self._objects("payment_intent").items()
        return _pick([key for key, intent in found if intent["status"] == status], a)

    def _objects(self, kind: str) -> dict[str, Any]:
        """Objects of this schedule alone: of links to its own documents."""
        store = self.stripe.simulation.account.store
        uids = {self.shop.document(document).uid for document in self.lane.documents}
        own = {
            intent["id"]
            for intent in store.oldest_first("payment_intent")
            if intent["metadata"].get("invoice") in uids
        }
        return {
            item["id"]: item
            for item in store.oldest_first(kind)
            if (item["id"] if kind == "payment_intent" else item["payment_intent"]) in own
        }


class Nothing(Exception):
    """There is nothing such a step could be about."""


def _pick(things: Any, number: int) -> Any:
    if not things:
        raise Nothing
    return things[number % len(things)]


# How often each step comes, in parts of their sum.
WEIGHTS = {
    "issue": 1, "transfer": 2, "void": 1, "credit": 1, "ask_again": 1, "switch_off": 1,
    "work": 3, "look": 3, "restart": 1, "wait": 6, "desk_clock": 2,
    "open_page": 3, "submit": 4, "pay": 6,
    "settle": 3, "refund": 4, "fail_refund": 1, "dispute": 2, "close_dispute": 2,
    "events": 4, "fault": 4,
}  # fmt: skip


def drawn(seed: int, lane: int) -> Schedule:
    """The schedule of a seed: an invoice with its link, mostly paid, and whatever comes."""
    chance = random.Random(seed)
    names = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=chance.randint(3, 11))
    first = chance.choice((["pay"], ["pay", "look"], ["open_page", "pay", "submit"], []))
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
        life._pass(hours=3)
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
        # What the PDFs look like is proven elsewhere, and drawing them is a fifth of the time.
        drawn = patch("billdesk.core.documents.invoice_pdf.render_invoice", return_value=b"%PDF-")
        self._stack.enter_context(drawn)
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
        shop.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
        self._life = Life(shop, other, stripe, present, desk, shop.customer())


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
