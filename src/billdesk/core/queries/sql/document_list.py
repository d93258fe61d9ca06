"""The list of documents, page by page, and the counts on its tabs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, case, func, select

from billdesk.core.db.tables import Customer, Document
from billdesk.core.domain.documents import TAB_OF, DocumentState, FilterTab, state_of
from billdesk.core.queries.documents import DocumentFilter, DocumentRow, DocumentSort
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.document_problems import documents_with_problems
from billdesk.core.queries.sql.keyset import Order, read_page
from billdesk.core.queries.sql.search import matches
from billdesk.core.queries.sql.state import FACT_COLUMNS, facts_of, in_tab, tab_case

_COLUMNS = (
    Document.id,
    Document.version,
    Document.number,
    Document.customer_id,
    Document.customer_name,
    Document.subject,
    Document.issued_on,
    Document.listed_on,
    Document.currency,
    *FACT_COLUMNS,
)


def document_page(
    connection: Connection,
    company_id: int,
    today: date,
    wanted: DocumentFilter,
    after: Key | None,
    limit: int,
) -> Page[DocumentRow]:
    """One page of the documents ``wanted``; deleted drafts are left out."""
    statement = select(*_COLUMNS).where(*_conditions(company_id, wanted.search, wanted.customer_id))
    if wanted.tab is not None:
        statement = statement.where(in_tab(wanted.tab, today))
    if wanted.sort is DocumentSort.CUSTOMER:
        statement = statement.outerjoin(Customer, Customer.id == Document.customer_id)

    def rows_of(found: Sequence[Any]) -> list[DocumentRow]:
        problems = documents_with_problems(connection, company_id, [row.id for row in found])
        return [_row(row, today, problems) for row in found]

    return read_page(connection, statement, _order(wanted), after, limit, rows_of)


def document_counts(
    connection: Connection, company_id: int, today: date, search: str, customer_id: int | None
) -> dict[FilterTab | None, int]:
    """How many documents each tab holds; ``None`` is all of them."""
    tab = tab_case(today).label("tab")
    statement: AnySelect = (
        select(tab, func.count()).where(*_conditions(company_id, search, customer_id)).group_by(tab)
    )
    counts: dict[FilterTab | None, int] = dict.fromkeys([None, *FilterTab], 0)
    for name, count in connection.execute(statement):
        counts[FilterTab(name)] = count
        counts[None] += count
    return counts


def _conditions(
    company_id: int, search: str, customer_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    conditions = [Document.company_id == company_id, Document.deleted_at.is_(None)]
    if customer_id is not None:
        conditions.append(Document.customer_id == customer_id)
    if search.strip():
        conditions.append(matches(Document.search_text, search))
    return tuple(conditions)


def _order(wanted: DocumentFilter) -> Order:
    """Every order ends with the id; a missing number or due date counts as the highest."""
    number = func.coalesce(Document.number, "")
    due_on = func.coalesce(Document.due_on, Document.listed_on)
    expressions: dict[DocumentSort, tuple[SQLColumnExpression[Any], ...]] = {
        DocumentSort.LISTED: (Document.listed_on,),
        # Shorter first: INV-10 stands behind INV-9.
        DocumentSort.NUMBER: (
            case((Document.number.is_(None), 1), else_=0),
            func.length(number),
            number,
        ),
        DocumentSort.CUSTOMER: (func.coalesce(Customer.sort_name, ""), Document.listed_on),
        DocumentSort.DUE: (case((Document.due_on.is_(None), 1), else_=0), due_on),
        # In the company's currency once issued; a foreign draft has no rate that counts yet.
        DocumentSort.AMOUNT: (
            case(
                (Document.base_total_minor == 0, Document.total_minor),
                else_=Document.base_total_minor,
            ),
        ),
    }
    return Order((*expressions[wanted.sort], Document.id), wanted.descending)


def _row(row: Any, today: date, problems: set[int]) -> DocumentRow:
    state = state_of(facts_of(row), today)
    overdue = state is DocumentState.OVERDUE
    return DocumentRow(
        id=row.id,
        version=row.version,
        number=row.number,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        subject=row.subject,
        issued_on=row.issued_on,
        due_on=row.due_on,
        listed_on=row.listed_on,
        currency=row.currency,
        total_minor=row.total_minor,
        open_minor=row.open_minor,
        state=state,
        tab=TAB_OF[state],
        part_paid=part_paid(row, state),
        days_overdue=(today - row.due_on).days if overdue else 0,
        has_problem=row.id in problems,
    )


def part_paid(row: Any, state: DocumentState) -> bool:
    """Whether some of an issued document's total is settled and some is not."""
    settled_parts = state not in (DocumentState.DRAFT, DocumentState.VOID)
    return settled_parts and 0 < row.open_minor < row.total_minor
