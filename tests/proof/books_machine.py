"""Random use cases from two actors on one file, every invariant looked at after each.

``python books_machine.py --steps 5000 --seed 7`` prints what was done as JSON. The same seed does
the same again.
"""

import argparse
import gc
import json
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import compiled_once  # noqa: F401 - each life opens engines of its own
from books import CUSTOMER, RATES, Shop, StillTime, line, new_company, open_shelf
from collecting import SELDOM
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from independent_invariants import Auditor
from reports_agree import disagreements
from trader import USE_CASES, Trader, attempt

from billdesk.bootstrap import Paths
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.domain.tax import TaxKind
from billdesk.core.services.documents.quotes import DepositInput
from billdesk.core.services.payments import DeductionInput, RefundInput
from billdesk.core.services.steps.credit import CreditInput
from billdesk.core.services.tax_rates import TaxRateInput

STEPS_OF_ONE_LIFE = 50
# The application's own checks are asked too, which takes longer.
VERIFY_EVERY = 40
NUMBERS = st.integers(0, 997)
ALL_RATES = (
    *RATES,
    TaxRateInput("Withheld 15 %", Decimal(15), kind=TaxKind.WITHHELD),
    TaxRateInput("Levy 3 % on top", Decimal(3), is_compound=True),
)


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
        """At the end of a life all reports agree, and the neighbour's books are as they were."""
        try:
            assert self._neighbours_rows() == self._neighbour
            assert list(disagreements(self._shops[0], self._sql)) == []
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


def make_template(place: Path | Paths) -> None:
    """Books with two companies, the second of which nobody touches afterwards."""
    books = open_shelf(place, StillTime())
    try:
        for name in ("Werkstatt Lang GmbH", "Nachbar KG"):
            shop = Shop.open(books, new_company(books, name, tax_rates=ALL_RATES), StillTime())
            _begin(shop)
            shop.app.close()
    finally:
        books.close()


def _begin(shop: Shop) -> None:
    """Something of everything, so that no use case has to wait for another."""
    app, today = shop.app, shop.time.today()
    customer = app.customers.create(CUSTOMER)
    mine = {"customer_id": customer, "lines": (line("80", tax_rate_ids=shop.rates()[:1]),)}
    draft = shop.draft(**mine)
    first, second, third = (shop.issued(**mine).document_id for _ in range(3))
    payment = shop.receive(first, 10_000)
    app.credit_notes.credit(CreditInput(first, amount_minor=500, reason="Late"))
    app.deductions.deduct(DeductionInput(second, DeductionKind.WRITE_OFF, 300, today, "Small"))
    app.refunds.refund(RefundInput(100, PaymentMethod.BANK, today, payment_id=payment))
    shop.receive(third, 2_000)
    quote = app.invoices.create(draft, DocumentKind.QUOTE)
    app.invoices.issue(quote.document_id, quote.version)
    app.quotes.accept(quote.document_id)
    deposit = app.quotes.take_deposit(DepositInput(quote.document_id, percent=Decimal(25)))
    app.invoices.issue(deposit.document_id, deposit.version)
    shop.receive(deposit.document_id, 2_380)
    app.invoices.create(draft)
    twin = app.customers.create(replace(CUSTOMER, name="Nordlicht A/S"))
    app.customer_merges.merge(twin, customer)


def run(steps: int, number: int, life: int) -> Counter[str]:
    """Live lives of ``life`` random steps until there were ``steps``; what was done how often."""
    with tempfile.TemporaryDirectory() as folder:
        BooksMachine.template = Path(folder) / "template"
        make_template(BooksMachine.template)
        BooksMachine.counts.clear()
        machine = seed(number)(BooksMachine)
        run_state_machine_as_test(
            machine,
            settings=settings(
                # Some lives end early.
                max_examples=max(1, steps * 4 // (life * 3)),
                stateful_step_count=life,
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
    # Some faults show only in books that have seen much.
    parser.add_argument("--life", type=int, default=STEPS_OF_ONE_LIFE, help="steps of one life")
    options = parser.parse_args()
    gc.set_threshold(*SELDOM)
    counted = run(options.steps, options.seed, options.life)
    json.dump(counted, sys.stdout)
