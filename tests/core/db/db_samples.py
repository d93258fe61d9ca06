"""A company's rows, as small as the schema allows, for tests of the database itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Connection, insert

from billdesk.core.db.tables import (
    Account,
    Allocation,
    AuditDetail,
    AuditLog,
    Base,
    Company,
    Customer,
    Document,
    DocumentAdjustment,
    DocumentLine,
    DocumentLineTax,
    DocumentReference,
    DocumentSnapshot,
    LedgerEntry,
    NumberSeries,
    Payment,
    PaymentAttempt,
    Posting,
    RecurringRun,
    RecurringTemplate,
    Rendition,
    TaxRate,
)
from billdesk.core.db.types import new_uid

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Rows:
    """Ids of one company's rows."""

    company: int
    account: int
    other_account: int
    tax_rate: int
    series: int
    customer: int
    draft: int
    issued: int
    payment: int
    entry: int


def add_company(connection: Connection, company: int = 1) -> Rows:
    """Insert a company with a draft, an issued document, a payment for it and a ledger entry.

    Ids are derived from ``company``, so that several can stand beside each other.
    """
    base = company * 100
    rows = Rows(company, *(base + i for i in range(1, 10)))
    _add(connection, Company, id=company, uid=new_uid(), name="Acme", currency="EUR")
    for account, code in ((rows.account, "1200"), (rows.other_account, "4000")):
        _add(connection, Account, id=account, company_id=company, code=code, name=code, kind="x")
    _add(
        connection,
        TaxRate,
        id=rows.tax_rate,
        company_id=company,
        name="VAT",
        category="S",
        percent=Decimal(19),
        account_id=rows.account,
    )
    _add(
        connection,
        NumberSeries,
        id=rows.series,
        company_id=company,
        kind="invoice",
        pattern="INV-{seq:05}",
        reset="never",
    )
    _add(
        connection,
        Customer,
        id=rows.customer,
        uid=new_uid(),
        company_id=company,
        number="C-1",
        name="Ada",
        sort_name="ada",
        search_text="ada",
        updated_at=NOW,
    )
    add_document(connection, rows, rows.draft)
    add_document(connection, rows, rows.issued)
    issue(connection, rows, rows.issued)
    _add(
        connection,
        Payment,
        id=rows.payment,
        uid=new_uid(),
        company_id=company,
        customer_id=rows.customer,
        document_id=rows.issued,
        method="bank",
        state="succeeded",
        currency="EUR",
        amount_minor=1190,
        base_minor=1190,
        exchange_rate=Decimal(1),
        received_on=TODAY,
        updated_at=NOW,
    )
    _add(
        connection,
        Allocation,
        company_id=company,
        payment_id=rows.payment,
        document_id=rows.issued,
        minor=1190,
        base_minor=1190,
        occurred_on=TODAY,
    )
    _add(
        connection,
        PaymentAttempt,
        company_id=company,
        document_id=rows.issued,
        livemode=False,
        payment_intent="pi_1",
        charge="ch_1",
        at=NOW,
    )
    add_entry(connection, rows, rows.entry, [1190, -1190])
    connection.execute(
        insert(DocumentReference).values(
            document_id=rows.draft,
            refers_to_id=rows.issued,
            kind="credits",
            company_id=company,
        )
    )
    _add(
        connection,
        RecurringTemplate,
        id=base,
        uid=new_uid(),
        company_id=company,
        name="Rent",
        body="{}",
        anchor_on=TODAY,
        unit="month",
        action="draft",
        updated_at=NOW,
    )
    _add(
        connection,
        RecurringRun,
        template_id=base,
        period=0,
        company_id=company,
        due_on=TODAY,
        state="skipped",
    )
    add_audit(connection, company, 1, "invoice.issued", "document:1")
    add_audit(connection, company, 2, "customer.created", "customer:1")
    return rows


def add_audit(connection: Connection, company: int, seq: int, action: str, subject: str) -> None:
    """A row of the audit log with its detail."""
    audit = {"company_id": company, "seq": seq}
    _add(
        connection,
        AuditLog,
        **audit,
        at=NOW,
        actor="ada",
        machine="desk",
        action=action,
        subject=subject,
        correlation_id=new_uid(),
        detail_sha256="0" * 64,
        previous="0" * 64,
        hash=str(seq) * 64,
    )
    connection.execute(insert(AuditDetail).values(**audit, salt="0" * 32, body="{}"))


def add_document(connection: Connection, rows: Rows, document: int) -> None:
    """A draft with one taxed line and one discount."""
    _add(
        connection,
        Document,
        id=document,
        uid=new_uid(),
        company_id=rows.company,
        kind="invoice",
        series_id=rows.series,
        customer_id=rows.customer,
        customer_name="Ada",
        listed_on=TODAY,
        language="en",
        currency="EUR",
        exchange_rate=Decimal(1),
        price_mode="net",
        tax_rounding="document",
        net_minor=1000,
        tax_minor=190,
        total_minor=1190,
        base_total_minor=1190,
        updated_at=NOW,
    )
    connection.execute(
        insert(DocumentLine).values(
            document_id=document,
            position=1,
            name="Work",
            quantity=Decimal(1),
            unit_price=Decimal(10),
            amount_minor=1000,
            net_minor=1000,
        )
    )
    connection.execute(
        insert(DocumentLineTax).values(
            document_id=document, position=1, ordinal=0, tax_rate_id=rows.tax_rate
        )
    )
    connection.execute(
        insert(DocumentAdjustment).values(
            document_id=document, ordinal=0, is_charge=False, amount_minor=0
        )
    )


def issue(connection: Connection, rows: Rows, document: int) -> None:
    """What issuing does to the rows: number and frozen columns last, then snapshot and PDF."""
    connection.execute(
        Document.__table__.update()
        .where(Document.__table__.c.id == document)
        .values(
            number=f"INV-{document:05}",
            issued_on=TODAY,
            due_on=TODAY,
            issued_at=NOW,
            open_minor=1190,
        )
    )
    owner = {"company_id": rows.company, "document_id": document}
    connection.execute(insert(DocumentSnapshot).values(**owner, body="{}", sha256="2" * 64))
    _add(
        connection,
        Rendition,
        **owner,
        kind="original",
        snapshot_sha256="2" * 64,
        sha256="3" * 64,
        size=1,
    )


def add_entry(
    connection: Connection,
    rows: Rows,
    entry: int,
    amounts: list[int],
    *,
    currencies: tuple[str, ...] = ("EUR", "EUR", "EUR"),
    base: list[int] | None = None,
    company: int | None = None,
) -> None:
    """Postings of ``amounts`` minor units, alternating between two accounts, then their entry."""
    for position, minor in enumerate(amounts):
        connection.execute(
            insert(Posting).values(
                entry_id=entry,
                position=position,
                company_id=rows.company,
                account_id=rows.other_account if position % 2 else rows.account,
                currency=currencies[position],
                minor=minor,
                base_minor=(base or amounts)[position],
            )
        )
    _add(
        connection,
        LedgerEntry,
        id=entry,
        company_id=company or rows.company,
        kind="issued",
        source_type="document",
        source_id=str(entry),
        occurred_on=TODAY,
    )


def _add(connection: Connection, table: type[Base], **values: object) -> None:
    if "created_at" in table.__table__.columns:
        values.setdefault("created_at", NOW)
    connection.execute(insert(table).values(**values))
