"""What can happen to a company's books and its Stripe: the owner, desks, customers, banks, faults.

Every step takes two numbers; which link or payment it is about is chosen among what is there.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from books import Shop, StillTime
from in_process_stripe import InProcessStripe

from billdesk.bootstrap import open_application
from billdesk.core.domain.instalments import Instalment
from billdesk.core.services.documents.credit_notes import CreditInput
from billdesk.core.services.payments import RefundOrder
from billdesk.core.services.payments.refund_orders import ORDERABLE
from billdesk.core.services.stripe.cards import ChargeInput
from billdesk.sandbox import Fault
from billdesk.sandbox.event_policy import EventPolicy

VISA, DECLINED, DISPUTED_LATER = "4242424242424242", "4000000000000002", "4000000000000259"
# Its bank asks for its owner whenever it is charged.
ASKS = "4000002760003184"
DEBIT, RETURNED = "AT611904300234573201", "AT861904300235473202"
CARDS = (VISA, VISA, VISA, ASKS, DECLINED, DEBIT, DEBIT, RETURNED, DISPUTED_LATER)
LATEST_EVENT_S = 900.0
_REST_ROUNDS = 20


class DeskTime(StillTime):
    """The desk's clock: Stripe's present, but for how far it is wrong."""

    def __init__(self, present: StillTime) -> None:
        super().__init__()
        self.present = present
        self.wrong = timedelta()

    def now(self) -> datetime:
        return self.present.at + self.wrong

    def today(self) -> date:
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

    def ask_part(self, a: int, b: int) -> None:
        document = self._document(a)
        self.shop.app.links.request(document.id, document.open_minor * (1 + b % 99) // 100)

    def plan(self, a: int, b: int) -> None:
        """Two parts, the second a day later."""
        document = self._document(a)
        first = max(1, document.open_minor * (1 + b % 99) // 100)
        today = self.shop.app.today()
        parts = (
            Instalment(today, first),
            Instalment(today + timedelta(days=1), document.open_minor - first),
        )
        self.shop.app.instalments.plan(document.id, parts)

    def charge_card(self, a: int, b: int) -> None:
        """Charge a card that was left with any payment of the customer."""
        document = self._document(a)
        card = _pick(self.shop.rows("SELECT id FROM saved_card ORDER BY id"), b)
        part = max(1, document.open_minor * (b % 100) // 100) if b % 3 == 0 else None
        self.shop.app.cards.charge(ChargeInput(document.id, card.id, part))

    def withdraw_charge(self, a: int, b: int) -> None:
        self.shop.app.cards.withdraw(self._document(a).id)

    def switch_off(self, a: int, b: int) -> None:
        self.shop.app.links.switch_off(self._document(a).id)

    def order_refund(self, a: int, b: int) -> None:
        """Pay back through Stripe, whatever it shall mean."""
        payment = _pick(
            [
                row
                for document in self.lane.documents
                for row in self.shop.rows(
                    "SELECT id, amount_minor FROM payment WHERE document_id = :d"
                    " AND payment_intent IS NOT NULL ORDER BY id",
                    d=document,
                )
            ],
            a,
        )
        minor = payment.amount_minor * (100 if b % 3 == 0 else 1 + b % 99) // 100
        meaning = _pick(ORDERABLE, b // 3)
        self.shop.app.refund_orders.order(RefundOrder(payment.id, max(1, minor), meaning))

    def withdraw(self, a: int, b: int) -> None:
        """The owner thinks better of a refund, sent or not."""
        refund = _pick(self.shop.rows("SELECT id FROM refund WHERE order_id IS NOT NULL"), a)
        self.shop.app.refund_orders.take_back(refund.id)

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
        self.pass_time(seconds=(1, 7, 30, 90, 400, 1_000, 4_000, 90_000)[a % 8])

    def away(self, a: int, b: int) -> None:
        """Nobody looks for longer than a day, a week, what Stripe keeps events for."""
        self.pass_time(days=(2, 9, 29, 45)[a % 4])

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

    def card_declines(self, a: int, b: int) -> None:
        """A saved card is declined from now on, or no longer."""
        card = _pick(self.shop.rows("SELECT payment_method FROM saved_card ORDER BY id"), a)
        self.stripe.act("card", payment_method=card.payment_method, declines=b % 2 == 0)

    def settle(self, a: int, b: int) -> None:
        self.stripe.settle(self._intent(a, "processing"), succeed=b % 3 != 0)

    def refund(self, a: int, b: int) -> None:
        intent = self._intent(a, "succeeded")
        whole = self._objects("payment_intent")[intent]["amount"]
        self.stripe.refund(intent, None if b % 3 == 0 else max(1, whole * (b % 100) // 100))

    def fail_refund(self, a: int, b: int) -> None:
        self.stripe.act("refund/fail", refund=_pick(self._recent("refund"), a)["id"])

    def dispute(self, a: int, b: int) -> None:
        kind: dict[str, Any] = (
            {},
            {"status": "warning_needs_response"},
            {"moves": False},
            {"amount": 60, "reason": "duplicate"},
        )[b % 4]
        self.stripe.act("dispute", payment_intent=self._intent(a, "succeeded"), **kind)

    def close_dispute(self, a: int, b: int) -> None:
        dispute = _pick(self._recent("dispute"), a)
        inquiry = dispute["status"].startswith("warning_")
        after = ("needs_response", "warning_closed") if inquiry else ("won", "lost", "under_review")
        self.stripe.act(
            "dispute/change", dispute=dispute["id"], status=_pick(after, b), moves=b % 7 != 0
        )

    def late_return(self, a: int, b: int) -> None:
        """A bank takes back what had arrived."""
        self.stripe.act("debit/return", payment_intent=self._intent(a, "succeeded"))

    def pay_out(self, a: int, b: int) -> None:
        """Of all schedules' money; now and then the bank sends it back."""
        made = self.stripe.act("payout")["payouts"]
        if made and b % 4 == 0:
            self.stripe.act("payout/fail", payout=made[a % len(made)]["id"])

    def rates(self, a: int, b: int) -> None:
        """What a euro is worth where the account is settled in another currency."""
        self.stripe.act("settlement", rates={"eur": str((80 + a % 60) / 100)})

    # -- what goes wrong ---------------------------------------------------------------------

    def events(self, a: int, b: int) -> None:
        policy = (
            {"late_share": 0.5, "late_up_to_s": LATEST_EVENT_S},
            {"late_share": 1.0, "late_up_to_s": LATEST_EVENT_S},
            {"copies": 2},
            {"jitter_s": 20},
            {"relist": True},
            {"lose_types": ["*"]},
            {"lose_types": [("checkout.*", "payment_intent.*", "charge.*", "refund.*")[b % 4]]},
            {"lose_every": 2 + b % 3},
            {"drop": 1 + b % 9},
            {},
        )[a % 10]
        self.stripe.act("events", **{**EventPolicy().__dict__, **policy})

    def fault(self, a: int, b: int) -> None:
        status = (500, 502, 503, 429, 409, None, 200, 200)[a % 8]
        where = (
            ".*",
            "/v1/payment_links",
            "/v1/events",
            "/v1/checkout",
            "/v1/payment_intents",
            "/v1/refunds",
        )
        self.stripe.fail_next(
            Fault(
                "*",
                where[b % 6],
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
        self.pass_time(seconds=30)
        self.shop.poll()
        # What was ordered and not sent yet is with Stripe before its refunds come to their end.
        while self.shop.rows("SELECT id FROM stripe_order WHERE state IN ('queued', 'sent')"):
            self.pass_time(minutes=6)
            self.shop.work()
        store = self.stripe.simulation.account.store
        for refund in list(store.oldest_first("refund")):
            if refund["status"] == "pending":
                self.stripe.act("refund/change", refund=refund["id"], status="succeeded")
        self.pass_time(seconds=LATEST_EVENT_S + 60)
        self.shop.poll()
        self.shop.settle_down(_REST_ROUNDS)
        # What no event told, the lists of the next day tell; the balance is read once a day.
        self.pass_time(hours=25)
        self.shop.poll()
        self.shop.settle_down(_REST_ROUNDS)

    def _desk(self, a: int) -> Shop:
        return self.other if a % 4 == 0 else self.shop

    def pass_time(self, **by: float) -> None:
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

    def _recent(self, kind: str) -> list[Any]:
        """Those that may still change: banks take about a month, open disputes longer."""
        since = self.time.seconds() - 30 * 86_400
        return [
            one
            for one in self._objects(kind).values()
            if one["created"] >= since or one["status"] == "needs_response"
        ]


class Nothing(Exception):
    """There is nothing such a step could be about."""


def _pick(things: Any, number: int) -> Any:
    if not things:
        raise Nothing
    return things[number % len(things)]
