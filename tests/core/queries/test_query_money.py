"""Where money went, what is left of it, and what it could settle."""

import pytest
from query_samples import TODAY, World

from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.money import SettledDocument
from billdesk.core.queries.payments import PaymentFilter, PaymentTab
from billdesk.core.services.payments import PaymentInput, RefundInput, RefundService, Share

pytestmark = pytest.mark.both_engines


def money(world: World, minor: int, customer: int | None, *shares: Share) -> int:
    return world.payments.record(
        PaymentInput(
            None,
            minor,
            PaymentMethod.BANK,
            TODAY,
            reference="Statement 9",
            shares=shares,
            customer_id=customer,
        )
    )


def test_a_payment_shows_what_it_settles_and_what_went_back(world: World) -> None:
    customer = world.customer("Acme")
    one, two = world.issued(customer, "100"), world.issued(customer, "50")
    payment = money(world, 20_000, customer, Share(one, 10_000), Share(two, 3_000))
    RefundService(world.uow).refund(RefundInput(2_000, PaymentMethod.BANK, TODAY, payment))
    shown = world.queries.payment(payment)
    numbers = [world.queries.document(document).number for document in (one, two)]
    assert shown.settles == (
        SettledDocument(one, numbers[0] or "", 10_000),
        SettledDocument(two, numbers[1] or "", 3_000),
    )
    assert (shown.payment.customer, shown.payment.unallocated_minor) == ("Acme", 5_000)
    (refund,) = shown.refunds
    assert (refund.minor, refund.meaning, refund.at_stripe) == (2_000, "credit_returned", False)
    with pytest.raises(NotFound):
        world.queries.payment(payment + 1)


def test_what_a_customer_owes_and_has(world: World, other: World) -> None:
    customer = world.customer("Acme")
    world.draft(customer, "999")
    document = world.issued(customer, "100")
    payment = money(world, 3_000, customer)
    world.issued(world.customer("Berta"), "7")
    shown = world.queries.customer_money(customer)
    assert [(one.document_id, one.open_minor) for one in shown.owes] == [(document, 10_000)]
    assert [(one.payment_id, one.label, one.left_minor) for one in shown.has] == [
        (payment, "Statement 9", 3_000)
    ]
    assert (shown.balance_minor("EUR"), shown.balance_minor("USD")) == (7_000, 0)
    with pytest.raises(NotFound):
        other.queries.customer_money(customer)


def test_money_that_settles_nothing_waits_with_or_without_a_home(
    world: World, other: World
) -> None:
    customer = world.customer("Acme")
    money(world, 10_000, customer, Share(world.issued(customer, "100"), 10_000))
    kept, homeless = money(world, 200, customer), money(world, 300, None)
    found = world.queries.unused_money()
    assert [(one.payment_id, one.customer, one.left_minor) for one in found] == [
        (kept, "Acme", 200),
        (homeless, "", 300),
    ]
    assert other.queries.unused_money() == ()


def test_payments_stand_on_tabs_with_their_counts(world: World, other: World) -> None:
    customer = world.customer("Acme")
    money(world, 10_000, customer, Share(world.issued(customer, "100"), 10_000))
    kept, homeless = money(world, 200, customer), money(world, 300, None)
    cash = world.payments.record(
        PaymentInput(None, 50, PaymentMethod.CASH, TODAY, customer_id=customer)
    )
    money(other, 7, None)

    def on(tab: PaymentTab | None) -> set[int]:
        return {row.id for row in world.queries.payments(PaymentFilter(tab)).rows}

    assert on(PaymentTab.CREDIT) == {kept, cash}
    assert on(PaymentTab.UNKNOWN) == {homeless}
    assert on(PaymentTab.OTHER) == {cash}
    assert on(PaymentTab.ONLINE) == set()
    counts = world.queries.payment_counts()
    assert counts == {tab: len(on(tab)) for tab in (None, *PaymentTab)}
    assert counts[None] == 4


def test_payments_are_found_by_customer_reference_number_and_amount(world: World) -> None:
    acme, berta = world.customer("Ácme Söhne"), world.customer("Berta")
    one, two = world.issued(acme, "100"), world.issued(acme, "50")
    both = money(world, 1_250_00, acme, Share(one, 10_000), Share(two, 5_000))
    left = money(world, 777, berta)

    def found(text: str) -> set[int]:
        wanted = PaymentFilter(search=text)
        rows = {row.id for row in world.queries.payments(wanted).rows}
        assert world.queries.payment_counts(text)[None] == len(rows)
        return rows

    assert found("acme sohne") == {both}
    assert found("STATEMENT 9") == {both, left}
    assert found("statement berta") == {left}
    # Of several documents each is known, not only the one the payer meant.
    assert found(world.queries.document(two).number or "") == {both}
    assert found("1.250,00") == found("1250") == {both}
    assert found("7.77") == {left}
    assert found("7.78") == found("%") == found("9" * 40) == set()
    assert world.queries.payments(PaymentFilter(PaymentTab.ONLINE, "berta")).rows == ()
