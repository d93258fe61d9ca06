"""One customer: details at the left, what they owe and their invoices at the right."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from billdesk.core.domain import events
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.record_page import RecordPage, RecordWords
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.pages.customers.customer_defaults import CustomerChoices, read_choices
from billdesk.ui.pages.customers.customer_form import CustomerFields
from billdesk.ui.pages.customers.deletion import customer_deletion
from billdesk.ui.pages.customers.new_invoice import write_invoice
from billdesk.ui.pages.customers.person_actions import PersonActions
from billdesk.ui.pages.customers.side import CustomerSide
from billdesk.ui.pages.customers.statement_dialog import StatementDialog
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.card import Card

_SIDE_WIDTH = 380
_MOST_INVOICES = 100
_ROOM_FOR_ALL = 1060
MENU: list[str | None] = [
    "customer.statement",
    "customer.use_credit",
    "customer.attach",
    None,
    "customer.merge",
    "customer.give_out",
    "customer.erase",
]


class CustomerPage(RecordPage):
    """``show_argument``: the customer's id, or ``NEW``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        words = RecordWords(
            prefix="customer",
            section=tr("Customer"),
            new_title=tr("New customer"),
            save=tr("Save customer"),
            delete=tr("Delete customer"),
        )
        super().__init__(desk, words, parent)
        self.fields = CustomerFields(self.form, desk, self)
        self.side = CustomerSide(desk)
        # Whether there is room on the bar for more than the name and the usual buttons.
        self._is_wide = False
        self._money, people = MoneyActions(desk, self), PersonActions(desk, self)
        commands = desk.window.commands
        for name, title, keys, handler, icon in (
            ("invoice", tr("New invoice"), "Ctrl+Return", self._write_invoice, "documents"),
            ("statement", tr("Statement…"), "Ctrl+Shift+S", self._ask_statement, "documents"),
            (
                "use_credit",
                tr("Use credit for an invoice…"),
                "Ctrl+U",
                self._use_credit,
                "payments",
            ),
            ("attach", tr("Attach file…"), "Ctrl+Shift+A", self.side.files.ask, "paperclip"),
            ("merge", tr("Merge into another…"), "", self._with_row(people.merge), "customers"),
            (
                "give_out",
                tr("Give out personal data…"),
                "",
                self._with_row(people.give_out),
                "download",
            ),
            ("erase", tr("Erase personal data…"), "", self._with_row(people.erase), "trash"),
        ):
            commands.add(
                Command(
                    f"customer.{name}",
                    title,
                    tr("Customer"),
                    handler,
                    (keys,) if keys else (),
                    enabled=self._can_delete,
                    scope=self,
                    icon=icon,
                )
            )
        self._more_button = IconButton("more", tr("More actions"), kind="secondary")
        self._more_button.clicked.connect(self._show_menu)
        self._statement_button = Button.for_action(
            commands.action("customer.statement"), hint=False
        )
        self._invoice_button = Button.for_action(commands.action("customer.invoice"), icon="plus")
        self.side.invoiceOpened.connect(partial(self.navigationRequested.emit, "invoice"))
        self._assemble()

    # What the record page asks

    def make_deletion(self) -> SoftDelete:
        return customer_deletion(self.desk, self)

    def read(self, record_id: int) -> CustomerRow:
        return self.desk.app.queries.customer(record_id)

    def fill(self, row: CustomerRow | None) -> None:
        self.fields.fill(None if row is None else values_of(row))

    def fill_values(self, values: CustomerInput) -> None:
        self.fields.fill(values)

    def collect(self) -> CustomerInput:
        return self.fields.collect()

    def create_record(self, values: CustomerInput) -> int:
        return self.desk.app.customers.create(values)

    def update_record(self, record_id: int, version: int, values: CustomerInput) -> None:
        self.desk.app.customers.update(record_id, version, values)

    def name_of(self, values: CustomerInput) -> str:
        return values.name.strip()

    def shown(self) -> None:
        self.side.setVisible(self._id is not None)
        if self.row is not None:
            self.side.show_customer(self.row)

    # What the window asks

    def refresh(self) -> None:
        super().refresh()
        queries = self.desk.app.queries
        self.desk.lanes.read(queries.company).then(
            self.fields.set_company, self.desk.report, owner=self
        )
        self.desk.lanes.read(partial(read_choices, queries)).then(
            self._set_choices, self.desk.report, owner=self
        )
        if self._id is not None:
            visit = self._visit
            wanted = DocumentFilter(customer_id=self._id)
            self.desk.lanes.read(partial(queries.documents, wanted, limit=_MOST_INVOICES)).then(
                lambda page: self.side.show_invoices(page) if visit == self._visit else None,
                self.desk.report,
                owner=self,
            )

            self.desk.lanes.read(partial(queries.saved_cards, self._id)).then(
                lambda cards: self.side.cards.show_cards(cards) if visit == self._visit else None,
                self.desk.report,
                owner=self,
            )

    def concerns(self, event: object) -> bool:
        if isinstance(event, events.CustomerChanged):
            return event.customer_id == self._id
        return isinstance(event, events.DocumentEvent | events.Imported | events.CompanyChanged)

    def first_focus(self) -> QWidget | None:
        return self.fields.name

    def topbar_actions(self) -> list[QWidget]:
        actions = super().topbar_actions()
        if self._id is not None and not self._can_restore():
            own: list[QWidget] = [self._more_button]
            if self._is_wide:
                own.append(self._statement_button)
            actions[1:1] = [*own, self._invoice_button]
        return actions

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() >= current_theme().px(_ROOM_FOR_ALL)
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self.topbarChanged.emit()
        wide = event.size().width() >= current_theme().px(860)
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )

    # Inside

    def _set_choices(self, choices: CustomerChoices) -> None:
        clean = not self._is_dirty()
        self.form.prepare(partial(self.fields.defaults.set_choices, choices))
        if clean:
            self._original = self.collect()

    def _with_row(self, work: Callable[[CustomerRow], object]) -> Callable[[], None]:
        def run() -> None:
            if self.row is not None:
                work(self.row)

        return run

    def _show_menu(self) -> None:
        menu = self.desk.window.commands.menu(self, MENU)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._more_button.mapToGlobal(self._more_button.rect().bottomLeft()))

    def _ask_statement(self) -> None:
        if self.row is None:
            return
        dialog = StatementDialog(self.desk, self.row, self)
        dialog.succeeded.connect(
            lambda made: self.navigationRequested.emit("invoice", made.document_id)
        )
        dialog.open()

    def _use_credit(self) -> None:
        if self._id is not None:
            self._money.use_of_customer(self._id)

    def _write_invoice(self) -> None:
        if self._id is not None:
            write_invoice(self.desk, self._id)

    def _assemble(self) -> None:
        card = Card()
        card.body.addWidget(self.form)
        form = Scrolled(width=640, right=12)
        form.body.addWidget(card)
        form.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.side.setMinimumWidth(current_theme().px(300))
        self._columns = row(self, spacing=12)
        self._columns.setContentsMargins(24, 4, 24, 0)
        self._columns.addWidget(form, 3)
        self._columns.addWidget(self.side, 2)


def values_of(row: CustomerRow) -> CustomerInput:
    """A stored customer as it would be typed."""
    return CustomerInput(
        name=row.name,
        number=row.number,
        contact=row.contact,
        email=row.email,
        phone=row.phone,
        address=row.address,
        vat_id=row.vat_id,
        language=row.language,
        currency=row.currency,
        terms_days=row.terms_days,
        notes=row.notes,
        discount=row.discount,
        tax_treatment=row.tax_treatment,
        tax_rate_id=row.tax_rate_id,
        price_list_id=row.price_list_id,
        custom=row.custom,
        contacts=row.contacts,
        places=row.places,
    )
