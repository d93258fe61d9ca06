"""Lines of bank statements, page by page, with what they may be or became."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select

from billdesk.core.db.tables import (
    Account,
    Allocation,
    BankLine,
    BankStatement,
    Customer,
    Document,
    Payment,
    Refund,
)
from billdesk.core.domain.accounts import FROM_DOCUMENTS, Role
from billdesk.core.domain.banking import STATES_OF, BankTab, LineState
from billdesk.core.domain.search import search_key
from billdesk.core.queries.bank import AccountRow, BankLineRow, OpenDocumentRow
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.bank_explaining import LINE_COLUMNS, PAYABLE, BankExplainer
from billdesk.core.queries.sql.keyset import Order, paged, read_page
from billdesk.core.queries.sql.state import STILL_OPEN

# What follows from documents and payments, or what a bank line itself is about. Money nobody can
# place yet may wait in suspense.
_NOT_BY_HAND = FROM_DOCUMENTS - {Role.SUSPENSE} | {
    Role.TAX_PAYABLE,
    Role.WITHHOLDING_RECEIVABLE,
    Role.BANK,
}
_COLUMNS = (
    *LINE_COLUMNS,
    BankLine.version,
    BankLine.state,
    BankLine.note,
    BankLine.payment_id,
    BankLine.refund_id,
    BankLine.fee_minor,
    BankStatement.iban.label("account"),
    BankStatement.file_name,
    Account.name.label("booked_to"),
    Customer.name.label("customer"),
)


def line_page(
    connection: Connection,
    company_id: int,
    today: date,
    tab: BankTab,
    after: Key | None,
    limit: int,
) -> Page[BankLineRow]:
    """The lines of ``tab``, newest first; open ones with suggestions."""
    order = Order((BankLine.booked_on, BankLine.id), descending=True)
    statement = _lines(company_id).where(BankLine.state.in_([one.value for one in STATES_OF[tab]]))
    page = paged(statement, order, follows=after is not None)

    def rows_of(rows: Sequence[Any]) -> list[BankLineRow]:
        return _rows(connection, company_id, today, rows)

    return read_page(connection, page, {}, after, limit, rows_of)


def line_counts(connection: Connection, company_id: int) -> dict[BankTab, int]:
    """How many lines each tab holds."""
    rows = connection.execute(
        select(BankLine.state, func.count().label("lines"))
        .where(BankLine.company_id == company_id)
        .group_by(BankLine.state)
    )
    found = {row.state: int(row.lines) for row in rows}
    return {
        tab: sum(found.get(one.value, 0) for one in states) for tab, states in STATES_OF.items()
    }


def payable_documents(
    connection: Connection, company_id: int, currency: str, text: str, limit: int
) -> tuple[OpenDocumentRow, ...]:
    """Open invoices in ``currency`` whose number or customer matches ``text``, oldest first."""
    statement = (
        select(
            Document.id,
            Document.number,
            Document.customer_id,
            Customer.name,
            Document.currency,
            Document.open_minor,
            Document.due_on,
        )
        .join(Customer, Customer.id == Document.customer_id)
        .where(
            Document.company_id == company_id,
            Document.currency == currency,
            Document.kind.in_(PAYABLE),
            Document.issued_at.is_not(None),
            STILL_OPEN,
        )
        .order_by(Document.due_on, Document.id)
        .limit(limit)
    )
    typed = search_key(text)
    if typed:
        statement = statement.where(
            func.lower(Document.number).contains(typed, autoescape=True)
            | Customer.search_text.contains(typed, autoescape=True)
        )
    return tuple(
        OpenDocumentRow(
            row.id, row.number, row.customer_id, row.name, row.currency, row.open_minor, row.due_on
        )
        for row in connection.execute(statement)
    )


def bookable_accounts(connection: Connection, company_id: int) -> tuple[AccountRow, ...]:
    """The accounts a bank line may be booked to by hand, expenses first."""
    rows = connection.execute(
        select(Account.id, Account.code, Account.name)
        .where(
            Account.company_id == company_id,
            Account.deleted_at.is_(None),
            Account.role.is_(None) | Account.role.not_in([one.value for one in _NOT_BY_HAND]),
        )
        .order_by(case((Account.kind == "expense", 0), else_=1), Account.code)
    )
    return tuple(AccountRow(row.id, row.code, row.name) for row in rows)


def _lines(company_id: int) -> Any:
    return (
        select(*_COLUMNS)
        .join(BankStatement, BankStatement.id == BankLine.statement_id)
        .outerjoin(Account, Account.id == BankLine.account_id)
        .outerjoin(Payment, Payment.id == BankLine.payment_id)
        .outerjoin(Refund, Refund.id == BankLine.refund_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Payment.customer_id, Refund.customer_id))
        .where(BankLine.company_id == company_id)
    )


def _rows(
    connection: Connection, company_id: int, today: date, rows: Sequence[Any]
) -> list[BankLineRow]:
    is_open = [row for row in rows if row.state == LineState.OPEN]
    suggestions = BankExplainer(connection, company_id, today).explain(is_open) if is_open else {}
    settled = _settled(connection, [row.payment_id for row in rows if row.payment_id])
    return [
        BankLineRow(
            row.id,
            row.version,
            row.booked_on,
            row.minor,
            row.currency,
            row.counterparty,
            row.counterparty_iban,
            row.remittance,
            row.account,
            row.file_name,
            LineState(row.state),
            row.note,
            suggestions.get(row.id, ()),
            _outcome(row, settled.get(row.payment_id, [])),
            tuple(one for one, _ in settled.get(row.payment_id, [])),
        )
        for row in rows
    ]


def _settled(connection: Connection, payments: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The documents each payment settles now, with their numbers."""
    if not payments:
        return {}
    rows = connection.execute(
        select(Allocation.payment_id, Document.id, Document.number)
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.payment_id.in_(payments))
        .group_by(Allocation.payment_id, Document.id, Document.number)
        .having(func.sum(Allocation.minor) != 0)
        .order_by(Document.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault(row.payment_id, []).append((row.id, row.number))
    return found


def _outcome(row: Any, settled: Sequence[tuple[int, str]]) -> str:
    state = LineState(row.state)
    if state is LineState.BOOKED:
        return f"Booked to {row.booked_to}"
    if state is LineState.IGNORED:
        return row.note or "Ignored"
    if state is LineState.DUPLICATE:
        return "Came in before"
    if state is LineState.OPEN:
        return ""
    if row.refund_id is not None:
        return f"Refund to {row.customer}" if row.customer else "Refund"
    if settled:
        numbers = ", ".join(number for _, number in settled)
        return f"{numbers} · {row.customer}"
    return f"Credit of {row.customer}" if row.customer else "Unknown payer"
