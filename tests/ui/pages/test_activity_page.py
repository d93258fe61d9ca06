"""Activity: each figure against its rows, why things wait, what can be done, who did what."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from outside_books import NOW, OutsideBooks
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from waiting import settle, shown_toast

from billdesk.bootstrap import Books
from billdesk.bootstrap.log_file import start_logging
from billdesk.core.application import Application
from billdesk.core.db.tables import Outbox
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.outside import InboxState, JobKind, LinkState, MailState
from billdesk.core.domain.outside_services.policy import Standing
from billdesk.core.gateways.stripe.errors import UNREACHED
from billdesk.core.queries.activity import AuditFilter
from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind
from billdesk.core.queries.tone import Tone
from billdesk.core.sync.document_look import DocumentLook
from billdesk.core.sync.poller import PollResult
from billdesk.core.sync.runner import SyncRunner
from billdesk.ui.desk import Desk
from billdesk.ui.pages.activity.activity_page import ActivityPage
from billdesk.ui.pages.activity.words import inbox_words, job_word, link_words, standing_word
from billdesk.ui.pages.home.home_page import HomePage


@pytest.fixture
def outside(app: Application, books: Books) -> OutsideBooks:
    return OutsideBooks(app, books)


def activity(qtbot: QtBot, desk: Desk, argument: object = "stripe") -> ActivityPage:
    desk.window.open_page("activity", argument)
    page = desk.window.current_page
    assert isinstance(page, ActivityPage)
    read(qtbot, desk, page)
    return page


def read(qtbot: QtBot, desk: Desk, page: ActivityPage) -> None:
    """Until what is on show was read."""
    views = (page.stripe, page.outbox, page.health)
    qtbot.waitUntil(
        lambda: not any(view._latest.is_busy for view in views) and not page.audit.listing.is_busy
    )
    settle(qtbot, desk)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_without_stripe_the_tab_leads_to_settings(qtbot: QtBot, desk: Desk) -> None:
    page = activity(qtbot, desk)
    assert page.stripe.currentWidget() is page.stripe.empty
    assert "not connected" in page.stripe.empty.sentence


def test_the_stripe_tab_shows_its_rows(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.connect()
    for number, state in enumerate(["new", "applied", "applied", "foreign"]):
        outside.event(number, state)
    outside.event(8, "dead", error="Stripe does not know this object any more.")
    outside.link(outside.issue(), "active")
    broken = outside.issue("Broken")
    outside.link(broken, "failed", error="Refused.")
    outside.service(tokens_milli=640_000, tokens_at=NOW)
    monkeypatch.setattr(SyncRunner, "next_look_s", 42.0)
    page = activity(qtbot, desk)
    looks, inbox, links = page.stripe.looks, page.stripe.inbox, page.stripe.links
    assert (looks.value("Account"), looks.note("Account")) == (
        "Morning Studio",
        "TEST, no real money.",
    )
    assert looks.value("State") == "Working"
    assert "24 Nov 2026, 09:30" in looks.value("Last check")
    assert looks.value("Next check").startswith("in 42 s (")
    assert looks.value("Requests left") == "640 of 1,000"
    assert looks.value("Longest waiting message").startswith("since 24 Nov 2026, 09:30")
    assert [inbox.value(name) for name in inbox.names] == ["1", "2", "1", "1"]
    assert [links.value(name) for name in links.names] == ["0", "0", "1", "0", "0", "1"]
    # A screen reader hears name, figure and meaning in one.
    heard = {one.accessibleName() for one in links.findChildren(QWidget)}
    assert "Can be paid: 1. Customers who open them can pay." in heard
    shown = texts(page.stripe.attention)
    assert "Refused." in shown
    assert "Ask for a new link" in shown
    assert "Nothing is lost at Stripe" in shown
    looked: list[bool] = []
    monkeypatch.setattr(SyncRunner, "look", lambda self: looked.append(True) or PollResult())
    page.stripe.attention.buttons[-1].click()
    page.look_button.click()
    qtbot.waitUntil(lambda: len(looked) == 2)
    settle(qtbot, desk)


def test_the_outbox_says_since_when_and_why_and_what_can_be_done(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk
) -> None:
    outside.connect()
    invoice = outside.issue()
    mail = outside.mail(invoice, "queued")
    pdf = outside.job(invoice, "render", "failed", error="Disk full.")
    outside.job(invoice, "create_link", "queued", error=UNREACHED, tries=3)
    outside.job(
        invoice, "send_mail", "queued", mail_id=mail, not_before_at=NOW + timedelta(minutes=1)
    )
    page = activity(qtbot, desk, "outbox")
    table, box = page.outbox.model, page.outbox
    assert page.tabs.current == "outbox"
    said = [table.index(line, 1).data() for line in range(table.rowCount())]
    assert said[0].startswith("Given up: it is for you to decide.")
    assert said[0].endswith("Disk full.")
    assert said[1].startswith("Stripe cannot be reached. Done as soon as the Internet is back.")
    assert said[2].startswith("Goes out in a few seconds")
    assert {table.index(line, 2).data() for line in range(3)} == {"24 Nov 2026, 09:30"}
    assert "Outbox  3" in [tab.text() for tab in page.tabs._buttons.values()]

    # The PDF is made once more; the mail is withdrawn; nothing else is left to decide.
    assert box.retry_button.isVisible()
    assert box.give_up_button.text() == "Done with it"
    box.retry_button.click()
    settle(qtbot, desk)
    assert state_of(outside, pdf) == ("queued", "")
    newest = desk.app.queries.audit(AuditFilter(document_id=invoice)).rows[0]
    assert newest.text == "Tried again what had failed"
    with pytest.raises(NotAllowed):
        desk.app.waiting_jobs.try_again(pdf)
    box.table.selectRow(2)
    assert box.give_up_button.text() == "Withdraw mail"
    box.give_up_button.click()
    qtbot.waitUntil(lambda: table.rowCount() == 2)
    read(qtbot, desk, page)


def test_what_failed_is_put_aside_but_not_what_a_mail_waits_for(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk
) -> None:
    invoice, other = outside.issue(), outside.issue("Maple & Stone")
    refused = outside.mail(invoice, "failed", error="No such mailbox.")
    mail = outside.job(invoice, "send_mail", "failed", mail_id=refused, error="No such mailbox.")
    pdf = outside.job(invoice, "render", "failed", error="Disk full.")
    waited_for = outside.job(other, "render", "failed", error="Disk full.")
    outside.job(other, "send_mail", "queued", waits_for_id=waited_for)
    link = outside.job(invoice, "create_link", "failed", error="Too small.")
    page = activity(qtbot, desk, "outbox")
    box = page.outbox
    before = box.model.rowCount()
    for done, job in enumerate((mail, pdf), 1):
        assert box.table.select_key(job)
        box.give_up_button.click()
        qtbot.waitUntil(lambda left=before - done: box.model.rowCount() == left)
    assert {state_of(outside, one)[0] for one in (mail, pdf)} == {"cancelled"}
    newest = desk.app.queries.audit(AuditFilter(document_id=invoice)).rows[0]
    assert newest.text == "Put aside what had failed"
    assert desk.app.queries.document(invoice).mails[0].state is MailState.CANCELLED
    with pytest.raises(NotAllowed, match="A mail waits"):
        desk.app.waiting_jobs.dismiss(waited_for)
    with pytest.raises(NotAllowed, match="open its document"):
        desk.app.waiting_jobs.dismiss(link)
    read(qtbot, desk, page)


def state_of(outside: OutsideBooks, job_id: int) -> tuple[str, str]:
    with outside.books.engine.connect() as connection:
        row = connection.execute(
            select(Outbox.state, Outbox.error).where(Outbox.id == job_id)
        ).one()
    return row.state, row.error


def test_everything_is_tried_now_but_not_a_mail_that_can_be_withdrawn(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk
) -> None:
    outside.connect()
    invoice = outside.issue()
    later = NOW + timedelta(minutes=4)
    link = outside.job(invoice, "create_link", "queued", tries=3, not_before_at=later)
    mail = outside.job(invoice, "send_mail", "queued", not_before_at=later)
    page = activity(qtbot, desk, "outbox")
    page.try_button.click()
    settle(qtbot, desk)
    assert outside.due_at(link) == NOW
    assert outside.due_at(mail) == later
    read(qtbot, desk, page)


def test_nothing_waits_in_new_books(qtbot: QtBot, desk: Desk) -> None:
    page = activity(qtbot, desk, "outbox")
    assert page.outbox.model.rowCount() == 0
    assert not page.outbox.sentence.isVisible()


def test_health_warns_above_five_percent_and_declines_are_none(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk
) -> None:
    outside.connect()
    outside.service(last_failed_at=NOW, last_ok_at=NOW, error="Stripe did not answer in time.")
    outside.calls(calls=40, failed=2, declined=9, sum_ms=8_000, within_300=39, within_3000=1)
    page = activity(qtbot, desk, "health")
    health = page.health
    assert "5.0 %" in texts(health.failures)
    assert not health.warning.isVisible()
    stripe, mail = health.services
    assert (stripe.value("Requests"), stripe.value("Failed")) == ("40", "2")
    assert stripe.value("Declined cards") == "9"
    assert stripe.value("Time to answer") == "0.2 s on average, 95 of 100 within 0.3 s"
    assert stripe.value("Last answer") == "24 Nov 2026, 09:30"
    assert stripe.note("Last problem") == "Stripe did not answer in time."
    assert (mail.value("State"), mail.value("Last answer")) == ("Not used yet", "not used yet")
    outside.job(outside.issue(), "render", "queued")
    outside.event(1, "dead")
    outside.event(2, "applied", created_at=NOW, applied_at=NOW + timedelta(seconds=30))
    page.refresh()
    read(qtbot, desk, page)
    assert "7.1 %" in texts(health.failures)
    assert health.warning.isVisible()
    assert "more than 5 %" in health.warning.text()
    assert (health.events.value("Received"), health.events.value("In the books")) == ("2", "1")
    assert health.events.value("Could not be entered") == "1"
    assert health.services == [stripe, mail], "the same cards: nothing flickers"
    assert "30 s" in texts(health.delay)
    assert "1" in texts(health.outbox)


def test_the_audit_log_is_searched_and_narrowed_to_one_document(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk
) -> None:
    first, second = outside.issue("Ada"), outside.issue("Ben")
    page = activity(qtbot, desk, "audit")
    audit = page.audit
    whole = audit.model.rowCount()
    audit.search.setText("Ben issued")
    qtbot.waitUntil(lambda: audit.model.rowCount() == 1)
    assert audit.model.row_at(0).document_id == second
    qtbot.keyClick(audit.search, "\x1b")
    qtbot.waitUntil(lambda: audit.model.rowCount() == whole)
    read(qtbot, desk, page)
    # From elsewhere: what was done to one document, until the filter is let go.
    desk.window.open_page("activity", first)
    qtbot.waitUntil(lambda: {row.document_id for row in audit.model.rows()} == {first})
    qtbot.waitUntil(lambda: audit.only_button.text() == "Only INV-00001")
    audit.only_button.click()
    qtbot.waitUntil(lambda: audit.model.rowCount() == whole)
    audit.table.rowOpened.emit(next(row for row in audit.model.rows() if row.document_id == second))
    assert desk.window.current_page is desk.window.page("invoice")
    settle(qtbot, desk)


def test_the_status_line_and_a_task_lead_here(qtbot: QtBot, desk: Desk) -> None:
    desk.window.sidebar.statusClicked.emit()
    page = desk.window.current_page
    assert isinstance(page, ActivityPage)
    read(qtbot, desk, page)
    desk.window.open_page("home")
    home = desk.window.current_page
    assert isinstance(home, HomePage)
    home.tasks.act(
        AttentionItem(
            AttentionKind.INBOX, None, "Stripe", "…", AttentionAction.OPEN_ACTIVITY, Tone.BAD
        )
    )
    assert desk.window.current_page is page
    settle(qtbot, desk)


def test_the_log_file_is_shown(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    page = activity(qtbot, desk)
    page.log_button.click()
    assert "no log file" in shown_toast(qtbot, desk).text
    file = start_logging(tmp_path / "log")
    logging.getLogger("billdesk").warning("something")
    page.log_button.click()
    assert [url.toLocalFile() for url in opened] == [str(file)]


def test_check_this_invoice_now(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.connect()
    first, second = outside.issue("Ada"), outside.issue("Ben")
    asked: list[int] = []

    def look_at(self: SyncRunner, document_id: int) -> DocumentLook:
        asked.append(document_id)
        return DocumentLook(1) if document_id == first else DocumentLook(error="No connection.")

    monkeypatch.setattr(SyncRunner, "look_at", look_at)
    check = activity(qtbot, desk).stripe.check
    for typed, sentence in (
        ("", "Type the number of an invoice."),
        ("INV-0000", "Several invoices are meant; type the whole number."),
        ("INV-7", "There is no invoice with this number."),
    ):
        check.number.setText(typed)
        check.button.click()
        settle(qtbot, desk)
        assert check.trouble.text() == sentence
    assert not asked
    check.number.setText("inv-00001")
    check.button.click()
    assert shown_toast(qtbot, desk).text == (
        "INV-00001: Stripe has 1 payment for it, which is in the books."
    )
    # From the invoice's own page and menu, also by its keys and in the palette.
    desk.window.open_page("invoice", second)
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: desk.window.commands.run("invoice.check_this"))
    qtbot.waitUntil(lambda: asked == [first, second])
    qtbot.waitUntil(lambda: len(desk.window.toasts.toasts) == 2)
    assert shown_toast(qtbot, desk).text == "This invoice could not be checked. No connection."
    desk.window.commands.run("invoice.audit")
    page = desk.window.current_page
    assert isinstance(page, ActivityPage)
    qtbot.waitUntil(lambda: {row.document_id for row in page.audit.model.rows()} == {second})
    read(qtbot, desk, page)


def test_copying_a_link_looks_more_often(
    qtbot: QtBot, outside: OutsideBooks, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    invoice = outside.issue()
    outside.link(invoice, "active", stripe_id="plink_1", url="https://pay.example/1")
    sync = desk.app.sync
    for command in ("invoice.copy_link", "invoice.open_pay_page"):
        monkeypatch.setattr(sync, "_link_touched_at", None)
        desk.window.open_page("invoice", invoice)
        settle(qtbot, desk)
        assert sync._interval_s(PollResult(), 0, True) > 80
        qtbot.waitUntil(lambda command=command: desk.window.commands.run(command))
        settle(qtbot, desk)
        assert sync._interval_s(PollResult(), 0, True) < 17


def test_every_state_has_its_words() -> None:
    assert set(inbox_words()) == set(InboxState)
    assert set(link_words()) == set(LinkState)
    assert all(job_word(kind) for kind in JobKind)
    assert all(standing_word(standing) for standing in Standing)
