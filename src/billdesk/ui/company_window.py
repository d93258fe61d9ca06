"""The pages of one company in the window."""

from billdesk.ui.attention import WindowAttention
from billdesk.ui.backup_keeper import BackupKeeper
from billdesk.ui.desk import Desk
from billdesk.ui.pages import activity, customers, home, items, payments, recurring, settings
from billdesk.ui.pages.documents import register_documents
from billdesk.ui.pages.documents.finding import register_document_search
from billdesk.ui.practice import register_practice
from billdesk.ui.status_line import StatusLine
from billdesk.ui.text import tr
from billdesk.ui.trial_banner import TrialBanner


def fill_window(desk: Desk) -> StatusLine:
    """Register every page of ``desk``'s company and show Home; returns the status line."""
    home.register_home(desk, "Ctrl+1")
    register_documents(desk, "Ctrl+2")
    customers.register_customers(desk, "Ctrl+3")
    items.register_items(desk, "Ctrl+4")
    register_document_search(desk)
    payments.register_payments(desk, "Ctrl+5")
    recurring.register_recurring(desk, "Ctrl+6")
    activity.register_activity(desk, "Ctrl+8")
    settings.register_settings(desk, "Ctrl+9")
    if desk.app.is_practice:
        desk.window.banner.set_text(
            tr("Practice company: no mail leaves this computer and no money moves."),
            "warn",
            tr("Go to my own company") if desk.leave_practice is not None else "",
            desk.leave_practice,
        )
        register_practice(desk)
    elif desk.app.safety is not None:
        BackupKeeper(desk, desk.app.safety)
    WindowAttention(desk)
    status = StatusLine(desk)
    if not desk.app.is_practice:
        # The practice company has a banner of its own.
        status.statusRead.connect(TrialBanner(desk).show_status)
    desk.window.open_page("home")
    return status
