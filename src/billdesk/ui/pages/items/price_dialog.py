"""A price of an item for a list, a quantity, from a day on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.queries.prices import PriceListRow
from billdesk.core.services.steps.item_prices import check_prices
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, currency_choices
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.price_edit import PriceEdit, price_in_money
from billdesk.ui.text import tr
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.entry import QuantityEdit
from billdesk.ui.widgets.field import Field


def describe_price(
    desk: Desk, lists: Sequence[PriceListRow], price: ListedPrice
) -> tuple[str, str]:
    """The price; for whom, from which quantity and day on."""
    formats = desk.formats
    names = {one.id: one.name for one in lists}
    parts = [tr("Everybody") if price.price_list_id is None else names.get(price.price_list_id, "")]
    if price.min_quantity:
        parts.append(tr("from {count} on").format(count=formats.number(price.min_quantity)))
    if price.valid_from is not None:
        parts.append(tr("since {day}").format(day=formats.date(price.valid_from)))
    return price_in_money(formats, price.unit_price, price.currency), " · ".join(
        filter(None, parts)
    )


class PriceDialog(Dialog):
    """Calls ``on_done`` with the price once it can be stored."""

    def __init__(
        self,
        desk: Desk,
        lists: Sequence[PriceListRow],
        currency: str,
        price: ListedPrice | None,
        on_done: Callable[[ListedPrice], object],
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("New price") if price is None else tr("Edit price"), tr("OK"), parent=parent
        )
        shown = self._shown = price or ListedPrice(Decimal(0), currency)
        self._lists = {one.id: one for one in lists}
        self._on_done = on_done
        formats = desk.formats
        self.form = Form()
        self.price_list = ChoiceBox(
            [(None, tr("Everybody")), *((one.id, one.name) for one in lists)], shown.price_list_id
        )
        self.currency = ChoiceBox(currency_choices(formats.locale), shown.currency)
        self.min_quantity = QuantityEdit(formats)
        self.unit_price = PriceEdit(formats, shown.currency)
        self.valid_from = DateEdit(formats, desk.app.today)
        self.min_quantity.set_value(shown.min_quantity or None)
        self.unit_price.set_value(shown.unit_price if price is not None else None)
        self.valid_from.set_value(shown.valid_from)
        self.form.line(("price_list_id", Field(tr("For"), self.price_list), 1))
        self.form.line(
            ("unit_price", Field(tr("Price of one"), self.unit_price), 1),
            ("currency", Field(tr("Currency"), self.currency), 1),
        )
        self.form.line(
            (
                "min_quantity",
                Field(tr("From quantity"), self.min_quantity, optional=True),
                1,
            ),
            ("valid_from", Field(tr("Valid from"), self.valid_from, optional=True), 1),
        )
        self.body.addWidget(self.form)
        self.price_list.valueChanged.connect(self._follow_list)
        self.currency.valueChanged.connect(self.unit_price.set_currency)
        self._follow_list(shown.price_list_id)
        self.unit_price.setFocus()

    def submit(self) -> None:
        if self.form.entry_problem():
            return
        if self.unit_price.value is None:
            self.form.show_problem(tr("Say what one costs."), "unit_price")
            return
        given = replace(
            self._shown,
            unit_price=self.unit_price.value,
            currency=self.currency.value,
            min_quantity=self.min_quantity.value or Decimal(0),
            price_list_id=self.price_list.value,
            valid_from=self.valid_from.value,
        )
        try:
            (price,) = check_prices([given])
        except UserError as error:
            self.form.show_problem(str(error), (error.field or "").rpartition(".")[2])
            return
        self._on_done(price)
        self.accept()

    def _follow_list(self, price_list_id: object) -> None:
        """A list has its prices in its own currency."""
        listed = self._lists.get(price_list_id) if isinstance(price_list_id, int) else None
        self.currency.setEnabled(listed is None)
        if listed is not None:
            self.currency.set_value(listed.currency)
            self.unit_price.set_currency(listed.currency)
