"""A BillDesk that dies (SIGKILL) at the n-th step of the journey and is started again.

Started once as ``python mortal_desk.py``; reads one order (JSON) a line, forks a process that
lives through the journey, and answers with a line when that process has ended. Forking keeps a
life cheap: everything is imported and compiled once.

A step is a commit or an effect on the outside that has just happened; what comes after it is lost
with the process. Dying before a commit leaves what the step before it left.
"""

import json
import os
import random
import signal
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from threading import Timer
from typing import Any

import compiled_once  # noqa: F401 - each life opens engines of its own
from books import Shop, StillTime, open_shelf
from sqlalchemy import Engine, event

from billdesk.core.db.archive import FileArchive
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.mail.smtp import SmtpGateway
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.core.services.payments import RefundOrder
from billdesk.core.services.stripe.cards import ChargeInput
from billdesk.sandbox import SandboxLinkInactive, visitor

COMPANY = 1
ROUNDS = 12


class RemoteStripe:
    """The sandbox of another process."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._token = token
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def advance(self, seconds: float) -> None:
        """Move its clock."""
        self.act("advance", seconds=seconds)

    def act(self, name: str, **given: Any) -> None:
        """Cause something there."""
        self._ask(name, json.dumps(given).encode())

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """What it has of a kind, oldest first."""
        found: list[dict[str, Any]] = json.loads(self._ask("state", None))[kind]
        return found

    def _ask(self, name: str, body: bytes | None) -> bytes:
        token = {"X-Sandbox-Token": self._token}
        request = urllib.request.Request(f"{self.url}/_sim/{name}", body, token)
        with self._open(request, timeout=10) as answer:
            return bytes(answer.read())


class Fate:
    """Counts steps, writes them down and kills the process after the chosen one."""

    def __init__(self, diary: Path, last: int) -> None:
        self._diary = diary
        self._last = last
        self._count = 0
        # Until then nothing is counted: what came before is another journey's business.
        self.begun = True

    def step(self, name: str) -> None:
        """A step has happened."""
        if self._is_last(name):
            _die()

    def within(self, name: str, *, at_most_s: float, prepare: Callable[[], None]) -> None:
        """A step begins: to die in the middle of it, some moment after ``prepare``."""
        if self._is_last(name):
            prepare()
            Timer(random.random() * at_most_s, _die).start()

    def _is_last(self, name: str) -> bool:
        if not self.begun:
            return False
        self._count += 1
        with self._diary.open("a") as diary:
            diary.write(f"{name}\n")
        return self._count == self._last

    def after(self, kind: type, method: str) -> None:
        """Count each call of ``kind.method`` once it has returned."""
        original: Callable[..., Any] = getattr(kind, method)

        @wraps(original)
        def counted(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self.step(f"{kind.__name__}.{method}")
            return result

        setattr(kind, method, counted)

    def around_call(self, method: str, path: str, stripe: RemoteStripe) -> None:
        """Count before, within and after each call of the gateway's ``method``.

        Within it Stripe takes its time: it acts when the one who asked is dead already.
        """
        original: Callable[..., Any] = getattr(SdkStripeGateway, method)

        def prepare() -> None:
            stripe.act("faults", method="*", path=path, status=200, delay_s=0.2, when="before")

        @wraps(original)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step(f"before {method}")
            self.within(f"within {method}", at_most_s=0.15, prepare=prepare)
            result = original(*args, **kwargs)
            self.step(f"after {method}")
            return result

        setattr(SdkStripeGateway, method, counted)

    def around_commits(self) -> None:
        """Count before, within and after each commit."""
        self.after_commits()

        @event.listens_for(Engine, "commit")
        def commits(_connection: object) -> None:
            self.step("before commit")
            self.within("within commit", at_most_s=0.002, prepare=lambda: None)

    def after_commits(self) -> None:
        """Count each commit."""
        original = UnitOfWork.write

        @contextmanager
        def counted(uow: UnitOfWork, **kwargs: Any) -> Iterator[Transaction]:
            with original(uow, **kwargs) as tx:
                yield tx
            self.step(f"commit in {sys._getframe(2).f_code.co_name}")

        UnitOfWork.write = counted  # type: ignore[method-assign]  # the point of this module


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Owner:
    """Takes the next step of the journey that has not been taken yet, whatever happened before."""

    def __init__(self, shop: Shop, stripe: RemoteStripe, fate: Fate) -> None:
        self._shop = shop
        self._stripe = stripe
        self._fate = fate

    def act(self) -> None:
        """Write, issue, send; later record a part received by bank; let the customer pay."""
        shop, app = self._shop, self._shop.app
        if not shop.rows("SELECT id FROM document"):
            customers = shop.rows("SELECT id FROM customer")
            customer = customers[0].id if customers else shop.customer()
            app.invoices.create(shop.draft(customer_id=customer, online_payment=True))
        document = shop.one("SELECT id, version, issued_at FROM document")
        if document.issued_at is None:
            app.invoices.issue(document.id, document.version)
        if not shop.rows("SELECT id FROM mail"):
            app.mail.send(document.id, app.mail.draft_for(document.id), delay_s=0)
        links = shop.links(document.id)
        if links[-1].state != "active":
            return
        if links[-1].revision == 1:
            shop.receive(document.id, 4_000)
            return
        try:
            visitor.pay(links[-1].url, card="4242424242424242", email="a@example.com")
        except SandboxLinkInactive:
            # Paid in an earlier life.
            return
        self._fate.step("customer paid")


class MoneyBack(Owner):
    """Two invoices paid online; one is paid back in part, of the other the bank takes the money."""

    def act(self) -> None:
        """Take the next step; what comes before the refund is not counted."""
        shop, app = self._shop, self._shop.app
        for _ in range(2 - len(shop.rows("SELECT id FROM document WHERE kind = 'invoice'"))):
            customers = shop.rows("SELECT id FROM customer")
            customer = customers[0].id if customers else shop.customer()
            shop.issued(customer_id=customer, online_payment=True)
        arrived = shop.rows("SELECT * FROM payment WHERE charge IS NOT NULL ORDER BY document_id")
        if len(arrived) < 2:
            for link in shop.rows("SELECT url FROM payment_link WHERE state = 'active'"):
                visitor.pay(link.url, card="4242424242424242", email="a@example.com")
            return
        self._fate.begun = True
        first, second = arrived
        if not shop.rows("SELECT id FROM refund"):
            app.refund_orders.order(RefundOrder(first.id, 4_000, text="Less work"))
            return
        disputes = self._stripe.objects("disputes")
        if not disputes:
            self._stripe.act("dispute", payment_intent=second.payment_intent)
        elif disputes[0]["status"] == "needs_response" and second.state == "disputed":
            self._stripe.act("dispute/close", dispute=disputes[0]["id"], won=True)


class CardCharge(Owner):
    """An invoice paid by a card that is saved; with it another one is paid, whose link is on."""

    def act(self) -> None:
        """Take the next step; what comes before the charge is not counted."""
        shop, app = self._shop, self._shop.app
        documents = shop.rows("SELECT id, customer_id FROM document ORDER BY id")
        if not documents:
            app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
            shop.issued(customer_id=shop.customer(), online_payment=True)
            return
        cards = shop.rows("SELECT id FROM saved_card")
        if not cards:
            for link in shop.rows("SELECT url FROM payment_link WHERE state = 'active'"):
                visitor.pay(link.url, card="4242424242424242", email="a@example.com")
            return
        if len(documents) == 1:
            shop.issued("60", customer_id=documents[0].customer_id, online_payment=True)
            return
        second = documents[1].id
        if not self._fate.begun and shop.links(second)[-1].state != "active":
            return
        self._fate.begun = True
        if not shop.rows("SELECT id FROM stripe_order"):
            app.cards.charge(ChargeInput(second, cards[0].id, None))


# Of each journey its owner, each call at Stripe that it needs, and the call's path.
JOURNEYS: dict[str, tuple[type[Owner], dict[str, str]]] = {
    "money_back": (
        MoneyBack,
        {
            "list_events": "/v1/events",
            "fetch_payment": "/v1/(payment_intents|charges)",
            "refunds_of": "/v1/refunds",
            "create_refund": "/v1/refunds",
        },
    ),
    "card_charge": (
        CardCharge,
        {
            "fetch_payment": "/v1/(payment_intents|charges)",
            "deactivate_payment_link": "/v1/payment_links",
            "intents_of_customer": "/v1/payment_intents",
            "charge_card": "/v1/payment_intents",
        },
    ),
}


def live(order: dict[str, Any]) -> None:
    """One life: act and let everything run until nothing moves, or until it is time to die."""
    fate = Fate(Path(order["diary"]), order["last_step"])
    fate.after_commits()
    fate.after(FileArchive, "put")
    fate.after(SmtpGateway, "send")
    for method in ("create_payment_link", "deactivate_payment_link", "expire_session"):
        fate.after(SdkStripeGateway, method)
    act_out(order, fate)


def live_through(order: dict[str, Any], owner_kind: type[Owner], calls: dict[str, str]) -> None:
    """One life of which death comes before, within and after each of its calls and commits."""
    fate = Fate(Path(order["diary"]), order["last_step"])
    fate.begun = False
    stripe = RemoteStripe(order["stripe"], order["token"])
    for method, path in calls.items():
        fate.around_call(method, path, stripe)
    fate.around_commits()
    act_out(order, fate, owner_kind)


def act_out(order: dict[str, Any], fate: Fate, owner_kind: type[Owner] = Owner) -> None:
    """What a life is filled with."""
    time = StillTime(datetime.fromisoformat(order["now"]))
    books = open_shelf(Path(order["folder"]), time)
    stripe = RemoteStripe(order["stripe"], order["token"])
    shop = Shop.open(books, COMPANY, time, stripe=stripe)  # type: ignore[arg-type]  # has its url
    books.secrets.set(*shop.key_entry(), order["key"])
    owner = owner_kind(shop, stripe, fate)
    for _ in range(ROUNDS):
        owner.act()
        worked = shop.work()
        result = shop.poll()
        if not (worked or result.applied or result.skipped):
            break
        time.advance(minutes=3)
        stripe.advance(180)
    shop.app.close()
    books.close()


def serve() -> None:
    """Fork a life for each order.

    The first is acted out right here, where nobody dies: what it loads and compiles, fonts,
    mapped tables, statements, every life after it has from the start.
    """
    first = json.loads(sys.stdin.readline())
    act_out(first, Fate(Path(first["diary"]), first["last_step"]))
    answer("exit 0")
    for text in sys.stdin:
        child = os.fork()
        if child == 0:
            order = json.loads(text)
            if order["journey"] in JOURNEYS:
                live_through(order, *JOURNEYS[order["journey"]])
            else:
                live(order)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        answer("killed" if os.WIFSIGNALED(status) else f"exit {os.waitstatus_to_exitcode(status)}")


def answer(ended: str) -> None:
    """Say how a life ended."""
    sys.stdout.write(ended + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
