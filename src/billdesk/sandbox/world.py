"""A Stripe account in test mode without any network: its API, and what happens around it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from billdesk.sandbox.account import Account
from billdesk.sandbox.acts import ACTS, dump
from billdesk.sandbox.clock import SandboxClock
from billdesk.sandbox.errors import Json
from billdesk.sandbox.exchange import StripeExchange, Watcher
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.ids import IdSource
from billdesk.sandbox.simulation import Simulation

# A well-formed restricted test key that opens nothing anywhere but here.
PRACTICE_KEY = "rk_test_BillDeskPracticeCompany0000"


class StripeWorld:
    """The simulation with its API (``exchange``) and short words for what may happen in it.

    ``api_version`` is the account's default, deliberately older than the one clients pin: events
    are written in it. ``settle_delay_s`` and ``delayed_settle_s`` (a bank debit's time in flight)
    run on the sandbox clock. With a ``seed`` every id and every late event is the same again.
    ``on_exchange`` is called for every API exchange and must not raise.
    """

    def __init__(
        self,
        *,
        merchant: str = "Practice company",
        state_file: Path | None = None,
        api_version: str = "2024-06-20",
        settle_delay_s: int = 2,
        delayed_settle_s: int = 60,
        pays_out_daily: bool = False,
        clock: SandboxClock | None = None,
        seed: int | None = None,
        on_exchange: Watcher | None = None,
    ) -> None:
        account = Account(
            merchant=merchant,
            clock=clock or SandboxClock(),
            api_version=api_version,
            settle_delay_s=settle_delay_s,
            delayed_settle_s=delayed_settle_s,
            pays_out_daily=pays_out_daily,
            ids=IdSource(seed),
        )
        self.simulation = Simulation(account, state_file)
        self.exchange = StripeExchange(self.simulation, on_exchange)

    @property
    def url(self) -> str:
        """The base address of the API, ``http://127.0.0.1:PORT``."""
        return self.simulation.account.base_url

    @property
    def api_key(self) -> str:
        return PRACTICE_KEY

    def now(self) -> int:
        """The sandbox clock, in seconds."""
        return self.simulation.account.clock.now()

    def state(self) -> Json:
        """A copy of everything: payment_links, sessions, payment_intents, charges, events, ..."""
        with self.simulation.running() as account:
            return dump(account)

    def act(self, name: str, *, account: str | None = None, **given: Any) -> Any:
        """Do one of ``ACTS``, on the account with this id when it is not the company's.

        Returns a copy of what the act changed.
        Raises ApiError where Stripe would refuse, KeyError for an act or account unknown.
        """
        with self.simulation.running() as own:
            acting = own
            if account is not None:
                acting = {one.account_id: one for one in self.simulation.accounts}[account]
            return json.loads(json.dumps(ACTS[name](acting, given)))

    def advance(self, seconds: float) -> None:
        """Move the sandbox clock forward and let what is due by then happen."""
        with self.simulation.running() as account:
            account.clock.advance(seconds)
            account.store.plans_changed = True
        with self.simulation.running():
            pass

    def refund(self, payment_intent: str, amount: int | None = None) -> str:
        """Refund in the Dashboard, all that is left or ``amount`` (minor units); returns its id."""
        part: Json = {} if amount is None else {"amount": amount}
        refund_id: str = self.act("refund", payment_intent=payment_intent, **part)["id"]
        return refund_id

    def settle(self, payment_intent: str, *, succeed: bool = True) -> None:
        """End a pending bank debit now, one way or the other."""
        self.act("settle", payment_intent=payment_intent, succeed=succeed)

    def fail_next(self, fault: Fault) -> None:
        """Plan a failure for the next API requests that match."""
        self.simulation.plan(fault)

    def hold_events(self, *, delay_s: float = 0.0, copies: int = 1, drop: int = 0) -> None:
        """How events reach the list from now on: late, more than once, or not at all."""
        self.act("events", delay_s=delay_s, copies=copies, drop=drop)

    def make_key(self, permissions: Sequence[str] | None) -> str:
        """A key made in the Dashboard that may only do what these slugs allow (None: all)."""
        with self.simulation.running() as account:
            key = f"rk_test_{account.ids.new('x')[2:]}"
        granted = None if permissions is None else list(permissions)
        self.act("key", key=key, permissions=granted)
        return key

    def open_account(self, merchant: str) -> str:
        """Another Stripe account at the same address; returns a key that opens it."""
        with self.simulation.running() as own:
            account = Account(
                merchant=merchant,
                clock=own.clock,
                api_version=own.api_version,
                settle_delay_s=own.settle_delay_s,
                delayed_settle_s=own.delayed_settle_s,
                account_id=own.ids.new("acct"),
                pays_out_daily=own.pays_out_daily,
                ids=own.ids,
            )
            key = f"rk_test_{own.ids.new('x')[2:]}"
            self.simulation.open_account(account, key)
        return key
