"""The list of documents, page by page, and the counts on its tabs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    SQLColumnExpression,
    bindparam,
    case,
    func,
    select,
)

from billdesk.core.db.tables import Customer, Document, DocumentSnapshot
from billdesk.core.domain.documents import (
    KINDS_IN,
    TAB_OF,
    DocumentGroup,
    DocumentKind,
    DocumentState,
    FilterTab,
    settled_part,
    state_of,
)
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.documents import DocumentFilter, DocumentRow, DocumentSort
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.document_problems import documents_with_problems
from billdesk.core.queries.sql.keyset import Order, Paged, paged, read_page
from billdesk.core.queries.sql.parameters import COMPANY, TODAY
from billdesk.core.queries.sql.search_index import AMONG, look_up
from billdesk.core.queries.sql.state import (
    FACT_COLUMNS,
    NO_INVOICE,
    facts_of,
    in_tab,
    tab_case,
)

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
    duplicates: Sequence[int] = (),
) -> Page[DocumentRow]:
    """One page of the documents ``wanted``; deleted drafts are left out.

    ``duplicates`` were merged into the customer wanted.
    """
    search = look_up(connection, company_id, wanted.search)
    page = _page(
        wanted.group,
        wanted.tab,
        wanted.sort,
        descending=wanted.descending,
        of_customer=_many(wanted.customer_id, duplicates),
        follows=after is not None,
        among=search is not None and search.ids is not None,
    )
    given = {
        "company_id": company_id,
        "today": today,
        "customer_id": wanted.customer_id,
        "customer_ids": [wanted.customer_id, *duplicates],
    }
    if search is not None:
        page = replace(page, statement=search.narrow(connection, page.statement))

    def rows_of(found: Sequence[Any]) -> list[DocumentRow]:
        problems = documents_with_problems(connection, company_id, [row.id for row in found])
        rows = [_row(row, today, problems) for row in found]
        reminders = [row.id for row in rows if row.kind is DocumentKind.REMINDER]
        asked = _asked(connection, company_id, reminders) if reminders else {}
        return [replace(row, asked_minor=asked[row.id]) if row.id in asked else row for row in rows]

    return read_page(connection, page, given, after, limit, rows_of)


def _asked(connection: Connection, company_id: int, reminders: Sequence[int]) -> dict[int, int]:
    """What each reminder asked for when it was made."""
    bodies = connection.execute(
        select(DocumentSnapshot.document_id, DocumentSnapshot.body).where(
            DocumentSnapshot.company_id == company_id,
            DocumentSnapshot.document_id.in_(reminders),
        )
    )
    said = ((row.document_id, Snapshot.from_json(row.body).reminder) for row in bodies)
    return {one: facts.open_minor + facts.fee_minor for one, facts in said if facts is not None}


def document_counts(
    connection: Connection,
    company_id: int,
    today: date,
    search: str,
    customer_id: int | None,
    group: DocumentGroup | None,
    duplicates: Sequence[int] = (),
) -> dict[FilterTab | None, int]:
    """How many documents each tab holds; ``None`` is all of them.

    ``duplicates`` were merged into the customer.
    """
    found = look_up(connection, company_id, search)
    among = found is not None and found.ids is not None
    statement: AnySelect = select(tab_case(TODAY).label("tab"), func.count()).where(
        *_conditions(group, of_customer=_many(customer_id, duplicates), among=among)
    )
    if found is not None:
        statement = found.narrow(connection, statement)
    given = {
        "company_id": company_id,
        "today": today,
        "customer_id": customer_id,
        "customer_ids": [customer_id, *duplicates],
    }
    counts: dict[FilterTab | None, int] = dict.fromkeys([None, *FilterTab], 0)
    for name, count in connection.execute(statement.group_by("tab"), given):
        counts[FilterTab(name)] = count
        counts[None] += count
    return counts


class _Customers(Enum):
    """Whose documents a statement reads; those of one customer come in order from an index."""

    ALL = auto()
    ONE = auto()
    MERGED = auto()


def _many(customer_id: int | None, duplicates: Sequence[int]) -> _Customers:
    if customer_id is None:
        return _Customers.ALL
    return _Customers.MERGED if duplicates else _Customers.ONE


@cache
def _page(
    group: DocumentGroup | None,
    tab: FilterTab | None,
    sort: DocumentSort,
    *,
    descending: bool,
    of_customer: _Customers,
    follows: bool,
    among: bool,
) -> Paged:
    """The statement of a page, kept: putting it together takes longer than running it."""
    conditions = _conditions(group, of_customer=of_customer, among=among)
    statement: AnySelect = select(*_COLUMNS).where(*conditions)
    if tab is not None:
        statement = statement.where(in_tab(tab, TODAY, group))
    if sort is DocumentSort.CUSTOMER:
        statement = statement.outerjoin(Customer, Customer.id == Document.customer_id)
    return paged(statement, _order(sort, descending=descending), follows=follows)


def _conditions(
    group: DocumentGroup | None, *, of_customer: _Customers, among: bool
) -> list[ColumnElement[bool]]:
    company = AMONG if among else Document.company_id
    conditions = [company == COMPANY, Document.deleted_at.is_(None)]
    if group is not None:
        conditions.append(Document.kind.in_(sorted(KINDS_IN[group])))
    if group is not None and group is not DocumentGroup.INVOICES:
        conditions.append(NO_INVOICE)
    if of_customer is _Customers.ONE:
        conditions.append(Document.customer_id == bindparam("customer_id", type_=BigInteger))
    elif of_customer is _Customers.MERGED:
        conditions.append(Document.customer_id.in_(bindparam("customer_ids", expanding=True)))
    return conditions


def _order(sort: DocumentSort, *, descending: bool) -> Order:
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
        DocumentSort.VALID_UNTIL: (
            case((Document.valid_until.is_(None), 1), else_=0),
            func.coalesce(Document.valid_until, Document.listed_on),
        ),
        # In the company's currency once issued; a foreign draft has no rate that counts yet.
        DocumentSort.AMOUNT: (
            case(
                (Document.base_total_minor == 0, Document.total_minor),
                else_=Document.base_total_minor,
            ),
        ),
    }
    return Order((*expressions[sort], Document.id), descending)


def _row(row: Any, today: date, problems: set[int]) -> DocumentRow:
    facts = facts_of(row)
    state = state_of(facts, today)
    overdue = state is DocumentState.OVERDUE
    return DocumentRow(
        id=row.id,
        version=row.version,
        kind=DocumentKind(row.kind),
        number=row.number,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        subject=row.subject,
        issued_on=row.issued_on,
        due_on=row.due_on,
        valid_until=row.valid_until,
        listed_on=row.listed_on,
        currency=row.currency,
        total_minor=row.total_minor,
        open_minor=row.open_minor,
        state=state,
        tab=TAB_OF[state],
        settled_part=settled_part(facts),
        days_overdue=(today - row.due_on).days if overdue else 0,
        has_problem=row.id in problems,
    )
