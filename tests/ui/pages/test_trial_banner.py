"""While a test key is connected, a banner says so and leads to a live one."""

from outside_books import OutsideBooks
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Books
from billdesk.core.application import Application
from billdesk.core.domain.events import CompanyChanged
from billdesk.ui.desk import Desk
from billdesk.ui.status_line import StatusLine
from billdesk.ui.stripe_wizard.wizard import StripeWizard


def test_a_test_key_wears_a_banner_until_a_live_one_is_connected(
    qtbot: QtBot, app: Application, books: Books, desk: Desk
) -> None:
    banner = desk.window.banner
    assert not banner.isVisible()
    outside = OutsideBooks(app, books)
    outside.connect()
    status = desk.window.findChild(StatusLine)
    assert isinstance(status, StatusLine)
    status.on_event(CompanyChanged(app.company_id))
    qtbot.waitUntil(banner.isVisible)
    assert banner.text.startswith("TEST: a test key of Stripe is connected.")
    banner._button.click()
    wizard = QApplication.activeModalWidget()
    assert isinstance(wizard, StripeWizard)
    assert wizard.about.live.isChecked()
    wizard.reject()
    outside.go_live()
    status.on_event(CompanyChanged(app.company_id))
    qtbot.waitUntil(lambda: not banner.isVisible())
