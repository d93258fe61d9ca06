"""A BillDesk that dies (SIGKILL) at the n-th step of the journey and is started again.

Started once as ``python mortal_desk.py``; reads one order (JSON) a line, forks a process that
lives through the journey, and answers with a line when that process has ended. Forking keeps a
life cheap: everything is imported and compiled once.

A step is a commit or an effect on the outside that has just happened; what comes after it is lost
with the process. Dying before a commit leaves what the step before it left.
"""

import json
import os
import signal
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import compiled_once  # noqa: F401 - each life opens engines of its own
from books import Shop, StillTime, open_shelf

from billdesk.core.db.archive import FileArchive
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork
from billdesk.core.gateways.mail.smtp import SmtpGateway
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
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
        request = urllib.request.Request(
            f"{self.url}/_sim/advance",
            json.dumps({"seconds": seconds}).encode(),
            {"X-Sandbox-Token": self._token},
        )
        with self._open(request, timeout=10) as answer:
            answer.read()


class Fate:
    """Counts steps, writes them down and kills the process after the chosen one."""

    def __init__(self, diary: Path, last: int) -> None:
        self._diary = diary
        self._last = last
        self._count = 0

    def step(self, name: str) -> None:
        """A step has happened."""
        self._count += 1
        with self._diary.open("a") as diary:
            diary.write(f"{name}\n")
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, kind: type, method: str) -> None:
        """Count each call of ``kind.method`` once it has returned."""
        original: Callable[..., Any] = getattr(kind, method)

        @wraps(original)
        def counted(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self.step(f"{kind.__name__}.{method}")
            return result

        setattr(kind, method, counted)

    def after_commits(self) -> None:
        """Count each commit."""
        original = UnitOfWork.write

        @contextmanager
        def counted(uow: UnitOfWork, **kwargs: Any) -> Iterator[Transaction]:
            with original(uow, **kwargs) as tx:
                yield tx
            self.step(f"commit in {sys._getframe(2).f_code.co_name}")

        UnitOfWork.write = counted  # type: ignore[method-assign]  # the point of this module


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


def live(order: dict[str, Any]) -> None:
    """One life: act and let everything run until nothing moves, or until it is time to die."""
    fate = Fate(Path(order["diary"]), order["last_step"])
    fate.after_commits()
    fate.after(FileArchive, "put")
    fate.after(SmtpGateway, "send")
    for method in ("create_payment_link", "deactivate_payment_link", "expire_session"):
        fate.after(SdkStripeGateway, method)
    act_out(order, fate)


def act_out(order: dict[str, Any], fate: Fate) -> None:
    """What a life is filled with."""
    time = StillTime(datetime.fromisoformat(order["now"]))
    books = open_shelf(Path(order["folder"]), time)
    stripe = RemoteStripe(order["stripe"], order["token"])
    shop = Shop.open(books, COMPANY, time, stripe=stripe)  # type: ignore[arg-type]  # has its url
    books.secrets.set(*shop.key_entry(), order["key"])
    owner = Owner(shop, stripe, fate)
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
            live(json.loads(text))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        answer("killed" if os.WIFSIGNALED(status) else f"exit {os.waitstatus_to_exitcode(status)}")


def answer(ended: str) -> None:
    """Say how a life ended."""
    sys.stdout.write(ended + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
