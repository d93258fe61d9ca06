"""Where money went, what is left of it, and what it could settle."""

import pytest
from query_samples import TODAY, World

from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.money import SettledDocument
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
