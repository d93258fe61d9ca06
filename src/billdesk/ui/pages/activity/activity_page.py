"""The page: Stripe, outbox, health and audit log, each on a tab of its own."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain import events
from billdesk.core.sync.poller import PollResult
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.files import open_file
from billdesk.ui.forms.scrolled import MARGIN
from billdesk.ui.log_file import log_file
from billdesk.ui.pages.activity import AUDIT, HEALTH, OUTBOX, STRIPE
from billdesk.ui.pages.activity.audit_view import AuditView
from billdesk.ui.pages.activity.health_view import HealthView
from billdesk.ui.pages.activity.outbox_view import OutboxView
from billdesk.ui.pages.activity.stripe_view import StripeView
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.filter_tabs import FilterTabs

# Tries and looks that find nothing are told by no event.
_AGES_MS = 10_000


class ActivityPage(Page):
    """``show_argument``: the name of a tab, or the id of a document for what was done to it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Activity"), parent)
        self.desk = desk
        self.tabs = FilterTabs(
            [
                (STRIPE, tr("Stripe")),
                (OUTBOX, tr("Outbox")),
                (HEALTH, tr("Health")),
                (AUDIT, tr("Audit")),
            ],
            tr("Activity: view"),
        )
        self.stripe = StripeView(desk)
        self.outbox = OutboxView(desk)
        self.health = HealthView(desk)
        self.audit = AuditView(desk)
        self._views: dict[str, StripeView | OutboxView | HealthView | AuditView] = {
            STRIPE: self.stripe,
            OUTBOX: self.outbox,
            HEALTH: self.health,
            AUDIT: self.audit,
        }
        self._register_commands()
        commands = desk.window.commands
        self.look_button = Button.for_action(
            commands.action("activity.look"), "primary", icon="refresh"
        )
        self.try_button = Button.for_action(
            commands.action("activity.try_now"), "primary", icon="refresh"
        )
        self.log_button = Button.for_action(commands.action("activity.log"), icon="external")
        self._stack = QStackedWidget()
        for view in self._views.values():
            scrolls = isinstance(view, StripeView | HealthView)
            self._stack.addWidget(view if scrolls else _framed(view))
        layout = column(self, spacing=12)
        layout.setContentsMargins(MARGIN, 0, 0, 0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self._ageing = QTimer(self)
        self._ageing.setInterval(_AGES_MS)
        self._ageing.timeout.connect(self._age)
        self.tabs.filterChanged.connect(self._show_view)
        self.stripe.lookRequested.connect(self.look)
        self.outbox.shown.connect(self._count)
        self.stripe.currentChanged.connect(self._connection_changed)
        for opening in (self.outbox.opened, self.audit.opened):
            opening.connect(partial(self.navigationRequested.emit, "invoice"))

    # What the window asks

    def show_argument(self, argument: object) -> None:
        if isinstance(argument, int):
            self.tabs.set_current(AUDIT)
            self.audit.show_document(argument)
        elif isinstance(argument, str) and argument in self._views:
            self.tabs.set_current(argument)

    def activated(self) -> None:
        super().activated()
        self._ageing.start()

    def deactivated(self) -> None:
        super().deactivated()
        self._ageing.stop()

    def refresh(self) -> None:
        self._views[self.tabs.current].refresh()
        if self.tabs.current != OUTBOX:
            # Its tab carries the number of what waits.
            self.outbox.refresh()

    def concerns(self, event: object) -> bool:
        # Each second's saving of a draft is no news here.
        return not isinstance(event, events.DraftSaved)

    def first_focus(self) -> QWidget | None:
        return {
            STRIPE: self.tabs,
            OUTBOX: self.outbox.table,
            HEALTH: self.health.windows,
            AUDIT: self.audit.table,
        }[self.tabs.current]

    def topbar_actions(self) -> list[QWidget]:
        if self.tabs.current == OUTBOX:
            return [self.log_button, self.try_button]
        if self._is_connected():
            return [self.log_button, self.look_button]
        return [self.log_button]

    # What people do

    def look(self) -> None:
        """Look at Stripe at once; the answer comes as an event."""
        self.desk.lanes.net(self.desk.app.sync.look).then(
            self._looked, self.desk.report, owner=self
        )

    def show_log(self) -> None:
        """Show the log file in the program for such files."""
        file = log_file()
        if file is None or not file.exists():
            self.desk.window.toasts.show(tr("There is no log file yet."), icon="info")
        elif not open_file(file):
            self.desk.window.toasts.show_error(
                tr("No program is set up to open {name}.").format(name=str(file))
            )

    # Inside

    def _looked(self, result: PollResult) -> None:
        if result.error:
            self.desk.window.toasts.show_error(result.error)
        self.stripe.refresh()

    def _show_view(self, key: str) -> None:
        self._stack.setCurrentIndex(list(self._views).index(key))
        self.mark_stale()
        self.topbarChanged.emit()
        focus = self.first_focus()
        if focus is not None and self.is_active:
            focus.setFocus()
        self.desk.window.commands.refresh()

    def _count(self, waiting: int) -> None:
        self.tabs.set_counts({OUTBOX: waiting} if waiting else {})

    def _age(self) -> None:
        if self.tabs.current != AUDIT:
            self.refresh()

    def _is_connected(self) -> bool:
        return self.tabs.current == STRIPE and self.stripe.is_connected

    def _connection_changed(self, _index: int) -> None:
        self.topbarChanged.emit()
        self.desk.window.commands.refresh()

    def _shows_outbox(self) -> bool:
        return self.tabs.current == OUTBOX

    def _register_commands(self) -> None:
        for name, title, handler, keys, enabled, icon in (
            ("look", tr("Check Stripe now"), self.look, ("F5",), self._is_connected, "refresh"),
            (
                "try_now",
                tr("Try everything now"),
                self.outbox.try_now,
                ("Ctrl+Shift+R",),
                self._shows_outbox,
                "refresh",
            ),
            ("log", tr("Show log file"), self.show_log, (), None, "external"),
            (
                "search",
                tr("Search the audit log"),
                self.audit.search.setFocus,
                ("Ctrl+F",),
                lambda: self.tabs.current == AUDIT,
                "search",
            ),
        ):
            self.desk.window.commands.add(
                Command(
                    f"activity.{name}",
                    title,
                    tr("Activity"),
                    handler,
                    keys,
                    enabled=enabled,
                    scope=self,
                    icon=icon,
                )
            )


def _framed(view: QWidget) -> QWidget:
    """With the page's margins; what scrolls has them inside, so that its bar is at the edge."""
    frame = QWidget()
    layout = column(frame)
    layout.setContentsMargins(0, 0, MARGIN, MARGIN)
    layout.addWidget(view, 1)
    return frame
