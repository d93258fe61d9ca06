"""Invariants of the ledger."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, Document, LedgerEntry, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.reading import streamed
from billdesk.core.services.verification.violation import Violation


def entries_balance(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Postings sum to zero per entry: per currency, and in the company's currency."""
    for row in streamed(connection, _off_per_currency(company_id)):
        yield Violation(
            "entry-balance", f"entry {row.entry_id}", f"{row.currency} is off by {row.off}"
        )
    for entry_id, off in streamed(connection, _off_in_company_currency(company_id)):
        yield Violation("entry-balance", f"entry {entry_id}", f"company currency is off by {off}")
    for entry_id in connection.scalars(_without_postings(company_id)):
        yield Violation("entry-balance", f"entry {entry_id}", "it has no postings")


@cache
def _off_per_currency(company_id: int) -> AnySelect:
    return (
        select(Posting.entry_id, Posting.currency, func.sum(Posting.minor).label("off"))
        .where(Posting.company_id == company_id)
        .group_by(Posting.entry_id, Posting.currency)
        .having(func.sum(Posting.minor) != 0)
    )


@cache
def _off_in_company_currency(company_id: int) -> AnySelect:
    return (
        select(Posting.entry_id, func.sum(Posting.base_minor).label("off"))
        .where(Posting.company_id == company_id)
        .group_by(Posting.entry_id)
        .having(func.sum(Posting.base_minor) != 0)
    )


@cache
def _without_postings(company_id: int) -> AnySelect:
    return (
        select(LedgerEntry.id)
        .outerjoin(Posting, Posting.entry_id == LedgerEntry.id)
        .where(LedgerEntry.company_id == company_id, Posting.entry_id.is_(None))
    )


def one_company(connection: Connection, company_id: int) -> Iterable[Violation]:
    """No posting refers to an entry, account or document of another company."""
    rows = connection.execute(_across_companies(company_id))
    for row in rows:
        yield Violation("one-company", f"entry {row.entry_id}", "it refers to another company")


@cache
def _across_companies(company_id: int) -> AnySelect:
    return (
        select(Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .outerjoin(Document, Document.id == Posting.document_id)
        .where(
            Posting.company_id == company_id,
            (Account.company_id != company_id)
            | (LedgerEntry.company_id != company_id)
            | (func.coalesce(Document.company_id, company_id) != company_id),
        )
    )


def receivables(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The receivable of each document in the ledger is what the document has open."""
    rows = streamed(connection, _receivables_off(company_id))
    for row in rows:
        yield Violation(
            "receivable",
            row.number,
            f"open {row.open_minor} ({row.open_base_minor} in company currency), "
            f"the ledger says {row.minor} ({row.base})",
        )


@cache
def _receivables_off(company_id: int) -> AnySelect:
    posted = (
        select(
            Posting.document_id,
            func.sum(Posting.minor).label("minor"),
            func.sum(Posting.base_minor).label("base"),
        )
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id == company_id, Account.role == Role.RECEIVABLE.value)
        .group_by(Posting.document_id)
        .subquery()
    )
    minor, base = func.coalesce(posted.c.minor, 0), func.coalesce(posted.c.base, 0)
    return (
        select(
            Document.number,
            Document.open_minor,
            Document.open_base_minor,
            minor.label("minor"),
            base.label("base"),
        )
        .outerjoin(posted, posted.c.document_id == Document.id)
        .where(
            Document.company_id == company_id,
            Document.issued_at.is_not(None),
            Document.kind.in_(sorted(RECEIVABLE_KINDS)),
            (minor != Document.open_minor) | (base != Document.open_base_minor),
        )
    )


def count_entries(connection: Connection, company_id: int) -> int:
    """How many ledger entries the company has."""
    return connection.scalar(_number_of_entries(company_id)) or 0


@cache
def _number_of_entries(company_id: int) -> AnySelect:
    return select(func.count()).select_from(LedgerEntry).where(LedgerEntry.company_id == company_id)
