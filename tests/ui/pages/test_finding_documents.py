"""Documents in "Search or jump to…"."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents import EditorPage


def quote(desk: Desk, customer_id: int) -> int:
    """An issued quote of 1,234.50."""
    line = LineDraft("Website", Decimal(1), Decimal("1234.5"))
    draft = InvoiceDraft(
        customer_id, "EUR", issued_on=date(2026, 11, 2), terms_days=30, lines=(line,)
    )
    made = desk.app.invoices.create(draft, DocumentKind.QUOTE)
    desk.app.invoices.issue(made.document_id, made.version)
    return made.document_id


@pytest.mark.parametrize("typed", ["Q-00001", "fjord robotics", "1234.50", "1,234.50"])
def test_the_palette_finds_documents_by_number_customer_and_amount(
    qtbot: QtBot, desk: Desk, typed: str
) -> None:
    document_id = quote(desk, desk.app.customers.create(CustomerInput("Fjord Robotics")))
    palette = desk.window.palette_overlay
    palette.open()
    qtbot.keyClicks(palette.entry, typed)
    key = ("document", document_id)
    qtbot.waitUntil(lambda: key in [one.key for one in palette.list.choices()])
    shown = {one.key: (one.title, one.subtitle) for one in palette.list.choices()}
    assert shown[key] == ("Q-00001  Fjord Robotics", "Quote, €1,234.50")
    if not typed.startswith("fjord"):
        qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
        page = desk.window.current_page
        assert isinstance(page, EditorPage)
        qtbot.waitUntil(lambda: page.document_id == document_id)
    else:
        # The customer comes before their documents.
        assert palette.list.choices()[0].title == "Fjord Robotics"
    qtbot.waitUntil(lambda: desk.lanes.pending == 0)
