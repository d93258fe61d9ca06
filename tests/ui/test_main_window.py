from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from billdesk.ui.commands import Command
from billdesk.ui.main_window import MainWindow, PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.choice_list import Choice

MADE: list[str] = []


class Probe(Page):
    """A page that writes down what happens to it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        MADE.append(name)
        self.log: list[str] = []
        self.entry = QLineEdit(self)
        self.entry.setAccessibleName("entry")
        column(self).addWidget(self.entry)
        self.action = Button(f"New {name}", "primary")

    def show_argument(self, argument: object) -> None:
        self.log.append(f"argument {argument}")

    def activated(self) -> None:
        self.log.append("activated")
        super().activated()

    def deactivated(self) -> None:
        self.log.append("deactivated")
        super().deactivated()

    def refresh(self) -> None:
        self.log.append("refresh")

    def concerns(self, event: object) -> bool:
        return event == "matters"

    def first_focus(self) -> QWidget:
        return self.entry

    def topbar_actions(self) -> list[QWidget]:
        return [self.action]


@pytest.fixture
def shutdowns() -> list[Callable[[], None]]:
    return []


@pytest.fixture
def window(settings: QSettings, shutdowns, qtbot) -> MainWindow:
    MADE.clear()
    made = MainWindow(settings, shutdowns.append)
    for number, name in enumerate(("home", "documents", "customers"), 1):
        made.register(
            PageSpec(name, name.title(), lambda name=name: Probe(name), name, f"Ctrl+{number}")
        )
    made.register(PageSpec("invoice", "Invoice", lambda: Probe("invoice"), parent_id="documents"))
    # Closing is refused until the shutdown is answered: the test's own clean-up must not ask.
    qtbot.addWidget(made, before_close_func=lambda w: w._finish_close())
    with qtbot.waitActive(made):
        made.show()
    return made


def test_pages_are_made_on_the_first_visit_only(window: MainWindow):
    assert MADE == []
    window.open_page("home")
    window.open_page("documents")
    window.open_page("home")
    assert MADE == ["home", "documents"]
    assert window.page("customers") is None
    assert window.page("home").log == ["activated", "refresh", "deactivated", "activated"]
    with pytest.raises(KeyError):
        window.open_page("nowhere")
    with pytest.raises(ValueError, match="home"):
        window.register(PageSpec("home", "Home", lambda: Probe("again")))


def test_places_are_reached_by_number_and_by_click(window: MainWindow, qtbot):
    window.open_page("home")
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page is window.page("documents")
    assert window.sidebar.button("documents").isChecked()
    qtbot.mouseClick(window.sidebar.button("customers"), Qt.MouseButton.LeftButton)
    assert window.current_page is window.page("customers")
    assert window.topbar.title == "customers"
    assert window.current_page.entry.hasFocus()


def test_sub_page_marks_its_place_and_escape_goes_back(window: MainWindow, qtbot):
    window.open_page("documents")
    window.current_page.navigationRequested.emit("invoice", 42)
    invoice = window.page("invoice")
    assert invoice.log == ["argument 42", "activated", "refresh"]
    assert window.sidebar.button("documents").isChecked()
    qtbot.keyClick(invoice.entry, Qt.Key.Key_Escape)
    assert window.current_page is window.page("documents")
    window.open_page("invoice", 43)
    window.open_page("invoice", 44)
    assert invoice.log[-3:] == ["deactivated", "argument 44", "activated"]
    window.go_back()
    assert invoice.log[-2:] == ["argument 43", "activated"]


def test_events_refresh_the_page_on_screen_and_mark_the_others(window: MainWindow):
    window.open_page("home")
    window.open_page("documents")
    home, documents = window.page("home"), window.page("documents")
    home.log.clear()
    documents.log.clear()
    window.on_event("matters")
    window.on_event("does not")
    assert documents.log == ["refresh"]
    assert home.log == []
    assert home.is_stale
    window.open_page("home")
    assert home.log == ["activated", "refresh"]


def test_topbar_shows_the_page_and_follows_its_title(window: MainWindow):
    window.open_page("home")
    home = window.current_page
    assert home.action.isVisible()
    home.set_title("Good morning")
    assert window.topbar.title == "Good morning"
    window.open_page("documents")
    assert not home.action.isVisible()
    window.open_page("home")
    assert home.action.isVisible()
    stray = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
    assert stray == []


def test_sidebar_shows_icons_alone_in_a_small_window(window: MainWindow, qtbot):
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.sidebar.width() == 56)
    assert window.sidebar.button("home").accessibleName() == "Home"
    assert "Home" in window.sidebar.button("home").toolTip()
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.sidebar.width() == 216)


def test_everything_fits_at_1024_by_700(window: MainWindow):
    window.open_page("home")
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 700


def test_palette_runs_commands_and_finds_things(window: MainWindow, qtbot):
    window.open_page("home")
    ran: list[object] = []
    asked: list[str] = []

    def provider(text, answer):
        asked.append(text)
        answer([Choice("c1", "Nordlicht Studio", "Customer", run=lambda: ran.append("c1"))])

    window.palette_overlay.add_provider(provider)
    window.commands.add(
        Command("invoice.new", "New invoice", "Invoice", lambda: ran.append("new"), ("Ctrl+N",))
    )
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.palette_overlay
    assert palette.entry.hasFocus()
    qtbot.keyClicks(palette.entry, "newinv")
    assert palette.list.current().title == "New invoice"
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert ran == ["new"]
    assert not palette.isVisible()
    assert window.current_page.entry.hasFocus()
    palette.open()
    assert palette.list.current().title == "New invoice"  # the most recent stands first
    qtbot.keyClicks(palette.entry, "nordlicht")
    qtbot.waitUntil(lambda: palette.list.current() is not None)
    assert asked == ["nordlicht"]
    qtbot.keyClick(palette.entry, Qt.Key.Key_Return)
    assert ran == ["new", "c1"]
    palette.open()
    qtbot.keyClick(palette.entry, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.current_page is window.page("home")


def test_a_customer_goes_before_commands_with_the_same_letters_scattered(window: MainWindow, qtbot):
    answers = []
    window.palette_overlay.add_provider(lambda text, answer: answers.append(answer))
    window.commands.add(Command("mail", "Notes on reminders", "Settings", lambda: None))
    palette = window.palette_overlay
    palette.open()
    qtbot.keyClicks(palette.entry, "nord")
    assert palette.list.choices() == []  # Return must not run it while the answer is awaited
    qtbot.waitUntil(lambda: len(answers) == 1)
    answers[0]([Choice("c1", "Nordlicht Studio")])
    titles = [choice.title for choice in palette.list.choices()]
    assert titles[:2] == ["Nordlicht Studio", "Notes on reminders"]
    palette.close_palette()


def test_palette_drops_answers_to_older_questions(window: MainWindow, qtbot):
    answers = []
    window.palette_overlay.add_provider(lambda text, answer: answers.append(answer))
    palette = window.palette_overlay
    palette.open()
    qtbot.keyClicks(palette.entry, "zzz")
    qtbot.waitUntil(lambda: len(answers) == 1)
    qtbot.keyClicks(palette.entry, "z")
    answers[0]([Choice("old", "Old")])
    assert palette.list.choices() == []
    palette.close_palette()


def test_shortcut_sheet_lists_every_key(window: MainWindow, qtbot):
    window.open_page("home")
    window.setFocus()
    qtbot.keyClick(window, "?")
    sheet = next(d for d in window.findChildren(QDialog) if d.isVisible())
    shown = {text.text() for text in sheet.findChildren(QLabel)}
    assert {"Go to Documents", "Ctrl+2", "Ctrl+K", "Esc", "?"} <= shown
    sheet.close()


def test_closing_waits_for_the_shutdown_without_blocking(window: MainWindow, shutdowns, qtbot):
    window.open_page("home")
    window.close()
    window.close()
    assert window.isVisible()
    assert len(shutdowns) == 1
    assert window.current_page.log[-1] == "deactivated"
    shutdowns[0]()
    assert not window.isVisible()


def test_size_is_remembered(window: MainWindow, settings: QSettings, shutdowns, qtbot):
    # Smaller than the test screen of 800 x 800, which Qt would cut it to.
    window.resize(780, 600)
    qtbot.waitUntil(lambda: window.width() == 780)
    window.close()
    shutdowns[0]()
    again = MainWindow(settings, shutdowns.append)
    qtbot.addWidget(again, before_close_func=lambda w: w._finish_close())
    assert (again.width(), again.height()) == (780, 600)


def test_banner_stays_until_it_is_taken_away(window: MainWindow, qtbot):
    clicked: list[int] = []
    window.banner.set_text("Practice company", action="Leave", on_click=lambda: clicked.append(1))
    assert window.banner.isVisible()
    qtbot.mouseClick(
        next(b for b in window.banner.findChildren(QPushButton)), Qt.MouseButton.LeftButton
    )
    assert clicked == [1]
    window.banner.set_text("")
    assert not window.banner.isVisible()


def test_status_line_leads_to_its_page(window: MainWindow, qtbot):
    window.sidebar.set_status("Stripe checked 2 min ago", "ok", "Every 15 s")
    assert window.sidebar.status.accessibleName() == "Stripe checked 2 min ago"
    with qtbot.waitSignal(window.sidebar.statusClicked):
        qtbot.mouseClick(window.sidebar.status, Qt.MouseButton.LeftButton)


def test_every_control_has_a_name_and_tab_reads_from_left_to_right(window: MainWindow, qtbot):
    window.open_page("home")
    window.sidebar.set_status("Stripe checked", "ok")
    for button in window.findChildren(QPushButton):
        assert button.accessibleName() or not button.isVisible(), button
    window.sidebar.button("home").setFocus()
    seen: list[str] = []
    for _ in range(7):
        seen.append(window.focusWidget().accessibleName())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen == [
        "Home",
        "Documents",
        "Customers",
        "Stripe checked",
        "Search or jump to",
        "New home",
        "entry",
    ]
