"""Home: what is owed, what came in, what needs attention."""

from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr


def register_home(desk: Desk, shortcut: str = "Ctrl+1") -> None:
    """Make the place known to the window; it is built on the first visit."""

    def home_page() -> Page:
        from billdesk.ui.pages.home.home_page import HomePage

        return HomePage(desk)

    desk.window.register(PageSpec("home", tr("Home"), home_page, "home", shortcut))
