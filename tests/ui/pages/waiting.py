"""What tests of the pages wait for: work off the GUI thread, and what its answer shows."""

from pytestqt.qtbot import QtBot

from billdesk.ui.desk import Desk
from billdesk.ui.widgets.toast import Toast


def settle(qtbot: QtBot, desk: Desk) -> None:
    """Until every answer has come; locking a backup takes its seconds."""
    qtbot.waitUntil(lambda: desk.lanes.pending == 0, timeout=60_000)


def shown_toast(qtbot: QtBot, desk: Desk) -> Toast:
    """The newest toast, waited for: rows may change before the answer that shows it comes."""
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: bool(desk.window.toasts.toasts))
    return desk.window.toasts.toasts[-1]
