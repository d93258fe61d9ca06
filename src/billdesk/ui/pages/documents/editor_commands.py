"""The commands of a document's own page, all with names, most with keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from billdesk.ui.commands import Command
from billdesk.ui.pages.documents.dialogs.versions import open_versions
from billdesk.ui.pages.documents.kind_commands import KIND_MENU
from billdesk.ui.text import tr

if TYPE_CHECKING:
    from billdesk.ui.pages.documents.editor_page import EditorPage

_Spec = tuple[str, str, str, Callable[[], object], Callable[[], bool] | None, str]

DRAFT_MENU: list[str | None] = [
    "invoice.save",
    "invoice.issue",
    None,
    "invoice.open_pdf",
    "invoice.save_pdf",
    "invoice.why",
    "invoice.attach",
    "invoice.versions",
    None,
    "invoice.duplicate",
    "invoice.recur",
    "invoice.delete",
]
ISSUED_MENU: list[str | None] = [
    "invoice.copy_link",
    "invoice.open_pay_page",
    "invoice.check_this",
    "invoice.check_now",
    "invoice.use_credit",
    "invoice.settle_without_money",
    "invoice.charge_card",
    None,
    "invoice.open_pdf",
    "invoice.save_pdf",
    "invoice.attach",
    "invoice.versions",
    "invoice.audit",
    None,
    "invoice.duplicate",
    "invoice.recur",
    "invoice.void",
]


def register_editor_commands(page: EditorPage) -> None:
    """Add them to the window's registry; they work while the page is on screen."""
    registry = page.desk.window.commands
    act, can, section = page.actions_, page.conditions, tr("Invoice")

    def on_document(action: Callable[[int], object]) -> Callable[[], object]:
        return partial(page.with_document, action)

    commands: tuple[_Spec, ...] = (
        ("save", tr("Save now"), "Ctrl+S", page.save_now, can.is_draft, "check"),
        ("issue", tr("Issue"), "Ctrl+Shift+Return", page.issue, can.is_draft, "check"),
        (
            "issue_and_send",
            tr("Issue and send"),
            "Ctrl+Return",
            page.issue_and_send,
            can.is_draft,
            "send",
        ),
        ("send", tr("Send…"), "Ctrl+Return", on_document(act.send), can.can_send, "send"),
        (
            "record_payment",
            tr("Record payment…"),
            "Ctrl+P",
            on_document(act.record_payment),
            can.can_be_paid,
            "payments",
        ),
        (
            "settle_without_money",
            tr("Settle without money…"),
            "",
            on_document(act.settle_without_money),
            can.can_be_paid,
            "payments",
        ),
        (
            "use_credit",
            tr("Use customer's credit…"),
            "Ctrl+U",
            on_document(page.money_actions.use_for),
            can.can_be_paid,
            "payments",
        ),
        (
            "charge_card",
            tr("Charge saved card…"),
            "",
            on_document(act.charge_card),
            can.can_charge_card,
            "payments",
        ),
        (
            "copy_link",
            tr("Copy payment link"),
            "Ctrl+L",
            on_document(act.copy_link),
            can.is_invoice,
            "link",
        ),
        (
            "open_pay_page",
            tr("Open pay page"),
            "Ctrl+Shift+L",
            on_document(act.open_pay_page),
            can.has_link,
            "external",
        ),
        ("check_now", tr("Check Stripe now"), "F5", act.check_now, None, "refresh"),
        (
            "check_this",
            tr("Check this invoice at Stripe now"),
            "Shift+F5",
            on_document(act.check_invoice),
            can.has_link,
            "refresh",
        ),
        (
            "audit",
            tr("Who did what"),
            "",
            on_document(partial(page.desk.window.open_page, "activity")),
            can.is_stored,
            "book",
        ),
        (
            "duplicate",
            tr("Duplicate"),
            "Ctrl+Shift+D",
            page.duplicate,
            can.can_duplicate,
            "copy",
        ),
        (
            "recur",
            tr("Make it recur…"),
            "",
            on_document(partial(page.desk.window.open_page, "recurring")),
            can.can_recur,
            "refresh",
        ),
        ("void", tr("Void…"), "", on_document(act.void), can.can_be_voided, "x"),
        ("delete", tr("Delete draft"), "Ctrl+Shift+Del", page.delete, can.is_draft, "trash"),
        ("save_pdf", tr("Save PDF…"), "Ctrl+E", page.save_pdf, can.is_stored, "download"),
        ("open_pdf", tr("Open PDF"), "Ctrl+Shift+E", page.open_pdf, can.is_stored, "eye"),
        (
            "versions",
            tr("Versions…"),
            "Ctrl+H",
            on_document(partial(_show_versions, page)),
            can.is_stored,
            "clock",
        ),
        (
            "attach",
            tr("Attach file…"),
            "Ctrl+Shift+A",
            lambda: page.files.ask(),
            can.is_stored,
            "paperclip",
        ),
        ("why", tr("Why this cent?"), "Ctrl+Shift+W", page.show_why, can.is_draft, "info"),
        ("preview", tr("Show preview"), "Ctrl+Shift+P", page.toggle_preview, None, "eye"),
    )
    for name, title, keys, handler, enabled, icon in commands:
        registry.add(
            Command(
                f"invoice.{name}",
                title,
                section,
                handler,
                (keys,) if keys else (),
                enabled=enabled,
                scope=page,
                icon=icon,
            )
        )
    lines = tr("Invoice lines")
    for name, title, keys in (
        ("next", tr("Next line, or a new one"), "Return"),
        ("up", tr("Move line up"), "Alt+Up"),
        ("down", tr("Move line down"), "Alt+Down"),
        ("duplicate", tr("Duplicate line"), "Ctrl+D"),
        ("delete", tr("Delete line"), "Ctrl+Del"),
        ("paste", tr("Lines from a spreadsheet"), "Ctrl+V"),
    ):
        # Handled by the grid itself: they mean the line the cursor is in.
        registry.add(
            Command(
                f"line.{name}",
                title,
                lines,
                page.focus_lines,
                (keys,),
                enabled=can.is_draft,
                scope=page,
                in_palette=False,
                bound=False,
            )
        )


def show_menu(page: EditorPage) -> None:
    """The menu of the page: what can be done with the document on show."""
    commands, ids = page.desk.window.commands, DRAFT_MENU
    if page.editor is None:
        commands.refresh()
        own = [one for one in KIND_MENU if commands.action(one).isEnabled()]
        ids = [*own, None, *ISSUED_MENU] if own else ISSUED_MENU
    menu = commands.menu(page, ids)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(page.bar.more.mapToGlobal(page.bar.more.rect().bottomLeft()))


def _show_versions(page: EditorPage, document_id: int) -> None:
    """Compare the versions kept; of a draft, bring one back."""
    restored = page.reload if page.editor is not None else None
    open_versions(page.desk, document_id, page, restored)
