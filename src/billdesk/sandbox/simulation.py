"""The running simulation: one lock around the account, what happens by itself, its state file."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billdesk.sandbox import balance, checkout, disputes
from billdesk.sandbox.account import NOBODY, Account
from billdesk.sandbox.errors import Json
from billdesk.sandbox.faults import Fault, FaultPlan
from billdesk.sandbox.idempotency import Idempotency
from billdesk.sandbox.store import Job, Store

_FORMAT = 1


class Simulation:
    """Holds the account. Enter ``running()`` to look at it or change it, from any thread.

    Raises ValueError for a ``state_file`` that the sandbox did not write.
    """

    def __init__(self, account: Account, state_file: Path | None = None) -> None:
        self.account = account
        self._faults = FaultPlan()
        self.idempotency = Idempotency(account)
        self.port_before: int | None = None
        self._state_file = state_file
        self._saved_revision = 0
        self._lock = threading.RLock()
        if state_file is not None and state_file.exists():
            self._load(state_file)
        elif state_file is not None:
            state_file.parent.mkdir(parents=True, exist_ok=True)

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
            self.port_before = port
            account.store.touch()
            self._save()

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
            self.account.store = Store(revision=self.account.store.revision + 1)
            self._faults.clear()
            self._save()

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

    def _load(self, path: Path) -> None:
        try:
            dumped = json.loads(path.read_text(encoding="utf-8"))
            if dumped["format"] != _FORMAT:
                raise ValueError(f"format {dumped['format']}")
            self.account.store = Store.load(dumped["store"])
            self.account.clock.offset_s = float(dumped["clock_offset_s"])
            self.port_before = int(dumped["port"])
        except (ValueError, KeyError, TypeError) as problem:
            raise ValueError(f"{path.name} is not a state file of this sandbox") from problem

    def _save(self) -> None:
        revision = self.account.store.revision
        if self._state_file is None or revision == self._saved_revision:
            return
        dumped: Json = {
            "format": _FORMAT,
            "port": self.port_before,
            "clock_offset_s": self.account.clock.offset_s,
            "store": self.account.store.dump(),
        }
        unfinished = self._state_file.with_name(self._state_file.name + ".new")
        unfinished.write_text(json.dumps(dumped), encoding="utf-8")
        unfinished.replace(self._state_file)
        self._saved_revision = revision
