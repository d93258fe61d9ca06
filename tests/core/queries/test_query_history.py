"""What happened, in plain words."""

from typing import Any

import pytest
from outside_rows import add_mail
from query_samples import World
from sqlalchemy import delete, select, update

from billdesk.core.db.tables import AuditDetail, AuditLog, Mail
from billdesk.core.queries.sql.history_words import words_of
from billdesk.core.queries.tone import Tone

pytestmark = pytest.mark.both_engines


def audit(world: World, document_id: int, action: str, **detail: Any) -> None:
    """A row of the audit log as the workers write it."""
    uid = world.queries.document(document_id).uid
    with world.uow.write() as tx:
        tx.audit(action, f"document:{uid}", **detail)


def test_the_life_of_an_invoice_newest_first(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    payment = world.pay(document, 4000)
    world.payments.undo(payment)
    world.invoices.void(document, "Ordered twice")
    entries = world.queries.timeline(document)
    assert [(entry.kind, entry.text, entry.detail) for entry in entries] == [
        ("invoice.voided", "Declared void", "Ordered twice"),
        ("payment.undone", "Payment undone", "Bank transfer"),
        ("payment.recorded", "Payment recorded", "Bank transfer"),
        ("invoice.issued", "Issued", "INV-00001"),
        ("invoice.created", "Draft begun", ""),
    ]
    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)
    assert {entry.actor for entry in entries} == {"Petra"}
    assert [(entry.amount_minor, entry.currency) for entry in entries] == [
        (None, ""),
        (4000, "EUR"),
        (4000, "EUR"),
        (10000, "EUR"),
        (None, ""),
    ]


def test_autosave_leaves_no_trace_in_the_history(world: World) -> None:
    document = world.draft(world.customer("Acme"))
    for _ in range(3):
        detail = world.queries.document(document)
        world.invoices.save(document, detail.version, detail.draft)
    assert [entry.kind for entry in world.queries.timeline(document)] == ["invoice.created"]


def test_a_mail_names_its_recipient(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    mail = add_mail(world, document, "accepted")
    with world.engine.begin() as connection:
        connection.execute(update(Mail).where(Mail.id == mail).values(message_id="<m@x>"))
    audit(world, document, "mail.accepted", after={"message_id": "<m@x>"})
    entry = world.queries.timeline(document)[0]
    assert (entry.text, entry.detail, entry.tone) == ("Mail sent", "ada@example.com", Tone.OK)


def test_an_online_payment_keeps_its_own_currency(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    after = {"payment_intent": "pi_1", "amount_minor": 5000, "currency": "USD"}
    audit(world, document, "stripe.succeeded", before=None, after=after)
    entry = world.queries.timeline(document)[0]
    assert (entry.text, entry.amount_minor, entry.currency) == ("Paid online", 5000, "USD")


def test_history_survives_erased_details(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    with world.engine.begin() as connection:
        anchors = select(AuditLog.seq).where(AuditLog.action.endswith(".issued"))
        connection.execute(delete(AuditDetail).where(AuditDetail.seq.not_in(anchors)))
    texts = [entry.text for entry in world.queries.timeline(document)]
    assert texts == ["Issued", "Draft begun"]


@pytest.mark.parametrize(
    ("action", "body", "text", "tone", "detail"),
    [
        (
            "link.failed",
            '{"after":{"error":"No."}}',
            "Payment link could not be made",
            "bad",
            "No.",
        ),
        ("mail.failed", '{"after":{"error":"No."}}', "Mail could not be sent", "bad", "No."),
        (
            "rendition.stored",
            '{"after":{"kind":"paid_copy"}}',
            "PDF stored",
            "neutral",
            "Paid copy",
        ),
        ("rendition.stored", '{"after":{"kind":"original"}}', "PDF stored", "neutral", ""),
        ("stripe.failed", None, "Online payment did not go through", "bad", ""),
        ("stripe.something_new", None, "Stripe something new", "neutral", ""),
        ("invoice.voided", '{"after":"odd"}', "Declared void", "warn", ""),
    ],
)
def test_words(action: str, body: str | None, text: str, tone: str, detail: str) -> None:
    words = words_of(action, body)
    assert (words.text, words.tone, words.detail) == (text, tone, detail)


def test_recent_news_are_about_this_companys_documents(world: World, other: World) -> None:
    other.issued(other.customer("Foreign"))
    customer = world.customer("Acme")
    first, second = world.issued(customer), world.issued(customer, "50")
    world.pay(first, 10000)
    recent = world.queries.home().recent
    assert [(item.text, item.document_id, item.number) for item in recent] == [
        ("Payment recorded", first, "INV-00001"),
        ("Issued", second, "INV-00002"),
        ("Issued", first, "INV-00001"),
    ]
    assert recent[1].customer_name == "Acme"
    assert (recent[1].amount_minor, recent[1].currency) == (5000, "EUR")
