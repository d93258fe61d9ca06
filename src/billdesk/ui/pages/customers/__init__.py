"""Customers: the list, and one customer with what they owe and were sent."""

from functools import partial

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.record_list import begin_new
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr

NEW_SHORTCUT = "Ctrl+Shift+C"


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
