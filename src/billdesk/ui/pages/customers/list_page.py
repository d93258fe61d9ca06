"""The list of customers with what each owes."""

from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.paging import Key
from billdesk.core.queries.paging import Page as Rows
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.record_list import ListWords, RecordListPage
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.pages.customers import NEW_SHORTCUT
from billdesk.ui.pages.customers.deletion import customer_deletion
from billdesk.ui.pages.customers.new_invoice import write_invoice
from billdesk.ui.text import tr
from billdesk.ui.widgets.rows_model import CellKind, Column


class CustomersPage(RecordListPage):
    """Search, open, delete and restore customers, or write one an invoice."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        words = ListWords(
            title=tr("Customers"),
            prefix="customers",
            record="customer",
            new_command="customer.new",
            new_shortcut=NEW_SHORTCUT,
            icon="customers",
            open=tr("Open customer"),
            delete=tr("Delete customer"),
            search=tr("Search customers"),
            placeholder=tr("Name, number, email, city"),
            none_yet=tr("No customers yet. Add the first, or create one inside an invoice."),
        )
        super().__init__(desk, words, customer_columns(desk), parent)
        desk.window.commands.add(
            Command(
                "customers.invoice",
                tr("New invoice for this customer"),
                tr("Customers"),
                self._write_invoice,
                ("Ctrl+Return",),
                enabled=lambda: len(self.selected()) == 1 and self.has_selection(),
                scope=self,
                icon="documents",
            )
        )

    def make_deletion(self) -> SoftDelete:
        return customer_deletion(self.desk, self)

    def ask(self, search: str, deleted: bool, after: Key | None, limit: int) -> Rows[CustomerRow]:
        return self.desk.app.queries.customers(
            search=search, after=after, limit=limit, deleted=deleted
        )

    def concerns(self, event: object) -> bool:
        kinds = (events.CustomerChanged, events.DocumentEvent, events.Imported)
        return isinstance(event, kinds)

    def more_commands(self) -> list[str]:
        return ["customers.invoice"]

    def _write_invoice(self) -> None:
        write_invoice(self.desk, self.selected()[0].id)


def customer_columns(desk: Desk) -> list[Column[CustomerRow]]:
    """Name with contact and place, number, what is owed, the last invoice."""
    return [
        Column(
            "name",
            tr("Customer"),
            lambda row: row.name,
            CellKind.TWO_LINES,
            width=260,
            stretch=True,
            second=lambda row: " · ".join(
                part for part in (row.contact, row.address.city or row.email) if part
            ),
        ),
        Column("number", tr("Number"), lambda row: row.number, CellKind.MUTED, width=110),
        Column(
            "last",
            tr("Last invoice"),
            lambda row: last_invoice(desk, row),
            width=128,
            tone=lambda row: None if row.last_invoice_on else "muted",
        ),
        Column(
            "owed",
            tr("Owes"),
            lambda row: owed_text(desk, row),
            CellKind.AMOUNT,
            width=170,
            second=lambda row: tr("overdue") if row.overdue else "",
            tone=lambda row: "pill.bad.fg" if row.overdue else None if row.owed else "muted",
        ),
    ]


def last_invoice(desk: Desk, row: CustomerRow) -> str:
    """The day of the last invoice, or a dash."""
    day = row.last_invoice_on
    return desk.formats.date_short(day, desk.app.today()) if day is not None else "–"


def owed_text(desk: Desk, row: CustomerRow) -> str:
    """What the customer owes, each currency by itself."""
    return " + ".join(desk.money(minor, currency) for currency, minor in row.owed) or "–"
