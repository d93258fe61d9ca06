"""One item in a form."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.domain.custom_fields import Entity
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.custom_fields import CustomFieldRow
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.prices import PriceListRow
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.core.services.items import ItemInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, currency_choices
from billdesk.ui.forms.custom_fields import CustomFieldsBox
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.forms.price_edit import PriceEdit
from billdesk.ui.forms.record_page import RecordPage, RecordWords
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.forms.units import PIECE, unit_choices, usual_word
from billdesk.ui.pages.items.deletion import item_deletion
from billdesk.ui.pages.items.price_dialog import PriceDialog, describe_price
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import Field, text_field


class ItemPage(RecordPage):
    """``show_argument``: the item's id, or ``NEW``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        words = RecordWords(
            prefix="item",
            section=tr("Item"),
            new_title=tr("New item"),
            save=tr("Save item"),
            delete=tr("Delete item"),
        )
        super().__init__(desk, words, parent)
        self._shown = ItemInput("", Decimal(0))
        self._unit_touched = False
        self._rates: tuple[TaxRateRow, ...] = ()
        self._deleted_rates: tuple[TaxRateRow, ...] = ()
        self._home_currency = ""
        self._lists: tuple[PriceListRow, ...] = ()
        self._assemble()
        self.unit_code.valueChanged.connect(self._suggest_unit)
        self.unit.textEdited.connect(self._touch_unit)
        self.currency.valueChanged.connect(self.price.set_currency)

    # What the record page asks

    def make_deletion(self) -> SoftDelete:
        return item_deletion(self.desk, self)

    def read(self, record_id: int) -> ItemRow:
        return self.desk.app.queries.item(record_id)

    def fill(self, row: ItemRow | None) -> None:
        shown = ItemInput("", Decimal(0)) if row is None else values_of(row)
        self.fill_values(shown)
        if row is None:
            self.price.set_value(None)
            self.currency.set_value(self._home_currency)
        self._unit_touched = row is not None and row.unit != usual_word(row.unit_code)

    def fill_values(self, values: ItemInput) -> None:
        self._shown = values
        self.name.setText(values.name)
        self.code.setText(values.code)
        self.description.set_text(values.description)
        self.unit.setText(values.unit)
        self.unit_code.set_value(values.unit_code)
        self.currency.set_value(values.currency or self._home_currency)
        self.price.set_currency(self.currency.value or "EUR")
        self.price.set_value(values.unit_price)
        self._offer_rates(values.tax_rate_id)
        self.prices.set_values(values.prices)
        self.custom.set_values(values.custom)

    def collect(self) -> ItemInput:
        return replace(
            self._shown,
            name=self.name.text(),
            unit_price=self.price.value or Decimal(0),
            code=self.code.text(),
            description=self.description.text(),
            unit=self.unit.text(),
            unit_code=self.unit_code.value or PIECE,
            currency=self.currency.value or "",
            tax_rate_id=self.tax.value or None,
            prices=self.prices.values,
            custom=self.custom.values,
        )

    def create_record(self, values: ItemInput) -> int:
        return self.desk.app.items.create(values)

    def update_record(self, record_id: int, version: int, values: ItemInput) -> None:
        self.desk.app.items.update(record_id, version, values)

    def name_of(self, values: ItemInput) -> str:
        return values.name.strip()

    # What the window asks

    def activated(self) -> None:
        super().activated()
        queries = self.desk.app.queries
        read = self.desk.lanes.read
        read(queries.company).then(self._set_company, self.desk.report, owner=self)
        read(lambda: (queries.tax_rates(), queries.tax_rates(deleted=True))).then(
            self._set_rates, self.desk.report, owner=self
        )
        read(lambda: (queries.price_lists(), queries.custom_fields())).then(
            self._set_lists, self.desk.report, owner=self
        )

    def concerns(self, event: object) -> bool:
        return isinstance(event, events.ItemChanged) and event.item_id == self._id

    def first_focus(self) -> QWidget | None:
        return self.name

    # Inside

    def _set_company(self, company: CompanyInfo) -> None:
        self._home_currency = company.currency
        if not self.currency.value:
            clean = not self._is_dirty()
            self.form.prepare(partial(self.currency.set_value, company.currency))
            self.price.set_currency(company.currency)
            if clean:
                self._original = self.collect()

    def _set_lists(
        self, found: tuple[tuple[PriceListRow, ...], tuple[CustomFieldRow, ...]]
    ) -> None:
        self._lists, rows = found
        fields = [row.field for row in rows if row.entity is Entity.ITEM]
        clean = not self._is_dirty()
        self.form.prepare(partial(self.custom.set_fields, fields))
        self.form.field("custom").setVisible(bool(fields))
        self.prices.show_values()
        if clean:
            self._original = self.collect()

    def _open_price(self, price: ListedPrice | None, done: Callable[[ListedPrice], object]) -> None:
        currency = self.currency.value or self._home_currency or "EUR"
        PriceDialog(self.desk, self._lists, currency, price, done, self).open()

    def _set_rates(self, rates: tuple[tuple[TaxRateRow, ...], tuple[TaxRateRow, ...]]) -> None:
        self._rates, self._deleted_rates = rates
        self._offer_rates(self.tax.value)

    def _offer_rates(self, chosen: int | None) -> None:
        """Those on offer, and the chosen one even if it has been deleted since."""
        pairs = [(rate.id, rate.name) for rate in self._rates]
        pairs += [
            (rate.id, tr("{name} (deleted)").format(name=rate.name))
            for rate in self._deleted_rates
            if rate.id == chosen
        ]
        self.tax.set_choices([(None, tr("The company's usual tax")), *pairs])
        self.tax.set_value(chosen)

    def _suggest_unit(self, code: object) -> None:
        if not self._unit_touched:
            self.unit.setText(usual_word(str(code)))

    def _touch_unit(self) -> None:
        self._unit_touched = True

    def _assemble(self) -> None:
        formats = self.desk.formats
        name, self.name = text_field(tr("Name"))
        code, self.code = text_field(tr("Code"), placeholder="A-100", optional=True)
        self.description = TextArea(lines=4)
        self.unit_code = ChoiceBox(unit_choices(formats.locale), PIECE)
        unit, self.unit = text_field(
            tr("Printed as"), helper=tr("Stands beside the quantity."), optional=True
        )
        self.price = PriceEdit(formats, "EUR")
        self.currency = ChoiceBox([("", "…"), *currency_choices(formats.locale)])
        self.tax = ChoiceBox([(None, tr("The company's usual tax"))])
        self.prices = EntryList(
            tr("Add price"),
            lambda price: describe_price(self.desk, self._lists, price),
            self._open_price,
        )
        self.custom = CustomFieldsBox(self.desk)
        form = self.form
        form.line(("name", name, 2), ("code", code, 1))
        description = Field(
            tr("Description"),
            self.description,
            helper=tr("Printed below the name on the invoice."),
            optional=True,
        )
        form.line(("description", description, 1))
        form.line(
            ("unit_price", Field(tr("Price of one"), self.price), 1),
            ("currency", Field(tr("Currency"), self.currency), 1),
        )
        form.line(("unit_code", Field(tr("Unit"), self.unit_code), 1), ("unit", unit, 1))
        form.line(("tax_rate_id", Field(tr("Tax"), self.tax), 1))
        prices = Field(
            tr("Prices for lists and quantities"),
            self.prices,
            helper=tr("The price above holds where none of these does."),
            optional=True,
        )
        form.line(("prices", prices, 1))
        form.body.addWidget(form.add("custom", Field(tr("Your own fields"), self.custom)))
        form.field("custom").hide()
        card = Card()
        card.body.addWidget(form)
        page = Scrolled(width=640, right=12)
        page.setAlignment(Qt.AlignmentFlag.AlignLeft)
        page.body.addWidget(card)
        layout = column(self)
        layout.setContentsMargins(24, 4, 24, 0)
        layout.addWidget(page)


def values_of(row: ItemRow) -> ItemInput:
    """A stored item as it would be typed."""
    return ItemInput(
        name=row.name,
        unit_price=row.unit_price,
        code=row.code,
        description=row.description,
        unit=row.unit,
        unit_code=row.unit_code,
        currency=row.currency,
        tax_rate_id=row.tax_rate_id,
        account_id=row.account_id,
        custom=row.custom,
        prices=row.prices,
    )
