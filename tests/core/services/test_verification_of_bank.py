"""Verify my books: what is wrong with bank lines is named."""

import pytest
from bank_files import Movement, camt
from books import Shop

from billdesk.core.domain.banking import BankTab, Booked, Ignored
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.payments import RefundInput

MATCHED, BOOKED, IGNORED, OPEN, REFUNDED = 1, 2, 3, 4, 5


_MONEY = {"payment 1", "payment 2", "refund 1"}


@pytest.fixture
def banked(shop: Shop) -> Shop:
    """Books with a matched, a booked, an ignored, an open and a refund's line."""
    customer = shop.customer()
    shop.issued("100", customer_id=customer)
    credit = shop.receive(None, 300, customer_id=customer)
    shop.app.refunds.refund(
        RefundInput(300, PaymentMethod.BANK, shop.time.today(), payment_id=credit)
    )
    shop.app.bank.import_file(
        camt(
            Movement(10_000, "INV-00001"),
            Movement(-450, "Fee", name=""),
            Movement(700, "private", name=""),
            Movement(800, "?", name=""),
            Movement(-300, "Back"),
        )
    )
    shop.app.bank.confirm_all()
    lines = {row.id: row for row in shop.app.queries.bank_lines(BankTab.OPEN).rows}
    fees = shop.one("SELECT id FROM account WHERE code = '5100'").id
    shop.app.bank.decide(BOOKED, lines[BOOKED].version, Booked(fees))
    shop.app.bank.decide(IGNORED, lines[IGNORED].version, Ignored("private"))
    shop.check()
    return shop


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("minor = minor + 1", MATCHED),
        ("payment_id = NULL", MATCHED),
        ("state = 'open'", MATCHED),
        ("currency = 'USD'", MATCHED),
        ("fee_minor = 5", MATCHED),
        ("minor = minor + 1", BOOKED),
        ("state = 'open'", BOOKED),
        ("bookings = bookings + 1", BOOKED),
        ("payment_id = 1", IGNORED),
        ("payment_id = 1, state = 'matched', minor = 10000", OPEN),
        ("state = 'booked'", OPEN),
        ("minor = minor - 1", REFUNDED),
        ("refund_id = NULL", REFUNDED),
        ("payment_id = 1", REFUNDED),
        ("refund_id = 1, state = 'recognised', minor = -300", OPEN),
    ],
)
def test_a_falsified_line_is_named(banked: Shop, change: str, line: int) -> None:
    banked.falsify(f"UPDATE bank_line SET {change} WHERE id = {line}")
    found = banked.app.verification.run().violations
    assert {one.rule for one in found} == {"bank-line"}
    assert all(f"bank line {line}" in one.subject or one.subject in _MONEY for one in found)
