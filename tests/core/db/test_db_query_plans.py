"""Each frequent look-up goes through its index, whatever the size of the books."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from db_samples import NOW, TODAY
from sqlalchemy import Engine, Select, event, func, literal_column, or_, select, tuple_

from billdesk.core.db.tables import (
    Allocation,
    AuditLog,
    Document,
    DocumentLine,
    Mail,
    Outbox,
    Payment,
    PaymentLink,
    Posting,
    Rendition,
    StripeEvent,
)
from billdesk.core.domain.documents import FilterTab
from billdesk.core.queries.documents import DocumentFilter, DocumentSort
from billdesk.core.queries.paging import Key
from billdesk.core.queries.sql import as_of
from billdesk.core.queries.sql.as_of import read_ageing, read_balances, read_trial_balance
from billdesk.core.queries.sql.document_list import document_counts, document_page
from billdesk.core.queries.sql.home_figures import read_owed

COMPANY = 1


@pytest.fixture
def plans(engine: Engine) -> Iterator[list[str]]:
    """What SQLite does for every SELECT made while the test runs, one line per step."""
    steps: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            # The values matter: a partial index is taken when the bound value proves it.
            rows = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            steps.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    yield steps
    event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("after", [None, Key((TODAY, 500))], ids=["first page", "later page"])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (DocumentFilter(), "ix_document_list (company_id=?"),
        (DocumentFilter(descending=False), "ix_document_list (company_id=?"),
        (DocumentFilter(tab=FilterTab.OPEN), "ix_document_list (company_id=?"),
        (DocumentFilter(customer_id=7), "ix_document_customer (company_id=? AND customer_id=?"),
    ],
    ids=["all", "all, oldest first", "open", "of a customer"],
)
def test_a_page_of_documents_is_read_in_order(
    engine: Engine, plans: list[str], wanted: DocumentFilter, index: str, after: Key | None
) -> None:
    with engine.begin() as connection:
        document_page(connection, COMPANY, TODAY, wanted, after, 50)
    # The key narrows the search itself: the last page costs what the first costs.
    narrowed = ")" if after is None else " AND listed_on"
    assert [step.split("INDEX ")[1][: len(index)] for step in plans] == [index]
    assert plans[0].split("INDEX ")[1][len(index) :].startswith(narrowed), plans


def test_overdue_documents_come_from_the_open_ones(engine: Engine, plans: list[str]) -> None:
    wanted = DocumentFilter(tab=FilterTab.OVERDUE, sort=DocumentSort.DUE)
    with engine.begin() as connection:
        document_page(connection, COMPANY, TODAY, wanted, None, 50)
        read_owed(connection, COMPANY, TODAY, "EUR")
    assert [step for step in plans if step.startswith("S")] == [
        "SEARCH document USING INDEX ix_document_due (company_id=? AND due_on<?)",
        "SEARCH document USING INDEX ix_document_due (company_id=?)",
    ]


def test_what_is_open_today_comes_from_one_index(engine: Engine, plans: list[str]) -> None:
    with engine.begin() as connection:
        read_ageing(connection, COMPANY, TODAY)
        read_balances(connection, COMPANY, TODAY)
    found = [step for step in plans if " document" in step or " allocation" in step]
    since = "allocation USING COVERING INDEX ix_allocation_occurred (company_id=? AND occurred_on>?"
    still_open = "SEARCH document USING COVERING INDEX ix_document_open (company_id=?)"
    assert found == [f"SEARCH {since})", still_open] * 2, plans
    assert "USE TEMP B-TREE FOR GROUP BY" not in plans[: plans.index(still_open) + 2]


def test_what_was_open_comes_from_what_is_open_and_what_happened_since(
    engine: Engine, plans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "_facts", lambda *_: as_of._Facts(True, False, False))
    with engine.begin() as connection:
        read_ageing(connection, COMPANY, TODAY)
    searched = [step for step in plans if step.startswith(("SEARCH", "SCAN"))]
    assert searched[:5] == [
        "SEARCH document USING COVERING INDEX ix_document_open (company_id=?)",
        "SEARCH allocation USING INDEX ix_allocation_occurred (company_id=? AND occurred_on>?)",
        "SEARCH document USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH ledger_entry USING INDEX ix_ledger_entry_occurred (company_id=? AND occurred_on>?)",
        "SEARCH document USING INDEX sqlite_autoindex_document_1 (uid=?)",
    ]
    assert not any(step.startswith("SCAN document") for step in plans), plans


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("no such word", "SCAN document_search VIRTUAL TABLE INDEX 0:M1"),
        ("zz", "SCAN document_search_terms VIRTUAL TABLE INDEX 6:"),
        ("z", "SCAN document_search_terms VIRTUAL TABLE INDEX 6:"),
    ],
)
def test_a_search_reads_only_what_its_index_names(
    engine: Engine, plans: list[str], typed: str, index: str
) -> None:
    with engine.begin() as connection:
        document_page(connection, COMPANY, TODAY, DocumentFilter(search=typed), None, 50)
        document_counts(connection, COMPANY, TODAY, typed, None, None)
    found = [step for step in plans if "document" in step]
    looked_up = "SEARCH document USING INTEGER PRIMARY KEY (rowid=?)"
    assert found == [index, looked_up, index, looked_up], plans


def test_the_balance_of_some_customers_reads_their_rows_only(
    engine: Engine, plans: list[str]
) -> None:
    with engine.begin() as connection:
        read_balances(connection, COMPANY, TODAY, [7])
    assert any("ix_posting_account (account_id=?" in step for step in plans), plans
    assert any("ix_customer_merged (merged_into_id=?)" in step for step in plans), plans
    tables = ("SCAN document", "SCAN posting", "SCAN ledger_entry", "SCAN allocation")
    assert not [step for step in plans if step.startswith(tables)], plans


def test_the_trial_balance_sums_from_the_index_and_takes_off_later_days(
    engine: Engine, plans: list[str]
) -> None:
    with engine.begin() as connection:
        read_trial_balance(connection, COMPANY, TODAY)
    assert any("posting USING COVERING INDEX ix_posting_account" in step for step in plans), plans
    later = "ledger_entry USING COVERING INDEX ix_ledger_entry_occurred (company_id=? AND occurred"
    assert any(later in step for step in plans), plans


IN_ORDER: dict[str, tuple[Select[Any], str]] = {
    "drafts": (
        select(Document.id)
        .where(
            Document.company_id == COMPANY,
            Document.issued_at.is_(None),
            Document.deleted_at.is_(None),
        )
        .order_by(Document.id.desc()),
        "ix_document_draft",
    ),
    "due": (
        select(Document.id)
        .where(
            Document.company_id == COMPANY,
            Document.open_minor != literal_column("0"),
            tuple_(Document.due_on, Document.id) > (TODAY, 5),
        )
        .order_by(Document.due_on, Document.id),
        "ix_document_due",
    ),
    "jobs that are due": (
        select(Outbox.id)
        .where(
            Outbox.company_id == COMPANY,
            Outbox.done_at.is_(None),
            Outbox.not_before_at <= NOW,
            or_(Outbox.state == "queued", Outbox.lease_until_at < NOW),
        )
        .order_by(Outbox.not_before_at, Outbox.id),
        "ix_outbox_due",
    ),
    "jobs that failed": (
        select(Outbox.id)
        .where(Outbox.company_id == COMPANY, Outbox.state == "failed")
        .order_by(Outbox.created_at.desc(), Outbox.id.desc()),
        "ix_outbox_failed",
    ),
    "events that wait": (
        select(StripeEvent.id)
        .where(
            StripeEvent.company_id == COMPANY,
            StripeEvent.state == "new",
            StripeEvent.next_try_at <= NOW,
        )
        .order_by(StripeEvent.next_try_at),
        "ix_stripe_event_new",
    ),
    "events of a payment": (
        select(StripeEvent.id).where(
            StripeEvent.company_id == COMPANY, StripeEvent.root == "payment_intent:pi_1"
        ),
        "ix_stripe_event_root",
    ),
    "an event by its id": (
        select(StripeEvent.state).where(
            StripeEvent.company_id == COMPANY,
            StripeEvent.livemode.is_(False),
            StripeEvent.id == "evt_1",
        ),
        "sqlite_autoindex_stripe_event_1",
    ),
    "balance of an account": (
        select(func.sum(Posting.minor), func.sum(Posting.base_minor)).where(
            Posting.account_id == 3
        ),
        "COVERING INDEX ix_posting_account",
    ),
    "trial balance": (
        select(Posting.account_id, func.sum(Posting.base_minor))
        .where(Posting.account_id.in_([3, 4, 5]))
        .group_by(Posting.account_id),
        "COVERING INDEX ix_posting_account",
    ),
    "postings of a document": (
        select(Posting.minor).where(Posting.document_id == 5),
        "ix_posting_document",
    ),
    "postings of an entry": (
        select(Posting.minor).where(Posting.entry_id == 5).order_by(Posting.position),
        "sqlite_autoindex_posting_1",
    ),
    "lines of a document": (
        select(DocumentLine.name)
        .where(DocumentLine.document_id == 5)
        .order_by(DocumentLine.position),
        "sqlite_autoindex_document_line_1",
    ),
    "payments for a document": (
        select(Payment.id).where(Payment.document_id == 5),
        "ix_payment_document",
    ),
    "payments that name a document of the company": (
        select(Payment.state).where(Payment.document_id == 5, Payment.company_id == COMPANY),
        "ix_payment_document",
    ),
    "payments of a month": (
        select(func.sum(Payment.base_minor)).where(
            Payment.company_id == COMPANY,
            Payment.received_on.between(date(2026, 11, 1), TODAY),
        ),
        "ix_payment_received",
    ),
    "a payment by its intent": (
        select(Payment.id).where(
            Payment.company_id == COMPANY,
            Payment.livemode.is_(True),
            Payment.payment_intent == "pi_1",
        ),
        "sqlite_autoindex_payment_2",
    ),
    "payments whose fee is not known": (
        select(Payment.id).where(
            Payment.company_id == COMPANY,
            Payment.fee_state == "pending",
            Payment.fee_next_try_at <= NOW,
        ),
        "ix_payment_fee_pending",
    ),
    "payments on their way": (
        select(func.count())
        .select_from(Payment)
        .where(Payment.company_id == COMPANY, Payment.state == "pending"),
        "ix_payment_pending",
    ),
    "payments to decide about": (
        select(Payment.id)
        .where(Payment.company_id == COMPANY, Payment.review != literal_column("''"))
        .order_by(Payment.updated_at.desc(), Payment.id.desc()),
        "ix_payment_review",
    ),
    "what settles a document": (
        select(func.sum(Allocation.minor)).where(Allocation.document_id == 5),
        "ix_allocation_document",
    ),
    "what a payment settles": (
        select(func.sum(Allocation.minor)).where(Allocation.payment_id == 5),
        "ix_allocation_payment",
    ),
    "links that can be paid": (
        select(func.count())
        .select_from(PaymentLink)
        .where(PaymentLink.company_id == COMPANY, PaymentLink.state == "active"),
        "ix_payment_link_active",
    ),
    "links that went wrong": (
        select(PaymentLink.id)
        .where(PaymentLink.company_id == COMPANY, PaymentLink.error != literal_column("''"))
        .order_by(PaymentLink.updated_at.desc(), PaymentLink.id.desc()),
        "ix_payment_link_error",
    ),
    "a link by Stripe's id": (
        select(PaymentLink.id).where(PaymentLink.stripe_id == "plink_1"),
        "ix_payment_link_stripe",
    ),
    "mails of a document": (
        select(Mail.id).where(Mail.document_id == 5).order_by(Mail.id.desc()),
        "ix_mail_document",
    ),
    "mails that went wrong": (
        select(Mail.id)
        .where(Mail.company_id == COMPANY, Mail.error != literal_column("''"))
        .order_by(Mail.created_at.desc(), Mail.id.desc()),
        "ix_mail_error",
    ),
    "renditions of a document": (
        select(Rendition.sha256).where(Rendition.document_id == 5),
        "sqlite_autoindex_rendition_1",
    ),
    "history of a document": (
        select(AuditLog.seq).where(
            AuditLog.company_id == COMPANY, AuditLog.subject == "document:1"
        ),
        "ix_audit_log_subject",
    ),
}


@pytest.mark.parametrize(("statement", "index"), IN_ORDER.values(), ids=IN_ORDER.keys())
def test_a_look_up_uses_its_index_and_sorts_nothing(
    engine: Engine, plans: list[str], statement: Select[Any], index: str
) -> None:
    with engine.begin() as connection:
        connection.execute(statement).all()
    assert [step for step in plans if f" {index} (" in step] == plans, plans
