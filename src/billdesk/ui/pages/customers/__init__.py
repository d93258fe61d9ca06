"""Customers: the list, and one customer with what they owe and were sent."""

from functools import partial

from billdesk.core.queries.customers import CustomerRow
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.record_list import begin_new
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.palette import Answer

NEW_SHORTCUT = "Ctrl+Shift+C"
MOST_FOUND = 5


def register_customers(desk: Desk, shortcut: str = "Ctrl+3") -> None:
    """Make the places known to the window; they are built on the first visit."""

    def list_page() -> Page:
        from billdesk.ui.pages.customers.list_page import CustomersPage

        return CustomersPage(desk)

    def customer_page() -> Page:
        from billdesk.ui.pages.customers.customer_page import CustomerPage

        return CustomerPage(desk)

    window = desk.window
    window.register(PageSpec("customers", tr("Customers"), list_page, "customers", shortcut))
    window.register(PageSpec("customer", tr("Customer"), customer_page, parent_id="customers"))
    window.palette_overlay.add_provider(partial(_find, desk))
    window.commands.add(
        Command(
            "customer.new",
            tr("New customer"),
            tr("Customers"),
            partial(begin_new, desk, "customer"),
            (NEW_SHORTCUT,),
            icon="plus",
            keywords=tr("add client buyer"),
        )
    )


def _find(desk: Desk, text: str, answer: Answer) -> None:
    """Customers for the palette."""

    def found(rows: tuple[CustomerRow, ...]) -> None:
        answer(
            [
                Choice(
                    ("customer", row.id),
                    row.name,
                    row.address.city or row.email,
                    "customers",
                    run=partial(desk.window.open_page, "customer", row.id),
                )
                for row in rows
            ]
        )

    desk.lanes.read(partial(desk.app.queries.find_customers, text, MOST_FOUND)).then(
        found, desk.report, owner=desk.window
    )
