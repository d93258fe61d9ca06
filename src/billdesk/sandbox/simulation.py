"""The running simulation: one lock around the accounts, what happens by itself, its state file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from billdesk.sandbox import balance, checkout, disputes, payouts, refunds
from billdesk.sandbox.account import NOBODY, Account
from billdesk.sandbox.agenda import Job
from billdesk.sandbox.errors import ApiError, Json
from billdesk.sandbox.faults import Fault, FaultPlan
from billdesk.sandbox.idempotency import Idempotency
from billdesk.sandbox.keys import KeyRecord
from billdesk.sandbox.state_file import StateFile
from billdesk.sandbox.store import Store

_ALLOWANCE_S = 30 * 24 * 3600


class Tenant:
    """An account with what the API remembers of its requests."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.idempotency = Idempotency(account)
        self._reads: list[int] = []

    def may_read(self) -> bool:
        """Count a read; False when the account's allowance is used up."""
        allowance = self.account.store.quirks.read_allowance
        if allowance is None:
            return True
        now = self.account.clock.now()
        self._reads = [at for at in self._reads if at > now - _ALLOWANCE_S]
        if len(self._reads) >= allowance:
            return False
        self._reads.append(now)
        return True


class Simulation:
    """Holds the accounts. Enter ``running()`` to look at one or change it, from any thread.

    The first account is the company's, and the one the state file keeps; others are opened by
    tests. Raises ValueError for a ``state_file`` that the sandbox did not write.
    """

    def __init__(self, account: Account, state_file: Path | None = None) -> None:
        self.account = account
        self._tenants = [Tenant(account)]
        self._faults = FaultPlan()
        self.port_before: int | None = None
        self._state_file = None if state_file is None else StateFile(state_file)
        self._lock = threading.RLock()
        self._depth = 0
        saved = None if self._state_file is None else self._state_file.load(account.store)
        if saved is not None:
            account.store.mark_saved()
            self.port_before = saved["port"]
            account.clock.offset_s = saved["clock_offset_s"]

    @contextmanager
    def running(self) -> Iterator[Account]:
        """The account, brought up to the present, for this thread alone; saved at the end."""
        with self._lock:
            self._depth += 1
            self._catch_up()
            try:
                yield self.account
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._save()

    @property
    def accounts(self) -> list[Account]:
        return [tenant.account for tenant in self._tenants]

    def open_account(self, account: Account, key: str) -> None:
        """Another account on the same clock, which ``key`` opens."""
        with self._lock:
            account.base_url = self.account.base_url
            account.store.keys[key] = KeyRecord()
            self._tenants.append(Tenant(account))

    def tenant_of_key(self, key: str) -> Tenant:
        """Whose key it is: the first account's, unless another one knows it."""
        for tenant in self._tenants[1:]:
            if key in tenant.account.store.keys:
                return tenant
        return self._tenants[0]

    def holding(self, object_id: str) -> Account | None:
        """The account with this object, or with the payment link of this token."""
        for account in self.accounts:
            if object_id in account.store.objects or object_id in account.store.tokens:
                return account
        return None

    def listen_at(self, port: int) -> None:
        """Take the address the server got; links made at another one move with it."""
        self.move_to(f"http://127.0.0.1:{port}")
        with self._lock:
            self.port_before = port
            if self._state_file is not None:
                self._state_file.write_all(self.account.store, self._rest())

    def move_to(self, base_url: str) -> None:
        """Let every address begin with this one."""
        with self._lock:
            for account in self.accounts:
                _move(account, base_url)

    def plan(self, fault: Fault) -> None:
        """Add a failure for the next API requests that match."""
        with self._lock:
            self._faults.add(fault)

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The failure planned for this request, used up once."""
        with self._lock:
            return self._faults.take(method, path)

    def clear_faults(self) -> None:
        """Forget every planned failure."""
        with self._lock:
            self._faults.clear()

    def reset(self) -> None:
        """Forget every object, event, key and fault. The clock stays where it is."""
        with self._lock:
            for account in self.accounts:
                account.store = Store()
            self._faults.clear()
            if self._state_file is not None:
                self._state_file.write_all(self.account.store, self._rest())

    def _catch_up(self) -> None:
        # Until nothing is due: a job may schedule another one that is due as well.
        for account in self.accounts:
            while due := account.store.take_due(account.clock.now()):
                for job in due:
                    # What it was to do may have become impossible, as a dispute of money refunded.
                    with suppress(ApiError):
                        _run(account, job)

    def _rest(self) -> Json:
        return {"port": self.port_before, "clock_offset_s": self.account.clock.offset_s}

    def _save(self) -> None:
        if self._state_file is None:
            self.account.store.mark_saved()
        elif self.account.store.changed:
            self._state_file.append(self.account.store, self._rest())


def _run(account: Account, job: Job) -> None:
    if job.action == "book_fee":
        balance.book_fee(account, job.target, at=job.due_at)
    elif job.action in ("settle", "fail"):
        checkout.settle(account, job.target, succeed=job.action == "settle", at=job.due_at)
    elif job.action == "return_late":
        checkout.return_late(account, job.target, at=job.due_at)
    elif job.action == "open_dispute":
        disputes.open_dispute(account, job.target, at=job.due_at)
    elif job.action == "release":
        payouts.release(account, job.target, at=job.due_at)
    elif job.action == "pay_out":
        payouts.pay_out(account, at=job.due_at)
    elif job.action == "finish_refund":
        refunds.change(account, job.target, "succeeded", at=job.due_at)
    elif job.action == "fail_refund":
        refunds.change(account, job.target, "failed", at=job.due_at)
    else:
        session = account.store.get("checkout.session", job.target)
        checkout.expire(account, session, NOBODY, at=job.due_at)


def _move(account: Account, base_url: str) -> None:
    account.base_url = base_url
    for token, link_id in account.store.tokens.items():
        account.store.objects[link_id]["url"] = f"{base_url}/b/{token}"
    for session in account.store.oldest_first("checkout.session"):
        if session["url"] is not None:
            session["url"] = f"{base_url}/c/pay/{session['id']}"
    for charge in account.store.oldest_first("charge"):
        if charge["receipt_url"] is not None:
            charge["receipt_url"] = f"{base_url}/receipts/{charge['id']}"
