"""Find the customer of an invoice, or create one on the spot."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.customers import CustomerRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.customer_dialog import CustomerDialog
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.search_picker import SearchPicker


class CustomerPicker(QObject):
    """Drives ``edit``: searches in the read lane, opens the dialog for a new customer.

    ``chosen(customer_id or None)`` when the owner decided.
    """

    chosen = Signal(object)

    def __init__(self, desk: Desk, country: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._country = country
        self._widget = parent
        self.edit = SearchPicker(tr("Customer"), create_text=tr("Create customer “{text}”"))
        self.edit.setPlaceholderText(tr("Type a name"))
        self._search = Latest(desk.lanes.read, 120, self)
        self._search.succeeded.connect(self._show_found)
        self._search.failed.connect(desk.report)
        self.edit.searchRequested.connect(self._find)
        self.edit.picked.connect(self._picked)
        self.edit.cleared.connect(self._cleared)
        self.edit.createRequested.connect(self._create)

    def set_customer(self, customer: CustomerRow | None) -> None:
        """Show a customer; emits nothing."""
        self.edit.set_current(None if customer is None else _choice(customer))

    def _find(self, text: str) -> None:
        find = self._desk.app.queries.find_customers
        # With somebody chosen, Down offers the others rather than the same one.
        current = self.edit.current
        wanted = "" if current is not None and current.title == text else text
        self._search.request(lambda: (text, find(wanted)))

    def _show_found(self, found: tuple[str, Sequence[CustomerRow]]) -> None:
        text, customers = found
        self.edit.show_results(text, [_choice(customer) for customer in customers])

    def _picked(self, choice: Choice) -> None:
        self.chosen.emit(choice.key)

    def _cleared(self) -> None:
        self.chosen.emit(None)

    def _create(self, name: str) -> None:
        dialog = CustomerDialog(self._desk, name, self._country, self._widget)
        dialog.succeeded.connect(self._created)
        dialog.open()

    def _created(self, customer_id: int) -> None:
        read = self._desk.app.queries.customer
        self._desk.lanes.read(lambda: read(customer_id)).then(
            self._show_created, self._desk.report, owner=self
        )

    def _show_created(self, customer: CustomerRow) -> None:
        self.set_customer(customer)
        self.chosen.emit(customer.id)


def _choice(customer: CustomerRow) -> Choice:
    place = ", ".join(part for part in (customer.address.city, customer.email) if part)
    return Choice(customer.id, customer.name, place, hint=customer.number)
