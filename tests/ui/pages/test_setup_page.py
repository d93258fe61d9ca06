"""Set-up: by keyboard to the first invoice, with and without what can be skipped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Books, companies, create_company, open_application
from billdesk.core.application import Application
from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.services.companies import NewCompany
from billdesk.sandbox import Fault, StripeSandbox
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow, PageSpec
from billdesk.ui.pages.setup.setup_page import SetupPage
from billdesk.ui.stripe_wizard.wizard import StripeWizard
from billdesk.ui.tasks import Lanes


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the environment would be obeyed even for 127.0.0.1.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@dataclass
class SetUp:
    """The page on show and what it led to."""

    page: SetupPage
    lanes: Lanes
    finished: list[Application] = field(default_factory=list)
    practice: list[bool] = field(default_factory=list)


@pytest.fixture
def sandbox() -> Iterator[StripeSandbox]:
    with StripeSandbox(merchant="Morning Studio") as running:
        yield running


@pytest.fixture
def begin(
    qtbot: QtBot, books: Books, lanes: Lanes, settings: QSettings
) -> Iterator[Callable[..., SetUp]]:
    opened: list[Application] = []

    def make(stripe_url: str | None = None) -> SetUp:
        def create(new: NewCompany) -> Application:
            made_id = create_company(books, new)
            opened.append(open_application(books, made_id, stripe_url=stripe_url))
            return opened[-1]

        window = MainWindow(settings, lambda done: done())
        qtbot.addWidget(window)
        finished: list[Application] = []
        practice: list[bool] = []
        page = SetupPage(
            lanes,
            Formats("en_GB", UTC),
            create,
            finished.append,
            lambda: practice.append(True),
        )
        window.register(PageSpec("setup", "Set-up", lambda: page))
        with qtbot.waitActive(window):
            window.show()
        window.open_page("setup")
        page.company.country.set_value("DE")
        page.company.country.valueChanged.emit("DE")
        return SetUp(page, lanes, finished, practice)

    yield make
    for application in opened:
        application.close()


def press(qtbot: QtBot, key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key)


def type_keys(qtbot: QtBot, text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClicks(focus, text)


def finish(qtbot: QtBot, setup: SetUp) -> Application:
    qtbot.waitUntil(lambda: bool(setup.finished), timeout=15_000)
    qtbot.waitUntil(lambda: setup.lanes.pending == 0)
    return setup.finished[0]


def test_a_name_and_enter_all_the_way_lead_to_the_first_invoice(
    qtbot: QtBot, begin: Callable[..., SetUp]
) -> None:
    setup = begin()
    press(qtbot, Qt.Key.Key_Return)
    assert setup.page.step is setup.page.company
    type_keys(qtbot, "Morning Studio")
    press(qtbot, Qt.Key.Key_Return)
    assert setup.page.step is setup.page.tax
    press(qtbot, Qt.Key.Key_Return)
    assert setup.page.step is setup.page.logo
    press(qtbot, Qt.Key.Key_Return)
    assert setup.page.step is setup.page.stripe
    assert setup.page.next_button.text() == "Write the first invoice"
    press(qtbot, Qt.Key.Key_Return)
    app = finish(qtbot, setup)
    company = app.queries.company()
    assert (company.name, company.currency) == ("Morning Studio", "EUR")
    assert company.profile.address.country == "DE"
    assert company.invoice_defaults.language == "de"
    assert company.invoice_defaults.template.paper is Paper.A4
    assert company.invoice_defaults.template.fold_marks
    rates = app.queries.tax_rates()
    assert [rate.name for rate in rates] == ["USt. 19 %", "USt. 7 %", "Reverse charge"]
    assert rates[0].is_default
    assert not company.online_payment.enabled


def test_a_name_is_needed_and_nothing_is_stored_before_the_end(
    qtbot: QtBot, begin: Callable[..., SetUp], books: Books
) -> None:
    setup = begin()
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Return)
    assert setup.page.step is setup.page.company
    assert setup.page.company.form.field("name").error
    type_keys(qtbot, "Morning Studio")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Escape)
    assert setup.page.step is setup.page.company
    assert setup.page.company.name.text() == "Morning Studio"
    assert companies(books) == ()


@pytest.mark.parametrize(
    ("name", "wrong"), [("vat_id", "DE123456780"), ("email", "no address"), ("country", "")]
)
def test_what_is_wrong_stands_beside_its_field(
    qtbot: QtBot, begin: Callable[..., SetUp], name: str, wrong: str
) -> None:
    setup = begin()
    company = setup.page.company
    setup.page.next()
    type_keys(qtbot, "Morning Studio")
    if name == "country":
        company.country.set_value(wrong)
    else:
        getattr(company, name).setText(wrong)
    setup.page.next()
    assert setup.page.step is company
    assert company.form.field(name).error


def test_the_country_fills_in_what_follows_from_it(
    qtbot: QtBot, begin: Callable[..., SetUp]
) -> None:
    setup = begin()
    press(qtbot, Qt.Key.Key_Return)
    company = setup.page.company
    seen = {}
    for code in ("US", "IT", "FR", "KE"):
        company.country.set_value(code)
        company.country.valueChanged.emit(code)
        seen[code] = (company.answers, [tax.name for tax in setup.page.tax.taxes])
        if code == "IT":
            assert company.channel_line.isVisible()
            assert "does not speak" in company.channel.text()
        elif code == "US":
            assert not company.channel_line.isVisible()
    answers, taxes = seen["US"]
    assert (answers.currency, answers.paper, taxes) == ("USD", Paper.LETTER, [])
    answers, taxes = seen["FR"]
    assert answers.language == "fr"
    assert taxes[:2] == ["TVA 20 %", "TVA 10 %"]
    assert seen["KE"][1] == []
    assert "Kenya" in setup.page.tax.note.text()


def test_who_charges_no_tax_gets_one_exempt_rate(qtbot: QtBot, begin: Callable[..., SetUp]) -> None:
    setup = begin()
    press(qtbot, Qt.Key.Key_Return)
    type_keys(qtbot, "Small Shop")
    setup.page.next()
    setup.page.tax.charges_tax.click()
    setup.page.next()
    setup.page.next()
    setup.page.next()
    (rate,) = finish(qtbot, setup).queries.tax_rates()
    assert rate.category is TaxCategory.EXEMPT
    assert "§ 19 UStG" in rate.reason


def test_logo_and_stripe_are_set_up_on_the_way(
    qtbot: QtBot, begin: Callable[..., SetUp], sandbox: StripeSandbox, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    image = QImage(120, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#0B6636"))
    assert image.save(str(file))
    setup = begin(sandbox.url)
    page = setup.page
    page.next()
    type_keys(qtbot, "Morning Studio")
    page.next()
    page.next()
    assert page.next_button.text() == "Skip"
    page.logo.box.take_file(file)
    qtbot.waitUntil(lambda: page.next_button.text() == "Next")
    page.next()
    assert page.next_button.text() == "Write the first invoice"
    page.stripe.connect_button.click()
    wizard = opened_wizard(qtbot)
    press(qtbot, Qt.Key.Key_Tab)
    wizard.next()
    type_keys(qtbot, sandbox.api_key)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.step is wizard.outcome, timeout=15_000)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.next_button.text() == "Done", timeout=15_000)
    press(qtbot, Qt.Key.Key_Return)
    app = finish(qtbot, setup)
    assert app.queries.logo() == file.read_bytes()
    assert app.queries.company().online_payment.enabled


def opened_wizard(qtbot: QtBot) -> StripeWizard:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), StripeWizard))
    wizard = QApplication.activeModalWidget()
    assert isinstance(wizard, StripeWizard)
    return wizard


def test_a_key_that_does_not_work_stands_in_nobodys_way(
    qtbot: QtBot, begin: Callable[..., SetUp], sandbox: StripeSandbox, books: Books
) -> None:
    sandbox.fail_next(Fault("*", ".*", 401, times=9))
    setup = begin(sandbox.url)
    page = setup.page
    page.next()
    type_keys(qtbot, "Morning Studio")
    for _ in ("company", "tax", "logo"):
        page.next()
    page.stripe.connect_button.click()
    wizard = opened_wizard(qtbot)
    wizard.next()
    type_keys(qtbot, sandbox.api_key)
    wizard.next()
    qtbot.waitUntil(lambda: bool(wizard.key_step.form.problem), timeout=15_000)
    press(qtbot, Qt.Key.Key_Escape)
    assert "Your company is set up" in page.stripe.note.text()
    assert not page.back_button.isEnabled()
    assert not setup.finished
    page.next()
    app = finish(qtbot, setup)
    assert not app.queries.company().online_payment.enabled
    assert len(companies(books)) == 1


def test_the_practice_company_is_the_other_choice(
    qtbot: QtBot, begin: Callable[..., SetUp]
) -> None:
    setup = begin()
    press(qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is setup.page.welcome.practice_button
    press(qtbot, Qt.Key.Key_Return)
    assert setup.practice == [True]
    assert not setup.finished
