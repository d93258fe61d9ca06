"""The company's own fields, price lists and cost centres; what is done here holds at once."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.custom_fields import Entity
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.custom_fields import CustomFieldRow
from billdesk.core.queries.prices import PriceListRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.forms.soft_delete import Named, SoftDelete
from billdesk.ui.pages.settings.list_dialogs import (
    CostCentreDialog,
    FieldDialog,
    PriceListDialog,
    type_name,
)
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label


class ListsSection(Section):
    """A card for each of them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Fields and lists"),
            tr(
                "What your business needs besides: fields of your own on customers, items and "
                "documents, prices for certain customers, and what revenue is counted for."
            ),
        )
        app = desk.app
        self._fields = SoftDelete(
            desk,
            app.custom_fields.delete,
            app.custom_fields.restore,
            lambda count: trn("{count} field", "{count} fields", count),
            self,
        )
        self._price_lists = SoftDelete(
            desk,
            app.price_lists.delete,
            app.price_lists.restore,
            lambda count: trn("{count} price list", "{count} price lists", count),
            self,
        )
        self._cost_centres = SoftDelete(
            desk,
            app.cost_centres.delete,
            app.cost_centres.restore,
            lambda count: trn("{count} cost centre", "{count} cost centres", count),
            self,
        )
        self.fields = {
            entity: EntryList(
                tr("Add field"),
                describe_field,
                partial(self._open_field, entity),
                on_remove=lambda row: self._fields.delete([Named(row.id, row.field.label)]),
            )
            for entity in Entity
        }
        self.price_lists = EntryList(
            tr("Add price list"),
            lambda row: (row.name, row.currency),
            self._open_price_list,
            on_remove=lambda row: self._price_lists.delete([Named(row.id, row.name)]),
        )
        self.cost_centres = EntryList(
            tr("Add cost centre"),
            lambda row: (f"{row.code}  {row.name}", ""),
            self._open_cost_centre,
            on_remove=lambda row: self._cost_centres.delete([Named(row.id, row.name)]),
        )
        self._assemble()

    def first_focus(self) -> QWidget | None:
        return self.fields[Entity.CUSTOMER].add_button

    def show_company(self, company: CompanyInfo) -> None:
        queries = self.desk.app.queries
        self.desk.lanes.read(
            lambda: (queries.custom_fields(), queries.price_lists(), queries.cost_centres())
        ).then(self._show, self.desk.report, owner=self)

    # Inside

    def _show(
        self,
        found: tuple[
            tuple[CustomFieldRow, ...], tuple[PriceListRow, ...], tuple[CostCentreRow, ...]
        ],
    ) -> None:
        fields, price_lists, cost_centres = found
        for entity, shown in self.fields.items():
            shown.set_values([row for row in fields if row.entity is entity])
        self.price_lists.set_values(price_lists)
        self.cost_centres.set_values(cost_centres)

    def _open_field(self, entity: Entity, row: CustomFieldRow | None, _done: Any) -> None:
        FieldDialog(self.desk, entity, row, self).open()

    def _open_price_list(self, row: PriceListRow | None, _done: Any) -> None:
        PriceListDialog(self.desk, row, self).open()

    def _open_cost_centre(self, row: CostCentreRow | None, _done: Any) -> None:
        CostCentreDialog(self.desk, row, self).open()

    def _assemble(self) -> None:
        own = self.card(tr("Your own fields"))
        for entity, title in (
            (Entity.CUSTOMER, tr("On customers")),
            (Entity.ITEM, tr("On items")),
            (Entity.DOCUMENT, tr("On documents")),
        ):
            own.body.addWidget(label(title, "label"))
            own.body.addWidget(self.fields[entity])
        prices = self.card(tr("Price lists"))
        prices.body.addWidget(
            _hint(tr("Chosen at a customer; the prices themselves stand at each item."))
        )
        prices.body.addWidget(self.price_lists)
        centres = self.card(tr("Cost centres"))
        centres.body.addWidget(
            _hint(tr("Projects or branches that the revenue of a line is counted for."))
        )
        centres.body.addWidget(self.cost_centres)


def describe_field(row: CustomFieldRow) -> tuple[str, str]:
    """Its name; its kind and what is wanted of it."""
    field = row.field
    parts = [type_name(field.field_type)]
    if field.choices:
        parts.append(", ".join(field.choices))
    if field.is_required:
        parts.append(tr("required"))
    if field.is_printed:
        parts.append(tr("printed"))
    return field.label, " · ".join(parts)


def _hint(text: str) -> QWidget:
    made = label(text, "meta")
    made.setWordWrap(True)
    return made
