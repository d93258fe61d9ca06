"""Settings: the company, its documents, online payment, mail, and this computer's look."""

from functools import partial

from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import PageSpec
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.settings.places import places
from billdesk.ui.text import tr


def register_settings(desk: Desk, shortcut: str = "Ctrl+9") -> None:
    """Make the place and each of its sections known to the window and the palette.

    Other pages go to ``"settings"`` with a section's key, e.g. ``"mail"``.
    """

    def settings_page() -> Page:
        from billdesk.ui.pages.settings.settings_page import SettingsPage

        return SettingsPage(desk)

    def opening_page() -> Page:
        from billdesk.ui.pages.settings.opening_page import OpeningPage

        return OpeningPage(desk)

    window = desk.window
    window.register(
        PageSpec("settings", tr("Settings"), settings_page, "settings", shortcut, at_bottom=True)
    )
    window.register(PageSpec("opening", tr("Opening balances"), opening_page, parent_id="settings"))
    for place in places():
        window.commands.add(
            Command(
                f"settings.{place.key}",
                tr("Settings: {section}").format(section=place.title),
                tr("Places"),
                partial(window.open_page, "settings", place.key),
                icon=place.icon,
                keywords=place.keywords,
            )
        )
