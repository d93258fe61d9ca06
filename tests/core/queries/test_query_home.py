"""The home page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from outside_rows import add_job, add_link, add_mail, add_online_payment
from query_samples import TODAY, World
from sqlalchemy import insert

from billdesk.core.db.tables import StripeEvent
from billdesk.core.queries.home import AttentionAction, AttentionKind

pytestmark = pytest.mark.both_engines


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def test_a_new_company_has_zeros_and_no_tasks(world: World) -> None:
    home = world.queries.home()
    assert (home.currency, home.scale) == ("EUR", 2)
    assert (home.owed_minor, home.overdue_minor, home.due_30_minor) == (0, 0, 0)
    assert (home.attention, home.recent, home.days_to_pay) == ((), (), None)
    assert not home.has_documents
    assert [month for month, _ in home.cash_in][::11] == [date(2025, 12, 1), date(2026, 11, 1)]
    assert {minor for _, minor in home.cash_in} == {0}
    assert len(home.cash_in) == 12


def test_figures_sum_the_companys_currency_only(world: World) -> None:
    customer = world.customer("Acme")
    dollars = {"currency": "USD", "exchange_rate": Decimal("0.9")}
    world.issued(customer, "100", due_on=days(0))
    world.issued(customer, "10", due_on=days(1))
    world.issued(customer, "1", due_on=days(40))
    world.issued(customer, "5000", due_on=days(1), **dollars)
    world.issued(customer, "5000", due_on=days(20), **dollars)
    world.issued(customer, "0.5")
    world.draft(customer, "777")
    world.clock.today = days(10)
    home = world.queries.home()
    assert (home.owed_minor, home.other_currencies) == (11150, 2)
    assert (home.overdue_minor, home.overdue_count, home.overdue_other) == (11000, 2, 1)
    assert home.oldest_overdue_days == 10
    assert (home.due_30_minor, home.due_30_count, home.due_30_other) == (100, 1, 1)


def test_the_window_of_thirty_days_includes_both_ends(world: World) -> None:
    customer = world.customer("Acme")
    world.issued(customer, "1", due_on=days(0))
    world.issued(customer, "2", due_on=days(30))
    world.issued(customer, "4", due_on=days(31))
    assert world.queries.home().due_30_minor == 300


def test_money_received_by_month(world: World) -> None:
    customer = world.customer("Acme")
    for minor, on in (
        (1000, TODAY),
        (300, date(2026, 11, 1)),
        (70, date(2026, 10, 31)),
        (9, date(2025, 12, 1)),
        (50000, date(2025, 11, 30)),
    ):
        world.pay(world.issued(customer, "1000"), minor, on)
    world.payments.undo(world.pay(world.issued(customer, "1000"), 800))
    usd = world.issued(customer, "1000", currency="USD", exchange_rate=Decimal(1))
    world.pay(usd, 5)
    refunded = world.issued(customer, "1000")
    add_online_payment(
        world, refunded, TODAY, state="partially_refunded", refunded_minor=9999, amount_minor=10000
    )
    add_online_payment(world, refunded, TODAY, state="failed")
    home = world.queries.home()
    assert (home.paid_month_minor, home.paid_month_other) == (1301, 1)
    assert home.paid_previous_month_minor == 70
    assert dict(home.cash_in)[date(2025, 12, 1)] == 9
    assert sum(minor for _, minor in home.cash_in) == 1380


def test_days_to_pay_is_the_average_of_the_settled(world: World) -> None:
    customer = world.customer("Acme")
    world.pay(world.issued(customer), 5000)
    late, later = world.issued(customer), world.issued(customer)
    world.clock.today = days(10)
    world.pay(late, 4000)
    world.pay(late, 6000)
    world.clock.today = days(20)
    world.pay(later, 10000)
    assert world.queries.home().days_to_pay == 15
    world.clock.today = days(400)
    assert world.queries.home().days_to_pay is None


def test_the_oldest_overdue_come_first(world: World) -> None:
    customer = world.customer("Acme")
    second = world.issued(customer, "10", due_on=days(2))
    first = world.issued(customer, "20", due_on=days(1))
    world.issued(customer, "30", due_on=days(4))
    world.clock.today = days(3)
    tasks = world.queries.home().attention
    assert [(task.kind, task.document_id, task.days_overdue) for task in tasks] == [
        (AttentionKind.OVERDUE, first, 2),
        (AttentionKind.OVERDUE, second, 1),
    ]
    assert tasks[0].title == "INV-00002 · Acme"
    assert (tasks[0].detail, tasks[1].detail) == ("Overdue for 2 days", "Overdue since yesterday")
    assert (tasks[0].amount_minor, tasks[0].currency) == (2000, "EUR")
    assert tasks[0].action is AttentionAction.REMIND


def test_what_failed_needs_attention_with_what_helps(world: World, other: World) -> None:
    customer = world.customer("Acme")
    add_mail(other, other.issued(other.customer("Foreign")), "failed", "not mine")
    mailed, linked, paid, stuck = (world.issued(customer) for _ in range(4))
    mail = add_mail(world, mailed, "unknown", "It may have been sent.")
    add_link(world, linked, 1, "failed", error="Refused.")
    payment = add_online_payment(world, paid, TODAY, review="Please check it.")
    add_job(world, stuck, "render", "failed", "Disk full.")
    with world.engine.begin() as connection:
        now = world.clock.now()
        connection.execute(
            insert(StripeEvent).values(
                company_id=world.company_id,
                livemode=False,
                id="evt_1",
                type="charge.succeeded",
                created_at=now,
                api_version="",
                object_id="ch_1",
                object_type="charge",
                root="charge:ch_1",
                state="dead",
                next_try_at=now,
                error="Unreadable.",
                received_at=now,
            )
        )
    tasks = world.queries.home().attention
    assert [(task.kind, task.document_id, task.detail, task.action) for task in tasks] == [
        (AttentionKind.PAYMENT, paid, "Please check it.", AttentionAction.REVIEW_PAYMENT),
        (AttentionKind.MAIL, mailed, "It may have been sent.", AttentionAction.SEND_AGAIN),
        (AttentionKind.LINK, linked, "Refused.", AttentionAction.NEW_LINK),
        (AttentionKind.JOB, stuck, "The PDF could not be made: Disk full.", AttentionAction.OPEN),
        (AttentionKind.INBOX, None, "Unreadable.", AttentionAction.OPEN_ACTIVITY),
    ]
    assert (tasks[0].payment_id, tasks[1].mail_id) == (payment, mail)
    assert tasks[0].title == "INV-00003 · Acme"
