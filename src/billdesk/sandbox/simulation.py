"""The running simulation: one lock around the account, what happens by itself, its state file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billdesk.sandbox import balance, checkout, disputes
from billdesk.sandbox.account import NOBODY, Account
from billdesk.sandbox.errors import Json
from billdesk.sandbox.faults import Fault, FaultPlan
from billdesk.sandbox.idempotency import Idempotency
from billdesk.sandbox.state_file import StateFile
from billdesk.sandbox.store import Job, Store


class Simulation:
    """Holds the account. Enter ``running()`` to look at it or change it, from any thread.

    Raises ValueError for a ``state_file`` that the sandbox did not write.
    """

    def __init__(self, account: Account, state_file: Path | None = None) -> None:
        self.account = account
        self._faults = FaultPlan()
        self.idempotency = Idempotency(account)
        self.port_before: int | None = None
        self._state_file = None if state_file is None else StateFile(state_file)
        self._lock = threading.RLock()
        saved = None if self._state_file is None else self._state_file.load(account.store)
        if saved is not None:
            self.port_before = saved["port"]
            account.clock.offset_s = saved["clock_offset_s"]

    @contextmanager
    def running(self) -> Iterator[Account]:
        """The account, brought up to the present, for this thread alone; saved at the end."""
        with self._lock:
            self._catch_up()
            try:
                yield self.account
            finally:
                self._save()

    def listen_at(self, port: int) -> None:
        """Take the address the server got; links made at another one move with it."""
        with self._lock:
            account = self.account
            account.base_url = f"http://127.0.0.1:{port}"
            for token, link_id in account.store.tokens.items():
                account.store.objects[link_id]["url"] = f"{account.base_url}/b/{token}"
            for session in account.store.oldest_first("checkout.session"):
                if session["url"] is not None:
                    session["url"] = f"{account.base_url}/c/pay/{session['id']}"
            for charge in account.store.oldest_first("charge"):
                if charge["receipt_url"] is not None:
                    charge["receipt_url"] = f"{account.base_url}/receipts/{charge['id']}"
            self.port_before = port
            if self._state_file is not None:
                self._state_file.write_all(account.store, self._rest())

    def plan(self, fault: Fault) -> None:
        """Add a failure for the next API requests that match."""
        with self._lock:
            self._faults.add(fault)

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The failure planned for this request, used up once."""
        with self._lock:
            return self._faults.take(method, path)

    def reset(self) -> None:
        """Forget every object, event, key and fault. The clock stays where it is."""
        with self._lock:
            self.account.store = Store()
            self._faults.clear()
            if self._state_file is not None:
                self._state_file.write_all(self.account.store, self._rest())

    def _catch_up(self) -> None:
        # Until nothing is due: a job may schedule another one that is due as well.
        while due := self.account.store.take_due(self.account.clock.now()):
            for job in due:
                self._run(job)

    def _run(self, job: Job) -> None:
        account = self.account
        if job.action == "book_fee":
            balance.book_fee(account, job.target, at=job.due_at)
        elif job.action in ("settle", "fail"):
            checkout.settle(account, job.target, succeed=job.action == "settle", at=job.due_at)
        elif job.action == "open_dispute":
            disputes.open_dispute(account, job.target, at=job.due_at)
        elif job.action == "release":
            balance.release(account, job.target)
        else:
            session = account.store.get("checkout.session", job.target)
            checkout.expire(account, session, NOBODY, at=job.due_at)

    def _rest(self) -> Json:
        return {"port": self.port_before, "clock_offset_s": self.account.clock.offset_s}

    def _save(self) -> None:
        if self._state_file is None:
            self.account.store.mark_saved()
        elif self.account.store.changed:
            self._state_file.append(self.account.store, self._rest())
