"""Whatever is recorded, moved, refunded, deducted and undone: every invariant holds."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from books import Shop, StillTime, line, new_company, open_shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.payments import DeductionInput, PaymentInput, RefundInput, Share
from billdesk.core.services.steps.credit import CreditInput

TODAY = date(2026, 11, 24)
CURRENCIES = ("EUR", "USD")


@pytest.fixture(scope="module")
def any_shop() -> Iterator[Shop]:
    """One company on cash basis for all examples; opening files for each would take minutes."""
    with tempfile.TemporaryDirectory() as folder:
        time = StillTime()
        books = open_shelf(Path(folder), time)
        shop = Shop.open(books, new_company(books), time)
        shop.app.settings.save_taxes(TaxSettings(cash_basis_from=date(2026, 1, 1)))
        yield shop
        shop.app.close()
        books.close()


class Desk:
    """Acts on a few invoices of one customer; what the books refuse does not happen."""

    def __init__(self, shop: Shop, prices: list[int], rate: Decimal) -> None:
        self.shop = shop
        self.customer = shop.customer()
        self.rate = rate
        full, reduced, _ = shop.rates()
        self.documents = [
            shop.issued(
                customer_id=self.customer,
                lines=(
                    line(Decimal(price).scaleb(-2), tax_rate_ids=(full,)),
                    line(Decimal(price // 3 + 1).scaleb(-2), tax_rate_ids=(reduced,)),
                ),
                currency=CURRENCIES[index % 2],
                exchange_rate=rate if index % 2 else None,
            ).document_id
            for index, price in enumerate(prices)
        ]
        self.payments: list[int] = []
        self.notes: list[int] = []
        self.refunds: list[int] = []
        self.deductions: list[int] = []

    def act(self, what: str, a: int, b: int, percent: int) -> None:
        """Do ``what``; numbers choose among what there is."""
        with suppress(NotAllowed, UserError):
            getattr(self, what)(a, b, percent)

    def record(self, a: int, b: int, percent: int) -> None:
        document = self._document(a)
        minor = max(1, document.open_minor * percent // 80)
        foreign = document.currency != "EUR"
        self.payments.append(
            self.shop.receive(
                document.id,
                minor,
                exchange_rate=self.rate * (90 + b) / 100 if foreign else None,
            )
        )

    def keep(self, a: int, b: int, percent: int) -> None:
        homeless = b % 2
        self.payments.append(
            self.shop.app.payments.record(
                PaymentInput(
                    None,
                    percent * 37,
                    PaymentMethod.CASH,
                    TODAY,
                    customer_id=None if homeless else self.customer,
                    currency=CURRENCIES[a % 2],
                    exchange_rate=self.rate if a % 2 else None,
                )
            )
        )

    def give_home(self, a: int, b: int, percent: int) -> None:
        self.shop.app.payments.assign(self._of(self.payments, a), self.customer)

    def use(self, a: int, b: int, percent: int) -> None:
        payment = self._payment(a)
        minor = min(payment.unallocated_minor, self._document(b).open_minor) * percent // 100
        self.shop.app.allocations.use_payment(payment.id, Share(self._document(b).id, minor))

    def use_note(self, a: int, b: int, percent: int) -> None:
        note = self.shop.document(self._of(self.notes, a))
        minor = min(note.open_minor, self._document(b).open_minor) * percent // 100
        self.shop.app.allocations.use_credit_note(note.id, Share(self._document(b).id, minor))

    def move(self, a: int, b: int, percent: int) -> None:
        payment = self._payment(a)
        target = self._document(b)
        minor = max(1, target.open_minor * percent // 100)
        source = payment.document_id or self.documents[0]
        self.shop.app.allocations.move(payment.id, source, Share(target.id, minor))

    def take_off(self, a: int, b: int, percent: int) -> None:
        minor = None if percent > 50 else percent
        self.shop.app.allocations.take_off(self._payment(a).id, self._document(b).id, minor)

    def take_note_off(self, a: int, b: int, percent: int) -> None:
        note = self._of(self.notes, a)
        self.shop.app.allocations.take_note_off(note, self._document(b).id)

    def refund(self, a: int, b: int, percent: int) -> None:
        payment = self._payment(a)
        meanings = (
            RefundMeaning.CREDIT_RETURNED,
            RefundMeaning.REOPENED,
            RefundMeaning.GOODWILL,
        )
        minor = max(1, payment.amount_minor * percent // 200)
        given = RefundInput(minor, PaymentMethod.BANK, TODAY, payment.id, meaning=meanings[b % 3])
        self.refunds.append(self.shop.app.refunds.refund(given))

    def pay_out(self, a: int, b: int, percent: int) -> None:
        note = self.shop.document(self._of(self.notes, a))
        minor = max(1, note.open_minor * percent // 100)
        given = RefundInput(minor, PaymentMethod.BANK, TODAY, credit_note_id=note.id)
        self.refunds.append(self.shop.app.refunds.refund(given))

    def undo_refund(self, a: int, b: int, percent: int) -> None:
        self.shop.app.refunds.undo(self._of(self.refunds, a))

    def deduct(self, a: int, b: int, percent: int) -> None:
        kinds = tuple(DeductionKind)
        minor = max(1, self._document(a).open_minor * percent // 100)
        given = DeductionInput(self._document(a).id, kinds[b % len(kinds)], minor, TODAY, "Agreed")
        self.deductions.append(self.shop.app.deductions.deduct(given))

    def undo_deduction(self, a: int, b: int, percent: int) -> None:
        self.shop.app.deductions.undo(self._of(self.deductions, a))

    def credit(self, a: int, b: int, percent: int) -> None:
        document = self._document(a)
        amount = None if percent > 80 else max(1, document.total_minor * percent // 100)
        given = CreditInput(document.id, amount_minor=amount)
        self.notes.append(self.shop.app.credit_notes.credit(given).document_id)

    def undo_payment(self, a: int, b: int, percent: int) -> None:
        self.shop.app.payments.undo(self._payment(a).id)

    def settle_everything(self) -> None:
        """Pay whatever is open, so that nothing may be left anywhere."""
        for document_id in self.documents:
            rest = self.shop.document(document_id).open_minor
            if rest:
                self.shop.receive(document_id, rest)

    def _document(self, number: int) -> Any:
        return self.shop.document(self.documents[number % len(self.documents)])

    def _payment(self, number: int) -> Any:
        chosen = self._of(self.payments, number)
        return self.shop.one("SELECT * FROM payment WHERE id = :id", id=chosen)

    @staticmethod
    def _of(rows: list[int], number: int) -> int:
        if not rows:
            raise NotAllowed("There is none yet.")
        return rows[number % len(rows)]


ACTS = (
    *("record",) * 3,
    *("use", "move", "take_off", "credit", "deduct", "refund") * 2,
    *("keep", "give_home", "use_note", "take_note_off", "pay_out"),
    *("undo_refund", "undo_deduction", "undo_payment"),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    prices=st.lists(st.integers(1, 90_000), min_size=3, max_size=4),
    rate=st.decimals(min_value="0.01", max_value=30, places=4),
    acts=st.lists(
        st.tuples(
            st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, 20), st.integers(1, 100)
        ),
        min_size=4,
        max_size=16,
    ),
)
def test_any_order_keeps_the_books_whole(
    any_shop: Shop, prices: list[int], rate: Decimal, acts: list[tuple[str, int, int, int]]
) -> None:
    desk = Desk(any_shop, prices, rate)
    for act in acts:
        desk.act(*act)
    any_shop.check()
    desk.settle_everything()
    any_shop.check()
    waiting = any_shop.rows(
        "SELECT p.document_id FROM posting p JOIN account a ON a.id = p.account_id "
        "JOIN document d ON d.id = p.document_id "
        "WHERE a.role = 'tax_not_due' AND d.kind = 'invoice' "
        "GROUP BY p.document_id HAVING sum(p.minor) <> 0 OR sum(p.base_minor) <> 0"
    )
    assert waiting == []
