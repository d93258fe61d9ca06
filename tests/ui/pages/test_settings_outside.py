"""Settings that reach out: Stripe and the mail server, both real ones on the loopback."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.bootstrap import Books, open_application
from billdesk.core.application import Application
from billdesk.core.documents.labels import CATALOGUE
from billdesk.core.documents.mail_text import PLACEHOLDERS as CORE_PLACEHOLDERS
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.network_way import NetworkWay
from billdesk.core.domain.settings import MailSecurity, MailSettings
from billdesk.core.services.customers import CustomerInput
from billdesk.sandbox import Fault, MailCatcher, StripeSandbox
from billdesk.sandbox.permissions import SLUGS
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import DOCUMENT_LANGUAGES
from billdesk.ui.pages.settings.mail import MailSection
from billdesk.ui.pages.settings.mail_presets import preset_for_address, preset_of
from billdesk.ui.pages.settings.mail_templates import PLACEHOLDERS
from billdesk.ui.pages.settings.settings_page import SettingsPage
from billdesk.ui.pages.settings.stripe import StripeSection
from billdesk.ui.stripe_wizard.permission_list import PermissionRowWidget
from billdesk.ui.widgets.dialog import ConfirmDialog

MakeDesk = Callable[[Application], Desk]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the environment would be obeyed even for 127.0.0.1.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(merchant="Morning Studio") as running:
        yield running


@pytest.fixture
def paid_desk(
    books: Books, company_id: int, sandbox: StripeSandbox, make_desk: MakeDesk
) -> Iterator[Desk]:
    """A window whose Stripe is the sandbox."""
    app = open_application(books, company_id, stripe_url=sandbox.url)
    yield make_desk(app)
    app.close()


def open_stripe(qtbot: QtBot, desk: Desk) -> StripeSection:
    desk.window.open_page("settings", "stripe")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    assert isinstance(page.section, StripeSection)
    return page.section


def open_mail(qtbot: QtBot, desk: Desk) -> MailSection:
    desk.window.open_page("settings", "mail")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    assert isinstance(page.section, MailSection)
    return page.section


def test_whose_account_is_connected_is_shown_whenever_the_page_is(
    qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox
) -> None:
    section = open_stripe(qtbot, paid_desk)
    assert section.connect_button.isVisible()
    assert not section.disconnect_button.isVisible()
    connecting = paid_desk.app.connecting
    connecting.connect(sandbox.api_key, findings=connecting.examine(sandbox.api_key))
    section.show_company(paid_desk.app.queries.company())
    settle(qtbot, paid_desk)
    assert section.disconnect_button.isVisible()
    assert section.pill.word.startswith("Test mode")
    assert "only until you close BillDesk" in section.kept.text()
    assert sandbox.api_key not in section.kept.text()
    online = paid_desk.app.queries.company().online_payment
    assert section.kept.text().startswith(f"Morning Studio, account {online.account_number}.")
    assert section.access.summary.text().startswith("It may do everything payment links need")


def test_what_the_key_lacks_is_shown_in_stripes_words_until_it_is_ticked(
    qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox
) -> None:
    key = sandbox.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"}))
    paid_desk.app.connecting.connect(key)
    section = open_stripe(qtbot, paid_desk)
    assert "not checked yet" in section.access.summary.text()
    section.access.check_button.click()
    settle(qtbot, paid_desk)
    settle(qtbot, paid_desk)
    assert section.access.summary.text() == "The Stripe key lacks the row “Events: Read”."

    def shown() -> list[str]:
        rows = section.access.findChildren(PermissionRowWidget)
        return [row.words.text() for row in rows if row.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    assert "Having the 'rak_event_read' permission would allow" in shown()[0]
    sandbox.act("key", key=key, permissions=sorted(SLUGS))
    section.access.check_button.click()
    qtbot.waitUntil(lambda: section.access.summary.text().startswith("It may do everything"))
    settle(qtbot, paid_desk)


def test_a_key_that_may_not_read_the_account_says_so(
    qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox
) -> None:
    sandbox.fail_next(Fault("GET", "/v1/account", status=403))
    paid_desk.app.connecting.connect(sandbox.api_key)
    section = open_stripe(qtbot, paid_desk)
    assert section.kept.text().startswith("This key may not read which account it belongs to.")


def test_the_choices_about_links_are_saved_without_touching_the_connection(
    qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox
) -> None:
    paid_desk.app.connecting.connect(sandbox.api_key)
    section = open_stripe(qtbot, paid_desk)
    section.instant_only.setChecked(False)
    section.expiry_days.set_value(Decimal(10))
    section.expiry_days.textChanged.emit("10")
    assert paid_desk.window.commands.run("settings.save")
    settle(qtbot, paid_desk)
    online = paid_desk.app.queries.company().online_payment
    assert (online.enabled, online.instant_only, online.expiry_days) == (True, False, 10)


def asked(qtbot: QtBot, desk: Desk, section: StripeSection) -> ConfirmDialog:
    section.disconnect_button.click()
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ConfirmDialog))
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    return question


def test_disconnecting_asks_first(qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox) -> None:
    paid_desk.app.connecting.connect(sandbox.api_key)
    section = open_stripe(qtbot, paid_desk)
    question = asked(qtbot, paid_desk, section)
    assert paid_desk.app.queries.company().online_payment.enabled
    question.verb_button.click()
    qtbot.waitUntil(section.connect_button.isVisible)
    settle(qtbot, paid_desk)
    assert not paid_desk.app.queries.company().online_payment.enabled


def test_disconnecting_offers_to_switch_off_what_can_be_paid(
    qtbot: QtBot, paid_desk: Desk, sandbox: StripeSandbox
) -> None:
    app = paid_desk.app
    app.connecting.connect(sandbox.api_key)
    customer = app.customers.create(CustomerInput("Nordlicht AS"))
    line = LineDraft("Work", Decimal(1), Decimal(100))
    saved = app.invoices.create(
        InvoiceDraft(customer_id=customer, lines=(line,), terms_days=14, online_payment=True)
    )
    app.invoices.issue(saved.document_id, saved.version)
    app.sync.work_outbox_now()
    section = open_stripe(qtbot, paid_desk)
    question = asked(qtbot, paid_desk, section)
    assert "One link can still be paid." in question.accessibleDescription()
    question.verb_button.click()
    qtbot.waitUntil(section.connect_button.isVisible)
    settle(qtbot, paid_desk)
    app.sync.work_outbox_now()
    assert [link["active"] for link in sandbox.state()["payment_links"]] == [False]


def test_the_way_to_stripe_is_kept_for_this_computer(qtbot: QtBot, paid_desk: Desk) -> None:
    network = open_stripe(qtbot, paid_desk).network
    assert not network.save_button.isEnabled()
    network.proxy.setText("proxy")
    network.save_button.click()
    settle(qtbot, paid_desk)
    assert "with its port" in network.form.field("proxy").error
    network.proxy.setText("http://proxy.office.example:3128")
    network.trust.click()
    network.save_button.click()
    qtbot.waitUntil(lambda: not network.save_button.isEnabled())
    settle(qtbot, paid_desk)
    assert network.form.problem == ""
    way = NetworkWay("http://proxy.office.example:3128", system_certificates=True)
    assert paid_desk.app.network.way() == way


def fill_server(section: MailSection, port: int) -> None:
    section.host.setText("127.0.0.1")
    section.port.set_value(Decimal(port))
    section.security.set_value(MailSecurity.NONE)
    section.from_address.setText("billing@morning.example")


def test_no_kind_of_encryption_is_cut(qtbot: QtBot, desk: Desk) -> None:
    section = open_mail(qtbot, desk)
    box = section.security
    for size in (QSize(1024, 720), QSize(1440, 900)):
        desk.window.resize(size)
        settle(qtbot, desk)
        longest = max(
            box.fontMetrics().horizontalAdvance(box.itemText(n)) for n in range(box.count())
        )
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        room = box.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            box,
        )
        assert longest <= room.width()


def test_a_test_mail_saves_first_and_tells_the_servers_answer(qtbot: QtBot, desk: Desk) -> None:
    with MailCatcher() as server:
        section = open_mail(qtbot, desk)
        fill_server(section, server.port)
        section.test.set_recipient("owner@example.com")
        section.test.button.click()
        qtbot.waitUntil(section.test.result.isVisible, timeout=15_000)
        settle(qtbot, desk)
        assert "The server took it" in section.test.result.text()
        (mail,) = server.wait_for(1)
    assert mail.recipients == ("owner@example.com",)
    assert "Morning Studio" in str(mail.parsed["Subject"])
    stored = desk.app.queries.company().mail
    assert (stored.host, stored.port) == ("127.0.0.1", server.port)
    assert not section.is_dirty


def test_a_refused_test_mail_says_why(qtbot: QtBot, desk: Desk) -> None:
    with MailCatcher() as server:
        server.refuse_recipient("owner@example.com")
        section = open_mail(qtbot, desk)
        fill_server(section, server.port)
        section.test.set_recipient("owner@example.com")
        section.test.button.click()
        qtbot.waitUntil(lambda: section.test.result.property("tone") == "bad", timeout=15_000)
        settle(qtbot, desk)
    assert "owner@example.com" in section.test.result.text()
    assert section.test.button.isEnabled()


def test_a_wrong_server_name_is_told_beside_it(qtbot: QtBot, desk: Desk) -> None:
    section = open_mail(qtbot, desk)
    fill_server(section, 587)
    section.host.setText("https://mail.example.com")
    desk.window.commands.run("settings.save")
    qtbot.waitUntil(lambda: bool(section.form.field("host").error))
    assert section.host.text() == "https://mail.example.com"
    assert desk.app.queries.company().mail == MailSettings()


def test_the_password_leaves_the_window_once_it_is_kept(qtbot: QtBot, desk: Desk) -> None:
    with MailCatcher(user="me", password="s3cret-word") as server:
        section = open_mail(qtbot, desk)
        fill_server(section, server.port)
        section.user.setText("me")
        section.password.setText("s3cret-word")
        section.test.set_recipient("owner@example.com")
        section.test.button.click()
        qtbot.waitUntil(lambda: len(server.messages) == 1, timeout=15_000)
        settle(qtbot, desk)
    assert section.password.text() == ""
    assert section.password.placeholderText().startswith("set")


def test_a_providers_address_fills_in_its_server(qtbot: QtBot, desk: Desk) -> None:
    section = open_mail(qtbot, desk)
    section.from_address.setText("me@gmail.com")
    section.from_address.editingFinished.emit()
    assert section.host.text() == "smtp.gmail.com"
    assert section.user.text() == "me@gmail.com"
    assert "app password" in section.form.field("preset")._message.text()
    found = preset_for_address("x@posteo.de")
    assert found is not None
    assert found.key == "posteo"
    assert preset_of("mail.nowhere.example").key == "own"


def test_the_mail_text_is_previewed_and_its_placeholders_checked(qtbot: QtBot, desk: Desk) -> None:
    section = open_mail(qtbot, desk)
    templates = section.templates
    templates.subject.setText("Invoice {number}")
    assert templates._preview_subject.text() == "Invoice INV-00001"
    templates.body.setPlainText("Dear {custommer}")
    assert "{custommer}" in section.form.field("mail_body").error
    desk.window.commands.run("settings.save")
    settle(qtbot, desk)
    assert desk.app.queries.company().mail.body_template == ""
    assert templates.body.text() == "Dear {custommer}"


def test_the_window_knows_what_the_documents_can_fill_in() -> None:
    assert PLACEHOLDERS == CORE_PLACEHOLDERS
    assert set(DOCUMENT_LANGUAGES) == set(CATALOGUE)
