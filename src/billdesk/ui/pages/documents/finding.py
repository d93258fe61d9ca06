"""Documents for "Search or jump to…": by number, customer, subject or amount."""

from functools import partial

from billdesk.core.queries.documents import DocumentFilter, DocumentRow
from billdesk.core.queries.paging import Page as Rows
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.palette import Answer

MOST_FOUND = 5


def register_document_search(desk: Desk) -> None:
    """Offer documents in the palette, after what was made known to it before.

    A customer's name is more often typed to go to the customer than to one of their invoices.
    """
    desk.window.palette_overlay.add_provider(partial(_find, desk))


def _find(desk: Desk, text: str, answer: Answer) -> None:
    """The newest documents of all kinds that have every word of ``text``."""

    def choice(row: DocumentRow) -> Choice:
        kind = kind_word(row.kind)
        return Choice(
            ("document", row.id),
            f"{row.number or tr('Draft')}  {row.customer_name}".rstrip(),
            f"{kind}, {desk.money(row.amount_minor, row.currency)}",
            "documents",
            run=partial(desk.window.open_page, "invoice", row.id),
        )

    def found(page: Rows[DocumentRow]) -> None:
        answer([choice(row) for row in page.rows])

    wanted = DocumentFilter(group=None, search=text)
    desk.lanes.read(partial(desk.app.queries.documents, wanted, limit=MOST_FOUND)).then(
        found, desk.report, owner=desk.window
    )
