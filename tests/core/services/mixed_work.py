"""A desk that does a bit of everything to the same customers' documents, at random.

As a program: ``mixed_work.py FOLDER URL COMPANY SEED ROUNDS``, which prints its outcomes as JSON.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

from books import CUSTOMER, Shop, StillTime, line, open_shelf

from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import parse_address
from billdesk.core.domain.errors import BillDeskError

THREADS = 3
COUNTED = "counted"
PAID = "paid"


class Desk:
    """Works by its own dice; ``outcomes`` counts how each call ended, by what it tried."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._shop = shop
        self._dice = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self._works: dict[str, Callable[[], object]] = {
            "issue": self._issue_new,
            "issue_draft": self._issue_draft,
            "edit": self._edit,
            "pay": self._pay,
            "void": self._void,
            "undo": self._undo,
            "count": self._count,
        }

    def work(self, rounds: int) -> None:
        """Do ``rounds`` things; each ends well or with a typed error."""
        for _ in range(rounds):
            name = self._dice.choice(list(self._works))
            try:
                self._works[name]()
            except BillDeskError as error:
                self.outcomes[f"{name}: {type(error).__name__}"] += 1
            else:
                self.outcomes[name] += 1

    def _any(self, sql: str) -> int:
        rows = self._shop.rows(f"{sql} ORDER BY id")
        if not rows:
            raise BillDeskError("There is nothing to do it to.")
        return int(self._dice.choice(rows).id)

    def _draft(self) -> int:
        return self._any("SELECT id FROM document WHERE issued_at IS NULL")

    def _issued(self) -> int:
        return self._any("SELECT id FROM document WHERE issued_at IS NOT NULL")

    def _customer(self) -> int:
        return self._any("SELECT id FROM customer")

    def _issue_new(self) -> None:
        price = str(self._dice.randint(1, 500))
        self._shop.issued(price, customer_id=self._customer())

    def _issue_draft(self) -> None:
        document = self._shop.document(self._draft())
        self._shop.app.invoices.issue(document.id, document.version)

    def _edit(self) -> None:
        shown = self._shop.app.queries.document(self._draft())
        lines = (*shown.draft.lines, line(str(self._dice.randint(1, 99))))
        draft = replace(shown.draft, lines=lines, customer_id=self._customer())
        self._shop.app.invoices.save(shown.id, shown.version, draft)

    def _pay(self) -> None:
        minor = self._dice.randint(1, 30_000)
        self._shop.receive(self._issued(), minor)
        self.outcomes[PAID] += minor

    def _void(self) -> None:
        self._shop.app.invoices.void(self._issued(), "Ordered twice")

    def _undo(self) -> None:
        payment = self._any("SELECT id FROM payment")
        (row,) = self._shop.rows("SELECT amount_minor FROM payment WHERE id = :id", id=payment)
        self._shop.app.payments.undo(payment)
        self.outcomes[PAID] -= row.amount_minor

    def _count(self) -> None:
        """Add one to a number everybody reads and writes: a lost update would show."""
        customer = self._customer()
        row = self._shop.one("SELECT version, notes FROM customer WHERE id = :id", id=customer)
        changed = replace(CUSTOMER, notes=str(int(row.notes or 0) + 1))
        self._shop.app.customers.update(customer, row.version, changed)
        self.outcomes[COUNTED] += 1


def main(paths: Paths, company_id: int, seed: int, rounds: int) -> None:
    time = StillTime()
    books = open_shelf(paths, time)
    shop = Shop.open(books, company_id, time)
    desks = [Desk(shop, seed + number) for number in range(THREADS)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    threads = [Thread(target=desk.work, args=(rounds,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.app.close()
    books.close()
    done = sum((desk.outcomes for desk in desks), Counter())
    # A sum of counters leaves out what is not above zero.
    done[PAID] = sum(desk.outcomes[PAID] for desk in desks)
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    folder, url, company, first_seed, number_of_rounds = sys.argv[1:]
    main(
        Paths(Path(folder), parse_address(url) if url else None),
        int(company),
        int(first_seed),
        int(number_of_rounds),
    )
