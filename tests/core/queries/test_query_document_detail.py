"""One document with everything around it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from outside_rows import add_job, add_link, add_mail, add_online_payment, add_pdf
from query_samples import TODAY, World

from billdesk.core.db.archive import ArchiveError, FileArchive
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import FeeState, LinkState, MailState, PaymentMethod
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.totals import Adjustment
from billdesk.core.queries import Queries
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.steps.settings import write_setting

pytestmark = pytest.mark.both_engines


@pytest.fixture
def issued(world: World) -> int:
    """An issued invoice of 100 euros."""
    return world.issued(world.customer("Acme"), due_on=TODAY + timedelta(days=14))


def test_a_draft_comes_back_as_it_was_typed(world: World) -> None:
    customer = world.customer("Acme", contact="Ada", address=Address(city="Ulm", country="DE"))
    rate = world.queries.tax_rates()[0].id
    line = LineDraft(
        "Work",
        Decimal("1.5"),
        Decimal("80.25"),
        description="On site",
        unit="h",
        unit_code="HUR",
        tax_rate_ids=(rate,),
        adjustments=(Adjustment(is_charge=False, percent=Decimal(10), reason="Friends"),),
    )
    draft = InvoiceDraft(
        customer_id=customer,
        currency="EUR",
        exchange_rate=Decimal(1),
        terms_days=14,
        subject="Roof",
        language="de",
        lines=(line, LineDraft("Travel", Decimal(1), Decimal(10))),
        adjustments=(Adjustment(is_charge=True, amount_minor=500),),
    )
    saved = world.invoices.create(draft)
    detail = world.queries.document(saved.document_id)
    assert detail.draft == draft
    assert (detail.version, detail.state, detail.snapshot) == (saved.version, "draft", None)
    assert (detail.number, detail.issued_at, detail.deleted) == (None, None, False)
    assert detail.customer is not None
    assert detail.customer.address.city == "Ulm"
    assert detail.total_minor == detail.net_minor + detail.tax_minor


def test_an_issued_document_carries_its_snapshot(world: World, issued: int) -> None:
    detail = world.queries.document(issued)
    assert detail.state is DocumentState.ISSUED
    assert detail.snapshot is not None
    assert detail.snapshot.number == detail.number == "INV-00001"
    assert world.queries.preview_snapshot(issued) == detail.snapshot
    assert (detail.total_minor, detail.open_minor, detail.scale) == (10000, 10000, 2)
    assert detail.problems == ()
    assert world.queries.pdf(issued) is None
    assert detail.pdf_kind is None


def test_manual_payments_can_be_undone_once(world: World, issued: int) -> None:
    payment = world.pay(issued, 4000)
    detail = world.queries.document(issued)
    (row,) = detail.payments
    assert (row.id, row.method, row.amount_minor) == (payment, PaymentMethod.BANK, 4000)
    assert row.can_undo
    assert (detail.settled_part, detail.paid_minor, detail.open_minor) == ("paid", 4000, 6000)
    world.payments.undo(payment)
    (row,) = world.queries.document(issued).payments
    assert (row.state, row.can_undo) == ("undone", False)


def test_an_online_payment_shows_fee_and_receipt(world: World, issued: int) -> None:
    add_online_payment(world, issued, TODAY)
    (row,) = world.queries.document(issued).payments
    assert (row.fee_minor, row.net_minor, row.fee_state) == (175, 9825, FeeState.FINAL)
    assert (row.receipt_url, row.can_undo) == ("http://127.0.0.1/receipt", False)


def test_the_newest_link_and_all_mails(world: World, issued: int) -> None:
    add_link(world, issued, 1, "closed", stripe_id="plink_1", url="http://127.0.0.1/1")
    add_link(world, issued, 2, "active", stripe_id="plink_2", url="http://127.0.0.1/2")
    first = add_mail(world, issued, "accepted")
    second = add_mail(world, issued, "queued")
    detail = world.queries.document(issued)
    assert detail.link is not None
    assert (detail.link.revision, detail.link.state) == (2, LinkState.ACTIVE)
    assert detail.link.url == "http://127.0.0.1/2"
    assert [(mail.id, mail.state) for mail in detail.mails] == [
        (second, MailState.QUEUED),
        (first, MailState.ACCEPTED),
    ]


def test_the_best_pdf_is_shown(world: World, issued: int) -> None:
    world.pay(issued, world.queries.document(issued).open_minor)
    best = []
    for kind in ("original", "link_rev_2", "link_rev_10", "link_rev_9", "paid_copy", "link_rev_11"):
        add_pdf(world, issued, kind, kind.encode())
        best.append(world.queries.pdf(issued))
    assert best == [
        b"original",
        b"link_rev_2",
        b"link_rev_10",
        b"link_rev_10",
        b"paid_copy",
        b"paid_copy",
    ]
    assert world.queries.document(issued).pdf_kind == "paid_copy"


def test_a_pdf_missing_from_the_archive_is_said(world: World, issued: int, tmp_path: Path) -> None:
    add_pdf(world, issued, "original", b"one")
    elsewhere = Queries(world.uow, FileArchive(tmp_path / "empty.db"))
    with pytest.raises(ArchiveError):
        elsewhere.pdf(issued)


def has_problem(world: World) -> bool:
    (row,) = world.queries.documents(DocumentFilter()).rows
    return row.has_problem


def test_a_failed_mail_is_a_problem_until_another_is_on_its_way(world: World, issued: int) -> None:
    add_mail(world, issued, "failed", "The server knows no such mailbox.")
    assert world.queries.document(issued).problems == ("The server knows no such mailbox.",)
    assert has_problem(world)
    add_mail(world, issued, "cancelled")
    assert has_problem(world)
    add_mail(world, issued, "queued")
    assert world.queries.document(issued).problems == ()
    assert not has_problem(world)


def test_a_mail_that_may_have_been_sent_is_a_problem(world: World, issued: int) -> None:
    add_mail(world, issued, "unknown", "It may have been sent.")
    assert world.queries.document(issued).problems == ("It may have been sent.",)


def test_a_failed_link_is_a_problem_until_there_is_a_new_one(world: World, issued: int) -> None:
    add_link(world, issued, 1, "failed", error="Stripe takes no payments in this currency.")
    assert world.queries.document(issued).problems == (
        "Stripe takes no payments in this currency.",
    )
    add_link(world, issued, 2, "queued")
    assert not has_problem(world)


def test_a_link_switched_off_at_stripe_matters_while_money_is_open(
    world: World, issued: int
) -> None:
    add_link(world, issued, 1, "closed", stripe_id="plink_1", error="Switched off at Stripe.")
    assert has_problem(world)
    world.pay(issued, 10000)
    assert not has_problem(world)


def test_a_link_closed_before_it_existed_is_no_problem(world: World, issued: int) -> None:
    add_link(world, issued, 1, "closed", error="Refused while it was being taken back.")
    assert not has_problem(world)


def test_a_failed_pdf_is_a_problem_until_it_is_tried_again(world: World, issued: int) -> None:
    # Issuing has queued the first one.
    add_job(world, issued, "render", "failed", "The disk is full.")
    assert world.queries.document(issued).problems == (
        "The PDF could not be made: The disk is full.",
    )
    add_job(world, issued, "render", "done")
    assert not has_problem(world)


def test_a_payment_to_review_is_a_problem(world: World, issued: int) -> None:
    add_online_payment(world, issued, TODAY, review="More was paid than was open.")
    assert world.queries.document(issued).problems == ("More was paid than was open.",)


def test_a_deleted_draft_can_still_be_read(world: World) -> None:
    draft = world.draft(None)
    world.invoices.delete(draft)
    assert world.queries.document(draft).deleted


def test_what_does_not_exist_is_not_found(world: World, other: World) -> None:
    foreign = other.issued(other.customer("Acme"))
    for document_id in (foreign, 10**9):
        for read in (
            world.queries.document,
            world.queries.timeline,
            world.queries.preview_snapshot,
        ):
            with pytest.raises(NotFound):
                read(document_id)
        assert world.queries.pdf(document_id) is None


def test_the_preview_of_a_draft_is_what_issuing_freezes(world: World) -> None:
    customer = world.customer("Acme", contact="Ada", language="de")
    taxed = tuple(rate.id for rate in world.queries.tax_rates() if rate.name != "VAT 7 %")
    line = LineDraft("Work", Decimal(3), Decimal("19.99"), tax_rate_ids=(taxed[0],))
    export = replace(line, tax_rate_ids=(taxed[1],))
    draft = replace(world.queries.new_draft(customer), lines=(line, export))
    saved = world.invoices.create(draft)
    before = world.queries.preview_snapshot(saved.document_id)
    assert before.number == "Draft"
    assert before.legal_texts == ("Tax-free export",)
    assert before.language == "de"
    number = world.invoices.issue(saved.document_id, saved.version).number
    assert world.queries.preview_snapshot(saved.document_id) == replace(before, number=number)


def test_an_empty_draft_can_be_previewed(world: World) -> None:
    snapshot = world.queries.snapshot_for(InvoiceDraft(), number="–")
    assert (snapshot.number, snapshot.buyer.name, snapshot.total_minor) == ("–", "", 0)
    assert (snapshot.currency, snapshot.issued_on) == ("EUR", TODAY)


def test_a_preview_promises_no_link_that_issuing_would_not_make(world: World) -> None:
    draft = replace(
        world.queries.new_draft(),
        online_payment=True,
        lines=(LineDraft("Work", Decimal(1), Decimal(10)),),
    )
    assert not world.queries.snapshot_for(draft).online_payment
    with world.uow.write() as tx:
        write_setting(tx, OnlinePayment(enabled=True))
    assert world.queries.snapshot_for(draft).online_payment
    assert not world.queries.snapshot_for(replace(draft, lines=())).online_payment
