"""Documents: the list and the page of one document."""

from functools import partial

from billdesk.core.domain.documents import DocumentKind
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.documents.editor_page import NEW, EditorPage
from billdesk.ui.pages.documents.list_page import DocumentsPage
from billdesk.ui.pages.documents.reminders_page import RemindersPage
from billdesk.ui.text import tr

__all__ = ["Desk", "DocumentsPage", "EditorPage", "register_documents"]


def register_documents(desk: Desk, shortcut: str = "Ctrl+2") -> None:
    """Make the pages and "New invoice" known to the window.

    Other pages go to ``"invoice"`` with a document's id or ``("new", customer_id)``, and to
    ``"documents"`` with the filter to start with.
    """
    window = desk.window

    def new_invoice() -> None:
        nobody: int | None = None
        # Made at run time: each tuple stands for one new document (see EditorPage).
        window.open_page("invoice", (NEW, nobody))

    window.commands.add(
        Command(
            "invoice.new",
            tr("New invoice"),
            tr("Everywhere"),
            new_invoice,
            ("Ctrl+N",),
            icon="plus",
            keywords=tr("create write bill"),
        )
    )

    def new_of(kind: DocumentKind) -> None:
        nobody: int | None = None
        window.open_page("invoice", (NEW, nobody, kind))

    for name, title, kind, keywords in (
        ("quote", tr("New quote"), DocumentKind.QUOTE, tr("create write offer estimate")),
        (
            "deposit_invoice",
            tr("New deposit invoice"),
            DocumentKind.DEPOSIT_INVOICE,
            tr("create write advance prepayment"),
        ),
        (
            "credit_note",
            tr("New credit note"),
            DocumentKind.CREDIT_NOTE,
            tr("create write refund correction"),
        ),
    ):
        window.commands.add(
            Command(
                f"{name}.new",
                title,
                tr("Everywhere"),
                partial(new_of, kind),
                icon="plus",
                keywords=keywords,
            )
        )
    window.register(
        PageSpec(
            "documents",
            tr("Documents"),
            lambda: DocumentsPage(desk),
            icon="documents",
            shortcut=shortcut,
        )
    )
    window.register(
        PageSpec("invoice", tr("Invoice"), lambda: EditorPage(desk), parent_id="documents")
    )
    window.register(
        PageSpec(
            "reminders",
            tr("Reminders due"),
            lambda: RemindersPage(desk),
            parent_id="documents",
        )
    )
    window.commands.add(
        Command(
            "reminders.due",
            tr("Reminders due"),
            tr("Everywhere"),
            partial(window.open_page, "reminders"),
            icon="clock",
            keywords=tr("overdue late dunning remind"),
        )
    )
