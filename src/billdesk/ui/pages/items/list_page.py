"""The list of items with their prices."""

from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.paging import Key
from billdesk.core.queries.paging import Page as Rows
from billdesk.ui.desk import Desk
from billdesk.ui.forms.price_edit import price_in_money
from billdesk.ui.forms.record_list import ListWords, RecordListPage
from billdesk.ui.forms.soft_delete import SoftDelete
from billdesk.ui.forms.units import unit_choices
from billdesk.ui.pages.items import NEW_SHORTCUT
from billdesk.ui.pages.items.deletion import item_deletion
from billdesk.ui.text import tr
from billdesk.ui.widgets.rows_model import CellKind, Column


class ItemsPage(RecordListPage):
    """Search, open, delete and restore items."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        words = ListWords(
            title=tr("Items"),
            prefix="items",
            record="item",
            new_command="item.new",
            new_shortcut=NEW_SHORTCUT,
            icon="items",
            open=tr("Open item"),
            delete=tr("Delete item"),
            search=tr("Search items"),
            placeholder=tr("Name, code, description"),
            none_yet=tr("No items yet. Keep here what you sell again and again."),
        )
        super().__init__(desk, words, item_columns(desk), parent)

    def make_deletion(self) -> SoftDelete:
        return item_deletion(self.desk, self)

    def ask(self, search: str, deleted: bool, after: Key | None, limit: int) -> Rows[ItemRow]:
        return self.desk.app.queries.items(search=search, after=after, limit=limit, deleted=deleted)

    def concerns(self, event: object) -> bool:
        return isinstance(event, events.ItemChanged | events.Imported)


def item_columns(desk: Desk) -> list[Column[ItemRow]]:
    """Name with description, code, unit, price."""
    names = dict(unit_choices(desk.formats.locale))
    return [
        Column(
            "name",
            tr("Item"),
            lambda row: row.name,
            CellKind.TWO_LINES,
            width=300,
            stretch=True,
            second=lambda row: " ".join(row.description.split()),
        ),
        Column("code", tr("Code"), lambda row: row.code or "–", CellKind.MUTED, width=120),
        Column(
            "unit",
            tr("Unit"),
            lambda row: names.get(row.unit_code, row.unit or row.unit_code),
            width=120,
        ),
        Column(
            "price",
            tr("Price"),
            lambda row: price_in_money(desk.formats, row.unit_price, row.currency),
            CellKind.AMOUNT,
            width=150,
        ),
    ]
