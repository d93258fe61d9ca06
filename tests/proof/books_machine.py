"""Random use cases from two actors on one file, every invariant looked at after each.

``python books_machine.py --steps 5000 --seed 7`` prints what was done as JSON. The same seed does
the same again.
"""

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from books import CUSTOMER, Shop, StillTime, new_company, open_shelf
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from independent_invariants import Auditor
from trader import USE_CASES, Trader, attempt

STEPS_OF_ONE_LIFE = 50
# The application's own checks are asked too, which takes longer.
VERIFY_EVERY = 25
NUMBERS = st.integers(0, 997)


class BooksMachine(RuleBasedStateMachine):
    """A company with a neighbour, two desks with an actor each, and a life of random steps."""

    template: Path
    counts: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir=self.template.parent)
        self._time = StillTime()
        folder = Path(self._folder.name) / "data"
        shutil.copytree(self.template, folder)
        self._books = [open_shelf(folder, self._time) for _ in range(2)]
        self._sql = sqlite3.connect(folder / "books.db", isolation_level=None)
        self._auditor = Auditor(self._sql)
        self._shops = [Shop.open(books, 1, self._time) for books in self._books]
        self._traders = [Trader(shop.app, self._sql, self._time) for shop in self._shops]
        self._neighbour = self._neighbours_rows()
        self._steps = 0

    def step(self, use_case: Callable[..., Any], desk: int, a: int, b: int, c: int) -> None:
        """One use case, then every invariant."""
        trader = self._traders[desk]
        outcome = attempt(use_case, trader, a, b, c)
        self.counts[f"{use_case.__name__} {outcome}"] += 1
        self._steps += 1
        faults = self._auditor.faults()
        assert not faults, faults
        if self._steps % VERIFY_EVERY == 0:
            self._shops[desk].check()

    def teardown(self) -> None:
        """At the end of a life the neighbour's books are as they were."""
        try:
            assert self._neighbours_rows() == self._neighbour
            self._shops[0].check()
        finally:
            for shop in self._shops:
                shop.app.close()
            for books in self._books:
                books.close()
            self._sql.close()
            self._folder.cleanup()

    def _neighbours_rows(self) -> list[tuple[Any, ...]]:
        return [
            tuple(row)
            for table in ("document", "posting", "payment", "audit_log", "customer")
            for row in self._sql.execute(f"SELECT * FROM {table} WHERE company_id = 2")
        ]


def _rule_of(use_case: Callable[..., Any]) -> Any:
    def do(self: BooksMachine, desk: int, a: int, b: int, c: int) -> None:
        self.step(use_case, desk, a, b, c)

    do.__name__ = use_case.__name__
    return rule(desk=st.integers(0, 1), a=NUMBERS, b=NUMBERS, c=NUMBERS)(do)


for _use_case in USE_CASES:
    setattr(BooksMachine, _use_case.__name__, _rule_of(_use_case))


def make_template(folder: Path) -> Path:
    """Books with two companies, the second of which nobody touches afterwards."""
    books = open_shelf(folder, StillTime())
    try:
        for name in ("Werkstatt Lang GmbH", "Nachbar KG"):
            shop = Shop.open(books, new_company(books, name), StillTime())
            shop.receive(shop.issued("12").document_id, 700)
            customer = shop.app.customers.create(CUSTOMER)
            shop.issued("340.10", customer_id=customer)
            shop.app.invoices.create(shop.draft("5", customer_id=customer))
            shop.app.close()
    finally:
        books.close()
    return folder


def run(steps: int, number: int) -> Counter[str]:
    """Live lives of random steps until there were ``steps``; what was done how often."""
    with tempfile.TemporaryDirectory() as folder:
        BooksMachine.template = make_template(Path(folder) / "template")
        BooksMachine.counts.clear()
        machine = seed(number)(BooksMachine)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=max(1, steps // STEPS_OF_ONE_LIFE),
                stateful_step_count=STEPS_OF_ONE_LIFE,
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    return BooksMachine.counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    counted = run(options.steps, options.seed)
    json.dump(counted, sys.stdout)
