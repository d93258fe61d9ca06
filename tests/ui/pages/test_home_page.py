"""Home: an empty company, figures, tasks with the step that helps."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from waiting import shown_toast

from billdesk.core.domain.documents import FilterTab
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind
from billdesk.core.queries.tone import Tone
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.home.home_page import HomePage

TODAY = date(2026, 11, 24)


def settle(qtbot: QtBot, desk: Desk, page: HomePage) -> None:
    qtbot.waitUntil(lambda: not page._latest.is_busy and desk.lanes.pending == 0)


def home(qtbot: QtBot, desk: Desk) -> HomePage:
    page = desk.window.current_page
    assert isinstance(page, HomePage)
    settle(qtbot, desk, page)
    return page


def texts(widget: QWidget) -> str:
    shown = "\n".join(label.text() for label in widget.findChildren(QLabel))
    return shown.replace("\u00a0", " ")


def issue(desk: Desk, price: str, issued_on: date, *, currency: str = "EUR") -> Issued:
    app = desk.app
    customer_id = app.customers.create(CustomerInput("Atelier Morel"))
    rate = app.queries.tax_rates()[0]
    draft = InvoiceDraft(
        customer_id=customer_id,
        currency=currency,
        exchange_rate=None if currency == "EUR" else Decimal("0.9"),
        issued_on=issued_on,
        terms_days=14,
        lines=(LineDraft("Work", Decimal(1), Decimal(price), tax_rate_ids=(rate.id,)),),
    )
    saved = app.invoices.create(draft)
    return app.invoices.issue(saved.document_id, saved.version)


def test_a_new_company_is_led_to_its_first_invoice(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    assert page.welcome.isVisible()
    assert "first invoice" in page.welcome.accessibleName()
    assert not page.figures.isVisible()


def test_figures_follow_what_happens(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    overdue = issue(desk, "100", date(2026, 11, 1))
    issue(desk, "200", TODAY)
    qtbot.waitUntil(page.figures.isVisible)
    qtbot.waitUntil(lambda: "€119.00" in texts(page.figures.overdue))
    assert "1 invoice · oldest 9 days" in texts(page.figures.overdue)
    assert "€238.00" in texts(page.figures.due)
    assert "€357.00 owed in all" in texts(page.figures.due)
    desk.app.payments.record(
        PaymentInput(overdue.document_id, overdue.total_minor, PaymentMethod.BANK, TODAY)
    )
    qtbot.waitUntil(lambda: "€119.00" in texts(page.figures.paid))
    assert "€0.00" in texts(page.figures.overdue)
    page.chart.setFocus()
    assert page.chart.accessibleDescription().endswith("Nov: €119.00")


def test_other_currencies_are_told_not_summed(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    issue(desk, "100", TODAY)
    issue(desk, "70", TODAY, currency="USD")
    qtbot.waitUntil(lambda: "€119.00" in texts(page.figures.due))
    qtbot.waitUntil(lambda: "+ 1 in another currency" in texts(page.figures.due))


def test_a_task_leads_to_its_invoice(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    issued = issue(desk, "100", date(2026, 11, 1))
    qtbot.waitUntil(lambda: len(page.attention.buttons) == 1)
    assert issued.number in page.attention.buttons[0].accessibleName()
    page.attention.buttons[0].click()
    assert desk.window.current_page is desk.window.page("invoice")


def test_a_link_that_failed_is_made_anew(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    issued = issue(desk, "100", TODAY)
    task = AttentionItem(
        AttentionKind.LINK,
        issued.document_id,
        issued.number,
        "Stripe said no.",
        AttentionAction.NEW_LINK,
        Tone.BAD,
    )
    page.tasks.act(task)
    # Without online payment the core says why; with it, the notice says a link is being made.
    shown_toast(qtbot, desk).close_toast()
    page.tasks.act(replace(task, action=AttentionAction.OPEN))
    assert desk.window.current_page is desk.window.page("invoice")


def test_a_figure_leads_to_the_invoices_it_is_made_of(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    issue(desk, "100", date(2026, 11, 1))
    qtbot.waitUntil(page.figures.isVisible)
    with qtbot.waitSignal(page.navigationRequested) as asked:
        page.figures.overdue.setFocus()
        qtbot.keyClick(page.figures.overdue, " ")
    assert asked.args == ["documents", FilterTab.OVERDUE]
    assert desk.window.current_page is desk.window.page("documents")


def test_news_say_when_and_about_what(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    issued = issue(desk, "100", TODAY)
    qtbot.waitUntil(lambda: issued.number in texts(page.timeline))
    assert "€119.00" in texts(page.timeline)
    assert "Atelier Morel" in texts(page.timeline)


def test_news_that_come_while_the_window_closes_are_no_fault(qtbot: QtBot, desk: Desk) -> None:
    page = home(qtbot, desk)
    with qtbot.waitSignal(desk.lanes.drained), qtbot.assertNotEmitted(desk.lanes.unhandledFailure):
        desk.lanes.close(lambda: None)
        page.mark_stale()
        settle(qtbot, desk, page)
