"""The table of document states as SQL, for filters and counts.

It mirrors ``domain.documents.state_of``, which decides the state of each row that is shown; a test
holds the two equal.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, case, literal_column

from billdesk.core.db.tables import Document
from billdesk.core.domain.documents import TAB_OF, DocumentFacts, DocumentState, FilterTab

# A date, or the parameter that will be one.
Day = date | BindParameter[date]

# Spelled out so that partial indexes over exactly this condition are used.
STILL_OPEN: ColumnElement[bool] = Document.open_minor != literal_column("0")

FACT_COLUMNS = (
    Document.issued_at.is_not(None).label("issued"),
    Document.sent_at.is_not(None).label("sent"),
    Document.voided_at.is_not(None).label("voided"),
    Document.total_minor,
    Document.open_minor,
    Document.due_on,
    Document.paid_minor,
    Document.credited_minor,
    Document.written_off_minor,
    Document.pending_minor,
    Document.disputed_minor,
    Document.unexplained_refund_minor,
    Document.surplus_minor,
)


def facts_of(row: Any) -> DocumentFacts:
    """The facts in a row that was selected with ``FACT_COLUMNS``."""
    return DocumentFacts(
        issued=row.issued,
        total_minor=row.total_minor,
        open_minor=row.open_minor,
        due_on=row.due_on,
        sent=row.sent,
        voided=row.voided,
        paid_minor=row.paid_minor,
        credited_minor=row.credited_minor,
        written_off_minor=row.written_off_minor,
        pending_minor=row.pending_minor,
        disputed_minor=row.disputed_minor,
        unexplained_refund_minor=row.unexplained_refund_minor,
        surplus_minor=row.surplus_minor,
    )


def _rules(today: Day) -> Sequence[tuple[ColumnElement[bool], DocumentState]]:
    settled = Document.open_minor == 0
    return (
        (Document.voided_at.is_not(None), DocumentState.VOID),
        (Document.issued_at.is_(None), DocumentState.DRAFT),
        (Document.disputed_minor > 0, DocumentState.DISPUTED),
        (Document.unexplained_refund_minor > 0, DocumentState.REFUNDED),
        (
            and_(Document.open_minor != 0, Document.pending_minor >= Document.open_minor),
            DocumentState.PROCESSING,
        ),
        (and_(settled, Document.surplus_minor > 0), DocumentState.OVERPAID),
        (and_(settled, Document.paid_minor > 0), DocumentState.PAID),
        (and_(settled, Document.credited_minor > 0), DocumentState.CREDITED),
        (and_(settled, Document.written_off_minor > 0), DocumentState.WRITTEN_OFF),
        (settled, DocumentState.NOTHING_DUE),
        (Document.due_on < today, DocumentState.OVERDUE),
        (
            and_(Document.open_minor > 0, Document.open_minor < Document.total_minor),
            DocumentState.PARTIALLY_PAID,
        ),
        (Document.sent_at.is_not(None), DocumentState.SENT),
    )


def state_case(today: Day) -> ColumnElement[str]:
    """The state on ``today`` as a SQL expression (the value of ``DocumentState``)."""
    return case(
        *((when, state.value) for when, state in _rules(today)),
        else_=DocumentState.ISSUED.value,
    )


def tab_case(today: Day) -> ColumnElement[str]:
    """The filter tab on ``today`` as a SQL expression (the value of ``FilterTab``)."""
    return case(
        *((when, TAB_OF[state].value) for when, state in _rules(today)),
        else_=TAB_OF[DocumentState.ISSUED].value,
    )


def in_tab(tab: FilterTab, today: Day) -> ColumnElement[bool]:
    """Whether a document belongs to ``tab``, written so that an index can help."""
    exact = tab_case(today) == tab.value
    if tab is FilterTab.DRAFT:
        return and_(Document.issued_at.is_(None), Document.voided_at.is_(None))
    if tab is FilterTab.OVERDUE:
        return and_(STILL_OPEN, Document.due_on < today, exact)
    if tab is FilterTab.VOID:
        return Document.voided_at.is_not(None)
    return exact
