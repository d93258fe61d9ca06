"""Items: what is sold again and again, with its usual price and tax."""

from functools import partial

from billdesk.core.queries.items import ItemRow
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.record_list import begin_new
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.palette import Answer

NEW_SHORTCUT = "Ctrl+Shift+I"
MOST_FOUND = 5


def register_items(desk: Desk, shortcut: str = "Ctrl+4") -> None:
    """Make the places known to the window; they are built on the first visit."""

    def list_page() -> Page:
        from billdesk.ui.pages.items.list_page import ItemsPage

        return ItemsPage(desk)

    def item_page() -> Page:
        from billdesk.ui.pages.items.item_page import ItemPage

        return ItemPage(desk)

    window = desk.window
    window.register(PageSpec("items", tr("Items"), list_page, "items", shortcut))
    window.register(PageSpec("item", tr("Item"), item_page, parent_id="items"))
    window.palette_overlay.add_provider(partial(_find, desk))
    window.commands.add(
        Command(
            "item.new",
            tr("New item"),
            tr("Items"),
            partial(begin_new, desk, "item"),
            (NEW_SHORTCUT,),
            icon="plus",
            keywords=tr("add product service article"),
        )
    )


def _find(desk: Desk, text: str, answer: Answer) -> None:
    """Items for the palette."""

    def found(rows: tuple[ItemRow, ...]) -> None:
        answer(
            [
                Choice(
                    ("item", row.id),
                    row.name,
                    row.code,
                    "items",
                    run=partial(desk.window.open_page, "item", row.id),
                )
                for row in rows
            ]
        )

    desk.lanes.read(partial(desk.app.queries.find_items, text, MOST_FOUND)).then(
        found, desk.report, owner=desk.window
    )
