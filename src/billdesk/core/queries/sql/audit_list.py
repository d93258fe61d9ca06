"""The audit log, page by page: who did what when."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from billdesk.core.db.tables import AuditDetail, AuditLog, Customer, Document, Item
from billdesk.core.domain.errors import NotFound
from billdesk.core.queries.activity import AuditFilter, AuditRow, AuditTab
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.history_words import SILENT_ACTIONS, actions_said, words_of
from billdesk.core.queries.sql.keyset import Order, paged, read_page
from billdesk.core.queries.sql.search import wanted_words
from billdesk.core.queries.sql.search_index import AMONG, look_up

# What an action begins with, by tab.
_BEGINNINGS = {
    AuditTab.DOCUMENTS: (
        "invoice",
        "quote",
        "credit_note",
        "delivery_note",
        "receipt",
        "statement",
        "reminder",
        "rendition",
        "mail",
        "link",
        "outbox",
        "attachment",
        "recurring",
    ),
    AuditTab.MONEY: (
        "payment",
        "credit",
        "refund",
        "deduction",
        "dispute",
        "stripe",
        "payout",
        "bank",
        "opening",
        "period",
    ),
    AuditTab.MASTER_DATA: (
        "customer",
        "item",
        "price_list",
        "custom_field",
        "cost_centre",
        "tax_rate",
        "account",
        "import",
    ),
    AuditTab.SETTINGS: ("settings", "series", "company", "books"),
}
_ORDER = Order((AuditLog.seq,), descending=True)
_DOCUMENT = "document:"
# More are found by reading through the documents.
_MOST_LISTED = 1_000


def audit_page(
    connection: Connection, company_id: int, wanted: AuditFilter, after: Key | None, limit: int
) -> Page[AuditRow]:
    """What was done, the newest first; not each second's saving of a draft.

    Raises ``NotFound`` for a document the company has not.
    """
    statement = _entries(company_id)
    if wanted.document_id is not None:
        statement = statement.where(
            AuditLog.subject == _subject_of(connection, company_id, wanted.document_id)
        )
    if wanted.tab is not None:
        beginnings = _BEGINNINGS[wanted.tab]
        statement = statement.where(or_(*(AuditLog.action.startswith(f"{b}.") for b in beginnings)))
    for forms in wanted_words(wanted.search):
        statement = statement.where(or_(*(_found(connection, company_id, form) for form in forms)))
    page = paged(statement, _ORDER, follows=after is not None)
    rows_of = partial(_rows, connection, company_id)
    return read_page(connection, page, {}, after, limit, rows_of)


def _entries(company_id: int) -> AnySelect:
    return (
        select(
            AuditLog.seq,
            AuditLog.at,
            AuditLog.actor,
            AuditLog.machine,
            AuditLog.action,
            AuditLog.subject,
            AuditDetail.body,
        )
        # The detail may have been erased; the row in the chain stays.
        .outerjoin(
            AuditDetail,
            and_(AuditDetail.company_id == AuditLog.company_id, AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id, AuditLog.action.not_in(SILENT_ACTIONS))
    )


def _subject_of(connection: Connection, company_id: int, document_id: int) -> str:
    uid = connection.scalar(
        select(Document.uid).where(Document.company_id == company_id, Document.id == document_id)
    )
    if uid is None:
        raise NotFound("This document does not exist.")
    return f"{_DOCUMENT}{uid}"


def _found(connection: Connection, company_id: int, form: str) -> ColumnElement[bool]:
    """Who, what or about whom: one word, in small letters."""
    said = func.lower(AuditLog.actor + " " + AuditLog.machine + " " + AuditLog.action)
    ways = [
        said.contains(form, autoescape=True),
        AuditLog.action.in_(actions_said(form)),
        _about_documents(connection, company_id, form),
    ]
    for prefix, table in (("customer:", Customer), ("item:", Item)):
        named = select(literal(prefix) + table.uid).where(
            table.company_id == company_id, table.search_text.contains(form, autoescape=True)
        )
        ways.append(AuditLog.subject.in_(named))
    return or_(*ways)


def _about_documents(connection: Connection, company_id: int, form: str) -> ColumnElement[bool]:
    """Done to one of the documents that are found by the word."""
    subject = literal(_DOCUMENT) + Document.uid
    search = look_up(connection, company_id, form)
    if search is None or search.ids is None or len(search.ids) > _MOST_LISTED:
        return AuditLog.subject.in_(
            select(subject).where(
                Document.company_id == company_id,
                Document.search_text.contains(form, autoescape=True),
            )
        )
    company = AMONG
    documents: AnySelect = select(subject).where(company == company_id)
    return AuditLog.subject.in_(connection.scalars(search.narrow(connection, documents)).all())


def _rows(connection: Connection, company_id: int, rows: Sequence[Any]) -> list[AuditRow]:
    subjects = [tuple(row.subject.partition(":")[::2]) for row in rows]
    company = AMONG
    documents = {
        row.uid: row
        for row in connection.execute(
            select(
                Document.uid,
                Document.id,
                Document.number,
                Document.customer_name,
                Document.currency,
                # By their own index: the company has many.
            ).where(company == company_id, Document.uid.in_(_of(subjects, "document")))
        )
    }
    names: dict[tuple[str, str], str] = {}
    for kind, table in (("customer", Customer), ("item", Item)):
        found = connection.execute(
            select(table.uid, table.name).where(
                table.company_id == company_id, table.uid.in_(_of(subjects, kind))
            )
        )
        names |= {(kind, row.uid): row.name for row in found}
    return [
        _row(row, documents.get(uid) if kind == "document" else None, names.get((kind, uid)), kind)
        for row, (kind, uid) in zip(rows, subjects, strict=True)
    ]


def _of(subjects: Iterable[tuple[str, ...]], kind: str) -> list[str]:
    return [uid for named, uid in subjects if named == kind]


def _row(row: Any, document: Any, name: str | None, kind: str) -> AuditRow:
    words = words_of(row.action, row.body)
    about = name or kind.replace("_", " ").capitalize()
    currency = words.currency
    if document is not None:
        about = document.number or "Draft"
        currency = words.currency or document.currency
    return AuditRow(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        machine=row.machine,
        action=row.action,
        text=words.text,
        tone=words.tone,
        detail=words.detail if words.detail != about else "",
        about=about,
        customer_name=document.customer_name if document is not None else "",
        document_id=document.id if document is not None else None,
        amount_minor=words.amount_minor if currency else None,
        currency=currency if words.amount_minor is not None else "",
    )
