"""The commands of the list of documents, all with names, most with keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from billdesk.ui.commands import Command, CommandRegistry
from billdesk.ui.text import tr

if TYPE_CHECKING:
    from billdesk.ui.pages.documents.list_page import DocumentsPage

LIST_MENU: list[str | None] = [
    "documents.open",
    "documents.send",
    "documents.mark_paid",
    "documents.export",
    None,
    "documents.duplicate",
    "documents.issue",
    "documents.delete",
]


def register_list_commands(page: DocumentsPage, registry: CommandRegistry) -> None:
    """Add them to the window's registry; they work on the rows chosen while the list is shown."""
    section = tr("Documents")
    for name, title, keys, icon in (
        ("open", tr("Open document"), "Return", "eye"),
        ("issue", tr("Issue"), "Ctrl+I", "check"),
        ("send", tr("Send…"), "Ctrl+Return", "send"),
        ("mark_paid", tr("Record payment…"), "Ctrl+P", "payments"),
        ("export", tr("Export PDF…"), "Ctrl+E", "download"),
        ("duplicate", tr("Duplicate"), "Ctrl+D", "copy"),
        ("delete", tr("Delete draft"), "Del", "trash"),
    ):
        registry.add(
            Command(
                f"documents.{name}",
                title,
                section,
                partial(page.act_on_selected, name),
                (keys,),
                enabled=partial(page.can, name),
                scope=page,
                icon=icon,
                # Enter belongs to the list itself.
                bound=name != "open",
            )
        )
    registry.add(
        Command(
            "documents.search",
            tr("Search documents"),
            section,
            page.search.setFocus,
            ("Ctrl+F",),
            scope=page,
            icon="search",
        )
    )
    registry.add(
        Command(
            "documents.peek",
            tr("Look at document"),
            section,
            lambda: page.show_peek(page.table.selected_rows()[0]),
            ("Space",),
            enabled=partial(page.can, "peek"),
            scope=page,
            icon="eye",
            bound=False,
        )
    )
    registry.add(
        Command(
            "documents.next",
            tr("Next and previous document"),
            section,
            page.table.setFocus,
            ("J", "K"),
            scope=page,
            in_palette=False,
            bound=False,
        )
    )
