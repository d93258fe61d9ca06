"""Connecting Stripe, screen by screen, against a real one on the loopback."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.bootstrap import Books, open_application
from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.stripe_access import PermissionState
from billdesk.core.services.customers import CustomerInput
from billdesk.sandbox import Fault, StripeSandbox
from billdesk.sandbox.permissions import SLUGS
from billdesk.ui.desk import Desk
from billdesk.ui.stripe_wizard.permission_list import PermissionRowWidget
from billdesk.ui.stripe_wizard.wizard import StripeWizard
from billdesk.ui.widgets.dialog import ConfirmDialog


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the environment would be obeyed even for 127.0.0.1.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(merchant="Morning Studio") as running:
        yield running


@pytest.fixture
def desk(
    books: Books,
    company_id: int,
    sandbox: StripeSandbox,
    make_desk: Callable[[Application], Desk],
) -> Iterator[Desk]:
    """A window whose Stripe is the sandbox."""
    app = open_application(books, company_id, stripe_url=sandbox.url)
    yield make_desk(app)
    app.close()


@pytest.fixture
def wizard(qtbot: QtBot, desk: Desk) -> StripeWizard:
    """Opened from Settings, Online payment."""
    desk.window.open_page("settings", "stripe")
    settle(qtbot, desk)
    desk.window.current_page.section.connect_button.click()  # type: ignore[union-attr]
    opened = QApplication.activeModalWidget()
    assert isinstance(opened, StripeWizard)
    return opened


def press(qtbot: QtBot, key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key)


def check(qtbot: QtBot, desk: Desk, wizard: StripeWizard, key: str) -> None:
    """Give a key and wait for what is found."""
    if wizard.step is wizard.about:
        wizard.next()
    wizard.key_step.key.setText(key)
    wizard.next()
    settle(qtbot, desk)


def test_from_the_form_to_the_keychain_by_keyboard(
    qtbot: QtBot,
    desk: Desk,
    wizard: StripeWizard,
    sandbox: StripeSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    assert QApplication.focusWidget() is wizard.about.form_button
    press(qtbot, Qt.Key.Key_Return)
    (form,) = opened
    assert form.startswith("https://dashboard.stripe.com/test/apikeys/create?name=BillDesk")
    assert "rak_charge_write" in form
    wizard.about.live.click()
    wizard.about.refunds.click()
    assert "/test/" not in wizard.about.url
    assert "rak_charge_write" not in wizard.about.url
    wizard.next_button.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    entry = QApplication.focusWidget()
    assert entry is wizard.key_step.key
    assert wizard.key_step.key.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(entry, sandbox.api_key)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.step is wizard.outcome, timeout=15_000)
    settle(qtbot, desk)
    ticked = {row.state.text() for row in wizard.check.list.rows.values()}
    assert ticked == {"allowed"}
    assert not desk.app.queries.company().online_payment.enabled, "nothing is kept before Connect"
    assert "Morning Studio" in texts(wizard)
    assert "TEST: no real money" in names(wizard)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.next_button.text() == "Done", timeout=15_000)
    settle(qtbot, desk)
    assert desk.app.queries.company().online_payment.enabled
    assert desk.app.queries.stripe_access().lacking == ""
    assert wizard.key_step.key.text() == ""
    assert sandbox.api_key not in texts(wizard)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert desk.window.current_page.section.disconnect_button.isVisible()  # type: ignore[union-attr]
    settle(qtbot, desk)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "Paste the restricted key"),
        ("pk_test_" + "a" * 24, "publishable"),
        ("whsec_" + "a" * 24, "webhook"),
        ("sk_org_" + "a" * 24, "organisation"),
    ],
)
def test_other_keys_are_refused_beside_the_entry(
    qtbot: QtBot, desk: Desk, wizard: StripeWizard, key: str, says: str
) -> None:
    check(qtbot, desk, wizard, key)
    assert wizard.step is wizard.key_step
    assert says in wizard.key_step.form.field("stripe_key").error
    assert wizard.key_step.key.text() == key
    wizard.reject()


def test_a_missing_row_is_named_and_checked_again(
    qtbot: QtBot, desk: Desk, wizard: StripeWizard, sandbox: StripeSandbox
) -> None:
    key = sandbox.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"}))
    # Stripe stops answering in the middle: what was found stays, and it can be tried again.
    sandbox.fail_next(Fault("GET", "/v1/disputes", None, times=2))
    check(qtbot, desk, wizard, key)
    assert wizard.step is wizard.check
    assert "cannot be reached" in wizard.check.status.text()
    assert wizard.check.list.rows["rak_event_read"].state.text() == "missing"
    assert wizard.check.list.rows["rak_dispute_read"].state.text() == "not checked yet"
    assert wizard.next_button.text() == "Try again"
    wizard.next()
    settle(qtbot, desk)
    assert wizard.next_button.text() == "Connect all the same"
    assert "lacks the row “Events: Read”" in texts(wizard)
    (row,) = wizard.outcome.findChildren(PermissionRowWidget)
    assert "Having the 'rak_event_read' permission" in row.words.text()
    sandbox.act("key", key=key, permissions=sorted(SLUGS))
    wizard.back()
    wizard.next()
    settle(qtbot, desk)
    assert wizard.next_button.text() == "Connect"
    findings = wizard.outcome.findings
    assert findings is not None
    assert {line.state for line in findings.permissions} == {PermissionState.GRANTED}
    wizard.reject()


def test_a_full_secret_key_is_warned_of(
    qtbot: QtBot, desk: Desk, wizard: StripeWizard, sandbox: StripeSandbox
) -> None:
    sandbox.act("key", key="sk_test_" + "b" * 24, permissions=None)
    check(qtbot, desk, wizard, "sk_test_" + "b" * 24)
    assert "full secret key" in texts(wizard)
    assert "sk_test_...bbbb" in texts(wizard)
    wizard.reject()


def test_links_of_the_account_before_are_asked_about(
    qtbot: QtBot,
    desk: Desk,
    wizard: StripeWizard,
    sandbox: StripeSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wizard.reject()
    desk.app.connecting.connect(sandbox.api_key)
    monkeypatch.setattr("billdesk.core.services.stripe.connecting.count_links", lambda *_, **__: 12)
    another = StripeWizard(desk.app, desk.lanes, desk.formats, desk.report, desk.window)
    another.open()
    check(qtbot, desk, another, sandbox.open_account("The other one"))
    assert "12 open links of the old account: switch them off first?" in texts(another)
    assert "Connected until now: Morning Studio." in texts(another)
    assert another.outcome.wants_switching_off
    assert QApplication.focusWidget() is another.outcome.switch_off
    another.outcome.leave.click()
    assert not another.outcome.wants_switching_off
    another.reject()


def paid_in_test_mode(desk: Desk, sandbox: StripeSandbox) -> int:
    app = desk.app
    app.connecting.connect(sandbox.api_key)
    customer = app.customers.create(CustomerInput("Nordlicht AS"))
    line = LineDraft("Work", Decimal(1), Decimal(100))
    saved = app.invoices.create(
        InvoiceDraft(customer_id=customer, lines=(line,), terms_days=14, online_payment=True)
    )
    issued = app.invoices.issue(saved.document_id, saved.version)
    app.sync.work_outbox_now()
    sandbox.pay(app.queries.document(issued.document_id).link.url)  # type: ignore[union-attr]
    app.sync.poll_now()
    return issued.document_id


@pytest.mark.parametrize("at_once", [True, False])
def test_going_live_takes_test_payments_back(
    qtbot: QtBot, desk: Desk, wizard: StripeWizard, sandbox: StripeSandbox, at_once: bool
) -> None:
    document = paid_in_test_mode(desk, sandbox)
    # What the practice Stripe says of this key from now on: it is live.
    sandbox.act("quirks", livemode=True)
    check(qtbot, desk, wizard, sandbox.api_key)
    assert "LIVE: real money" in names(wizard)
    assert "From now on money is real." in texts(wizard)
    wizard.next()
    settle(qtbot, desk)
    settle(qtbot, desk)
    assert "One test payment is in the books" in texts(wizard)
    assert "Nordlicht AS" in texts(wizard)
    assert "€100.00" in texts(wizard)
    assert desk.app.queries.document(document).open_minor == 0
    if at_once:
        press(qtbot, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "One test payment was taken back." in texts(wizard))
        wizard.next()
    else:
        wizard.cancel_button.click()
        section = desk.window.current_page.section  # type: ignore[union-attr]
        qtbot.waitUntil(section.trials.isVisible)
        section.trials.button.click()
        question = QApplication.activeModalWidget()
        assert isinstance(question, ConfirmDialog)
        question.verb_button.click()
        qtbot.waitUntil(lambda: not section.trials.isVisible())
    settle(qtbot, desk)
    assert desk.app.queries.trial_payments() == ()
    assert desk.app.queries.document(document).open_minor == 10_000


def texts(wizard: StripeWizard) -> str:
    """Everything the screen on show says."""

    return "\n".join(one.text() for one in wizard.step.findChildren(QLabel) if one.isVisible())


def names(wizard: StripeWizard) -> set[str]:
    """What a screen reader calls the parts of the screen on show."""

    return {one.accessibleName() for one in wizard.step.findChildren(QWidget)}
