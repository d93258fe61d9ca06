"""What recurs: started from an invoice, seen in a list, decided on when it was missed."""

from datetime import date
from decimal import Decimal
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import PriceChange, RecurringAction
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.recurring import RecurringInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.home.home_page import HomePage
from billdesk.ui.pages.recurring.recurring_page import RecurringPage
from billdesk.ui.pages.recurring.template_dialog import TemplateDialog

Kind = TypeVar("Kind", bound=QWidget)


def draft(desk: Desk) -> InvoiceDraft:
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht"))
    lines = (LineDraft("Hosting", Decimal(1), Decimal(100)),)
    return InvoiceDraft(customer_id, currency="EUR", subject="Hosting", lines=lines)


def page_of(qtbot: QtBot, desk: Desk, argument: object = None) -> RecurringPage:
    desk.window.open_page("recurring", argument)
    page = desk.window.current_page
    assert isinstance(page, RecurringPage)
    settle(qtbot, desk)
    return page


def dialog(qtbot: QtBot, kind: type[Kind]) -> Kind:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def test_an_invoice_is_made_to_recur(qtbot: QtBot, desk: Desk) -> None:
    saved = desk.app.invoices.create(draft(desk))
    page_of(qtbot, desk, saved.document_id)
    asked = dialog(qtbot, TemplateDialog)
    assert asked.name.text() == "Hosting"
    asked.name.setText("")
    asked.submit()
    qtbot.waitUntil(lambda: asked.problem == "Give the template a name.")
    asked.name.setText("Hosting contract")
    asked.anchor_on.set_value(date(2026, 12, 31))
    asked.every.set_value(Decimal(3))
    asked.action.setCurrentIndex(2)
    asked.changes.add_button.click()
    assert "by how many percent" in asked.problem
    asked.change_from.set_value(date(2027, 1, 1))
    qtbot.keyClicks(asked.change_percent, "2.5")
    asked.changes.add_button.click()
    asked.ends.setCurrentIndex(2)
    qtbot.keyClicks(asked.ends_after, "4")
    asked.submit()
    settle(qtbot, desk)
    (row,) = desk.app.queries.recurring()
    assert row.name == "Hosting contract"
    assert row.schedule == Schedule(date(2026, 12, 31), Unit.MONTH, 3, ends_after=4)
    assert row.action is RecurringAction.SEND
    detail = desk.app.queries.recurring_template(row.id)
    assert detail.price_changes == (PriceChange(date(2027, 1, 1), percent=Decimal("2.5")),)


def test_what_was_missed_is_decided_on(qtbot: QtBot, desk: Desk) -> None:
    given = RecurringInput("Hosting", draft(desk), Schedule(date(2026, 8, 24), Unit.MONTH))
    template_id = desk.app.recurring.create(given)
    home = desk.window.current_page
    assert isinstance(home, HomePage)
    qtbot.waitUntil(lambda: len(home.attention.buttons) == 1)
    home.attention.buttons[0].click()
    page = desk.window.current_page
    assert isinstance(page, RecurringPage)
    qtbot.waitUntil(lambda: page.side.ticked == [1, 2, 3, 4])
    texts = [page.model.index(0, n).data() for n in range(page.model.columnCount())]
    assert texts[1:] == ["Every month", "4 wait for you", "€100.00"]
    ticks = [tick for tick, _ in page.side._ticks]
    for tick in ticks[1:]:
        tick.setChecked(False)
    page.side.skip_button.click()
    qtbot.waitUntil(lambda: page.side.ticked == [2, 3, 4])
    page.side._ticks[2][0].setChecked(False)
    page.side.merge_button.click()
    qtbot.waitUntil(lambda: page.side.ticked == [4])
    page.side.create_button.click()
    qtbot.waitUntil(lambda: page.side.ticked == [])
    settle(qtbot, desk)
    detail = desk.app.queries.recurring_template(template_id)
    assert [run.state.value for run in detail.runs] == ["created", "merged", "merged", "skipped"]
    assert not page.side.waiting.isVisible()
    assert page.side.done.isVisible()


def test_a_template_is_paused_changed_and_deleted(qtbot: QtBot, desk: Desk) -> None:
    given = RecurringInput("Hosting", draft(desk), Schedule(date(2026, 12, 1), Unit.YEAR))
    desk.app.recurring.create(given)
    page = page_of(qtbot, desk)
    page.toggle_pause()
    qtbot.waitUntil(lambda: page.model.index(0, 2).data() == "Paused")
    page.toggle_pause()
    qtbot.waitUntil(lambda: page.model.index(0, 2).data() == "1 Dec 2026")
    page.edit()
    asked = dialog(qtbot, TemplateDialog)
    asked.unit.setCurrentIndex(2)
    asked.submit()
    qtbot.waitUntil(lambda: page.model.index(0, 1).data() == "Every quarter")
    page._delete()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    settle(qtbot, desk)
