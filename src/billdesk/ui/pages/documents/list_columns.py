"""The columns of the list of documents."""

from datetime import date

from billdesk.core.domain.documents import DocumentGroup, DocumentKind
from billdesk.core.queries.documents import DocumentRow, DocumentSort
from billdesk.ui.desk import Desk
from billdesk.ui.document_state import STATE_KIND, state_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.rows_model import CellKind, Column

DATE_WIDTH = 120
# Hidden, in this order, while the list is too narrow for all.
FIRST_TO_HIDE = ("issued", "due")


# What has a last day: to pay, or to accept.
_WITH_LAST_DAY = (DocumentGroup.INVOICES, DocumentGroup.QUOTES, DocumentGroup.REMINDERS)


def absent_columns(group: DocumentGroup) -> frozenset[str]:
    """The columns that documents of a group have nothing to say in."""
    absent = set() if group in _WITH_LAST_DAY else {"due"}
    if group is DocumentGroup.DELIVERY_NOTES:
        # It states no prices.
        absent.add("amount")
    return frozenset(absent)


def document_columns(desk: Desk, group: DocumentGroup) -> list[Column[DocumentRow]]:
    """Number, customer with subject, dates, state and amount with what is open of it.

    Of a reminder the amount is what it asks for, with its late fee beside it.
    """

    def day(value: date | None) -> str:
        return desk.formats.date_short(value, desk.app.today()) if value is not None else "–"

    def part(row: DocumentRow) -> str:
        if row.kind is DocumentKind.REMINDER:
            fee = desk.money(row.total_minor, row.currency)
            return tr("{amount} late fee").format(amount=fee) if row.total_minor else ""
        if not 0 < row.open_minor < row.total_minor:
            return ""
        return tr("{amount} open").format(amount=desk.money(row.open_minor, row.currency))

    quotes = group is DocumentGroup.QUOTES
    reminders = group is DocumentGroup.REMINDERS
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
            width=DATE_WIDTH,
            sort_key=DocumentSort.LISTED.value,
        ),
        Column(
            "due",
            tr("Valid until") if quotes else tr("Due"),
            lambda row: day(row.valid_until if quotes else row.due_on),
            width=DATE_WIDTH,
            sort_key=(DocumentSort.VALID_UNTIL if quotes else DocumentSort.DUE).value,
        ),
        Column(
            "status",
            tr("Status"),
            lambda row: state_word(row.state, days_overdue=row.days_overdue, part=row.settled_part),
            CellKind.PILL,
            width=178,
            pill=lambda row: STATE_KIND[row.state],
        ),
        Column(
            "amount",
            tr("Asked for") if reminders else tr("Amount"),
            lambda row: desk.money(row.amount_minor, row.currency),
            CellKind.AMOUNT,
            width=132,
            second=part,
            # A reminder's own amount is its late fee, which is not what stands here.
            sort_key=None if reminders else DocumentSort.AMOUNT.value,
        ),
    ]
