"""The table of document states as SQL, for filters and counts.

It mirrors ``domain.documents.state_of``, which decides the state of each row that is shown; a test
holds the two equal.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, and_, case, literal_column, or_

from billdesk.core.db.tables import Document
from billdesk.core.domain.documents import (
    INVOICE_KINDS,
    RECEIVABLE_KINDS,
    TAB_OF,
    DocumentFacts,
    DocumentGroup,
    DocumentKind,
    DocumentState,
    FilterTab,
)

# A date, or the parameter that will be one.
Day = date | BindParameter[date]

# Spelled out so that partial indexes over exactly this condition are used.
STILL_OPEN: ColumnElement[bool] = Document.open_minor != literal_column("0")
# What a customer owes money on; what a credit note has open is owed to the customer.
IS_RECEIVABLE: ColumnElement[bool] = Document.kind.in_(sorted(RECEIVABLE_KINDS))
# Spelled out for the same reason: few documents are no invoices, and they have an index.
NO_INVOICE: ColumnElement[bool] = literal_column(
    "document.kind NOT IN ('invoice', 'deposit_invoice', 'final_invoice')", Boolean
)

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
    Document.prepaid_minor,
    Document.withheld_minor,
    Document.kind,
    Document.valid_until,
    Document.accepted_at.is_not(None).label("accepted"),
    Document.declined_at.is_not(None).label("declined"),
    Document.invoiced_minor,
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
        prepaid_minor=row.prepaid_minor,
        withheld_minor=row.withheld_minor,
        kind=DocumentKind(row.kind),
        valid_until=row.valid_until,
        accepted=row.accepted,
        declined=row.declined,
        invoiced_minor=row.invoiced_minor,
    )


_Rule = tuple[ColumnElement[bool], DocumentState]
_SETTLED = Document.open_minor == 0
_PAYABLE = Document.total_minor - Document.prepaid_minor - Document.withheld_minor
_IS_QUOTE = Document.kind == DocumentKind.QUOTE.value
_IS_CREDIT_NOTE = Document.kind == DocumentKind.CREDIT_NOTE.value
_IS_OWED = or_(
    Document.kind.in_(sorted(INVOICE_KINDS)),
    and_(Document.kind == DocumentKind.REMINDER.value, Document.total_minor > 0),
)


def _rules(today: Day) -> Sequence[_Rule]:
    return (
        (Document.voided_at.is_not(None), DocumentState.VOID),
        (Document.issued_at.is_(None), DocumentState.DRAFT),
        *_of(_IS_OWED, _receivable_rules(today)),
        *_of(_IS_QUOTE, _quote_rules(today)),
        *_of(_IS_CREDIT_NOTE, _CREDIT_NOTE_RULES),
        (Document.sent_at.is_not(None), DocumentState.SENT),
    )


def _of(kind: ColumnElement[bool], rules: Sequence[_Rule]) -> Sequence[_Rule]:
    return [(and_(kind, when), state) for when, state in rules]


def _receivable_rules(today: Day) -> Sequence[_Rule]:
    return (
        (Document.disputed_minor > 0, DocumentState.DISPUTED),
        (Document.unexplained_refund_minor > 0, DocumentState.REFUNDED),
        (
            and_(Document.open_minor != 0, Document.pending_minor >= Document.open_minor),
            DocumentState.PROCESSING,
        ),
        (and_(_SETTLED, Document.surplus_minor > 0), DocumentState.OVERPAID),
        (and_(_SETTLED, Document.paid_minor > 0), DocumentState.PAID),
        (and_(_SETTLED, Document.credited_minor > 0), DocumentState.CREDITED),
        (and_(_SETTLED, Document.written_off_minor > 0), DocumentState.WRITTEN_OFF),
        (_SETTLED, DocumentState.NOTHING_DUE),
        (Document.due_on < today, DocumentState.OVERDUE),
        (
            and_(Document.open_minor > 0, Document.open_minor < _PAYABLE),
            DocumentState.PARTIALLY_PAID,
        ),
    )


def _quote_rules(today: Day) -> Sequence[_Rule]:
    return (
        (
            and_(Document.total_minor > 0, Document.invoiced_minor >= Document.total_minor),
            DocumentState.INVOICED,
        ),
        (Document.invoiced_minor > 0, DocumentState.PARTLY_INVOICED),
        (Document.declined_at.is_not(None), DocumentState.DECLINED),
        (Document.accepted_at.is_not(None), DocumentState.ACCEPTED),
        (Document.valid_until < today, DocumentState.EXPIRED),
    )


_CREDIT_NOTE_RULES: Sequence[_Rule] = (
    (_SETTLED, DocumentState.SETTLED),
    (Document.open_minor < _PAYABLE, DocumentState.PARTLY_USED),
    (Document.open_minor == Document.open_minor, DocumentState.OPEN_CREDIT),
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


def in_tab(tab: FilterTab, today: Day, group: DocumentGroup | None = None) -> ColumnElement[bool]:
    """Whether a document of ``group`` belongs to ``tab``, written so that an index can help."""
    exact = tab_case(today) == tab.value
    if tab is FilterTab.DRAFT:
        return and_(Document.issued_at.is_(None), Document.voided_at.is_(None))
    if tab is FilterTab.OVERDUE:
        late = and_(STILL_OPEN, Document.due_on < today)
        expired = and_(_IS_QUOTE, Document.valid_until < today)
        if group is None:
            return and_(or_(late, expired), exact)
        return and_(expired if group is DocumentGroup.QUOTES else late, exact)
    return exact
