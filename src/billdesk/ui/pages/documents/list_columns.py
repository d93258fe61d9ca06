"""The columns of the list of documents."""

from datetime import date

from billdesk.core.queries.documents import DocumentRow, DocumentSort
from billdesk.ui.desk import Desk
from billdesk.ui.document_state import STATE_KIND
from billdesk.ui.pages.documents.wording import full_state_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.rows_model import CellKind, Column

# Hidden, in this order, while the list is too narrow for all.
FIRST_TO_HIDE = ("issued", "due")


def document_columns(desk: Desk) -> list[Column[DocumentRow]]:
    """Number, customer with subject, dates, state and amount with what is open of it."""

    def day(value: date | None) -> str:
        return desk.formats.date_short(value, desk.app.today()) if value is not None else "–"

    def open_part(row: DocumentRow) -> str:
        if not row.part_paid:
            return ""
        return tr("{amount} open").format(amount=desk.money(row.open_minor, row.currency))

    return [
        Column(
            "number",
            tr("Number"),
            lambda row: row.number or tr("Draft"),
            CellKind.STRONG,
            width=108,
            tone=lambda row: None if row.number else "muted",
            sort_key=DocumentSort.NUMBER.value,
        ),
        Column(
            "customer",
            tr("Customer"),
            lambda row: row.customer_name or tr("No customer yet"),
            CellKind.TWO_LINES,
            width=120,
            stretch=True,
            second=lambda row: row.subject,
            tone=lambda row: None if row.customer_name else "muted",
            sort_key=DocumentSort.CUSTOMER.value,
        ),
        Column(
            "issued",
            tr("Issued"),
            lambda row: day(row.issued_on),
            width=120,
            sort_key=DocumentSort.LISTED.value,
        ),
        Column(
            "due",
            tr("Due"),
            lambda row: day(row.due_on),
            width=120,
            sort_key=DocumentSort.DUE.value,
        ),
        Column(
            "status",
            tr("Status"),
            lambda row: full_state_word(
                row.state, days_overdue=row.days_overdue, part_paid=row.part_paid
            ),
            CellKind.PILL,
            width=164,
            pill=lambda row: STATE_KIND[row.state],
        ),
        Column(
            "amount",
            tr("Amount"),
            lambda row: desk.money(row.total_minor, row.currency),
            CellKind.AMOUNT,
            width=132,
            second=open_part,
            sort_key=DocumentSort.AMOUNT.value,
        ),
    ]
