"""How work with the outside stands, why it waits, and who did what."""

from datetime import timedelta
from typing import Any

import pytest
from outside_rows import add_job, add_link, add_mail
from query_samples import World
from sqlalchemy import delete, insert, update

from billdesk.core.db.tables import (
    AuditDetail,
    Outbox,
    ServiceState,
    StripeCursor,
    StripeEvent,
)
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import InboxState, JobKind, LinkState
from billdesk.core.domain.outside_services.policy import Standing
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.errors import UNREACHED
from billdesk.core.queries.activity import AuditFilter, AuditTab, WaitReason
from billdesk.core.queries.home import AttentionAction, AttentionKind
from billdesk.core.services.steps.settings import write_setting

pytestmark = pytest.mark.both_engines


def connected(world: World) -> None:
    """A test account, looked at an hour ago."""
    with world.uow.write() as tx:
        write_setting(tx, OnlinePayment(enabled=True, account="acct", account_name="Lang"))
    now = world.clock.now()
    world.insert(
        StripeCursor,
        stripe_account="acct",
        livemode=False,
        connected_at=now,
        last_ok_at=now - timedelta(hours=1),
        error="Slow.",
    )


def service(world: World, service: str = "stripe", **values: Any) -> None:
    """How a service does."""
    world.insert(
        ServiceState,
        service=service,
        livemode=False,
        updated_at=world.clock.now(),
        **values,
    )


def event(world: World, number: int, state: str, **values: Any) -> None:
    """A message from Stripe."""
    now = world.clock.now()
    row = {
        "livemode": False,
        "id": f"evt_{number}",
        "type": "charge.succeeded",
        "created_at": now,
        "api_version": "",
        "object_id": f"ch_{number}",
        "object_type": "charge",
        "root": f"charge:ch_{number}",
        "state": state,
        "next_try_at": now,
        "received_at": now,
        **values,
    }
    with world.engine.begin() as connection:
        connection.execute(insert(StripeEvent).values(company_id=world.company_id, **row))


def test_each_figure_of_the_stripe_tab_counts_its_rows(world: World, other: World) -> None:
    connected(world)
    customer = world.customer("Acme")
    first = world.clock.now()
    for number, state in enumerate(["new", "new", "applied", "foreign", "applied", "applied"]):
        event(world, number, state, received_at=first + timedelta(minutes=number))
    event(world, 90, "new", livemode=True)
    event(other, 91, "dead")
    for state in ("active", "active", "queued", "closed"):
        add_link(world, world.issued(customer), 1, state)
    failed = world.issued(customer)
    add_link(world, failed, 1, "failed", error="Refused.")
    add_link(world, world.issued(customer), 1, "active", livemode=True)
    service(world, tokens_milli=123_999, tokens_at=world.clock.now() + timedelta(days=1))
    found = world.queries.stripe_activity()
    assert (found.enabled, found.livemode, found.account_name) == (True, False, "Lang")
    assert found.inbox == {
        InboxState.NEW: 2,
        InboxState.APPLIED: 3,
        InboxState.FOREIGN: 1,
        InboxState.DEAD: 0,
    }
    assert {state: count for state, count in found.links.items() if count} == {
        LinkState.ACTIVE: 2,
        LinkState.QUEUED: 1,
        LinkState.CLOSED: 1,
        LinkState.FAILED: 1,
    }
    assert (found.reads_left, found.reads_most) == (123, 1000)
    assert found.oldest_new_at == first
    assert found.last_ok_at is not None
    assert (found.error, found.standing) == ("Slow.", Standing.WORKING)
    assert [(task.kind, task.document_id, task.detail) for task in found.tasks] == [
        (AttentionKind.LINK, failed, "Refused.")
    ]


def test_a_rejected_key_is_a_task_on_the_tab_and_at_home(world: World) -> None:
    service(world, rejected=True, last_failed_at=world.clock.now(), error="Key wrong.")
    # Whoever has not connected Stripe has no key to change.
    assert world.queries.stripe_activity().tasks == world.queries.home().attention == ()
    connected(world)
    (task,) = world.queries.stripe_activity().tasks
    assert (task.kind, task.detail) == (AttentionKind.KEY, "Key wrong.")
    assert task.action is AttentionAction.OPEN_ONLINE_PAYMENT
    assert world.queries.home().attention == (task,)


def finish_all(world: World) -> None:
    """What issuing has asked for is done."""
    done = world.clock.now()
    with world.engine.begin() as connection:
        connection.execute(update(Outbox).values(state="done", done_at=done))


def reasons(world: World) -> list[tuple[JobKind, WaitReason]]:
    return [(row.kind, row.reason) for row in world.queries.outbox()]


def test_the_outbox_says_why_each_job_waits(world: World, other: World) -> None:
    connected(world)
    customer = world.customer("Acme")
    document = world.issued(customer)
    finish_all(world)
    add_job(other, other.issued(other.customer("Foreign")), "create_link", "queued")
    link = add_job(world, document, "create_link", "queued")
    pdf = add_job(world, document, "render", "queued")
    mail = add_mail(world, document, "queued")
    letter = add_job(world, document, "send_mail", "queued")
    soon = world.clock.now() + timedelta(minutes=5)
    set_job(world, pdf, waits_for_id=link)
    set_job(world, letter, mail_id=mail, not_before_at=soon)
    assert reasons(world) == [
        (JobKind.CREATE_LINK, WaitReason.NEXT),
        (JobKind.RENDER, WaitReason.BEHIND),
        (JobKind.SEND_MAIL, WaitReason.UNDO),
    ]
    first, second, third = world.queries.outbox()
    assert (second.behind, third.recipient) == (JobKind.CREATE_LINK, "ada@example.com")
    assert (first.can_withdraw, third.can_withdraw) == (False, True)
    assert (first.number, first.customer_name) == ("INV-00001", "Acme")

    set_job(world, link, error=UNREACHED, tries=2, not_before_at=soon)
    assert world.queries.outbox()[0].reason is WaitReason.INTERNET
    assert world.queries.outbox()[0].next_at == soon
    set_job(world, link, error="Stripe could not answer just now (status 500).")
    assert world.queries.outbox()[0].reason is WaitReason.AGAIN
    # What was never tried because the service rests has no error of its own.
    set_job(world, link, error="", tries=0)
    later = world.clock.now() + timedelta(minutes=4)
    service(world, failures=7, not_before_at=later, error=UNREACHED)
    waiting = world.queries.outbox()[0]
    assert (waiting.reason, waiting.next_at) == (WaitReason.INTERNET, later)
    assert waiting.error == UNREACHED
    state(world, error="Stripe could not answer just now (status 500).")
    assert world.queries.outbox()[0].reason is WaitReason.RESTING
    state(world, rejected=True, last_failed_at=world.clock.now(), error="Key wrong.")
    assert world.queries.outbox()[0].reason is WaitReason.KEY


def set_job(world: World, job_id: int, **values: Any) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(Outbox).where(Outbox.id == job_id).values(**values))


def state(world: World, **values: Any) -> None:
    with world.engine.begin() as connection:
        connection.execute(
            update(ServiceState).where(ServiceState.company_id == world.company_id).values(**values)
        )


def test_given_up_jobs_come_first_until_something_settles_them(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    finish_all(world)
    add_job(world, document, "send_mail", "queued")
    failed = add_job(world, document, "render", "failed", "Disk full.")
    set_job(world, failed, done_at=world.clock.now())
    assert reasons(world) == [
        (JobKind.RENDER, WaitReason.FAILED),
        (JobKind.SEND_MAIL, WaitReason.NEXT),
    ]
    done = add_job(world, document, "render", "done")
    set_job(world, done, done_at=world.clock.now())
    assert reasons(world) == [(JobKind.SEND_MAIL, WaitReason.NEXT)]


def audit(world: World, **wanted: Any) -> list[tuple[str, str]]:
    page = world.queries.audit(AuditFilter(**wanted))
    return [(row.text, row.about) for row in page.rows]


def test_who_did_what_is_found_by_kind_word_and_document(world: World, other: World) -> None:
    customer = world.customer("Acme & Söhne")
    document = world.issued(customer)
    world.pay(document, 4000)
    draft = world.draft(customer)
    detail = world.queries.document(draft)
    world.invoices.save(draft, detail.version, detail.draft)
    other.issued(other.customer("Acme abroad"))

    rows = world.queries.audit(AuditFilter()).rows
    assert [row.seq for row in rows] == sorted((row.seq for row in rows), reverse=True)
    # Each second's saving is no news.
    assert (rows[0].action, rows[0].about, rows[0].document_id) == (
        "invoice.created",
        "Draft",
        draft,
    )
    assert {(row.actor, row.machine) for row in rows[:4]} == {("Petra", "desk-1")}
    paid = next(row for row in rows if row.action == "payment.recorded")
    assert (paid.amount_minor, paid.currency, paid.detail) == (4000, "EUR", "Bank transfer")

    money = [("Payment recorded", "INV-00001")]
    assert audit(world, tab=AuditTab.MONEY) == money
    assert audit(world, search="recorded") == money
    assert audit(world, search="inv-00001 payment") == money
    assert audit(world, search="petra inv-00001", tab=AuditTab.MONEY) == money
    assert audit(world, search="nobody") == audit(world, search="abroad") == []
    assert ("Customer created", "Acme & Söhne") in audit(world, search="sohne")
    assert audit(world, tab=AuditTab.MASTER_DATA, search="acme") == [
        ("Customer created", "Acme & Söhne")
    ]
    assert audit(world, document_id=draft) == [("Draft begun", "Draft")]
    with pytest.raises(NotFound):
        world.queries.audit(AuditFilter(document_id=999_999))


def test_the_audit_log_is_read_page_by_page_and_without_erased_details(world: World) -> None:
    customer = world.customer("Acme")
    for _ in range(3):
        world.issued(customer)
    (made,) = world.queries.audit(AuditFilter(tab=AuditTab.MASTER_DATA, search="acme")).rows
    with world.engine.begin() as connection:
        connection.execute(
            delete(AuditDetail).where(
                AuditDetail.company_id == world.company_id, AuditDetail.seq == made.seq
            )
        )
    assert made in world.queries.audit(AuditFilter()).rows
    whole = world.queries.audit(AuditFilter()).rows
    seen: list[int] = []
    after = None
    while True:
        page = world.queries.audit(AuditFilter(), after, 2)
        seen += [row.seq for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert seen == [row.seq for row in whole]
    assert len(seen) == len(set(seen)) > 4
