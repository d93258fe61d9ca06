"""What the connected key may do, as it was probed last, and a look on demand."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.stripe_access import StripeAccess
from billdesk.ui.desk import Desk
from billdesk.ui.stripe_wizard.permission_list import PermissionRowWidget
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row, set_property
from billdesk.ui.widgets.buttons import Button


class AccessBox(QWidget):
    """One line where all is well; else the rows to tick, in Stripe's words."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._keys_url = ""
        self.summary = label("", "meta")
        self.summary.setWordWrap(True)
        self._lines = column(spacing=8)
        self.check_button = Button(
            tr("Check what the key may do"), "link", icon="refresh", on_click=self.check
        )
        self.keys_button = Button(
            tr("Open the key at Stripe"), "link", icon="external", on_click=self._open_keys
        )
        buttons = row(spacing=10)
        buttons.addWidget(self.check_button)
        buttons.addWidget(self.keys_button)
        buttons.addStretch(1)
        outer = column(self, spacing=8)
        outer.addWidget(self.summary)
        outer.addLayout(self._lines)
        outer.addLayout(buttons)

    def refresh(self) -> None:
        """Show the last probe."""
        self._desk.lanes.read(self._desk.app.queries.stripe_access).then(
            self._show, self._desk.report, owner=self
        )

    def check(self) -> None:
        """Probe now."""
        self.check_button.setEnabled(False)
        self._desk.lanes.net(self._desk.app.stripe_permissions.probe).then(
            self._checked, self._failed, owner=self
        )

    def _checked(self, _report: object) -> None:
        self.check_button.setEnabled(True)
        self.refresh()

    def _failed(self, error: object) -> None:
        self.check_button.setEnabled(True)
        self._desk.report(error)

    def _show(self, access: StripeAccess) -> None:
        self._keys_url = access.keys_url
        clear_layout(self._lines)
        if access.probed_at is None:
            text = tr("What the key may do was not checked yet; that is done once a day.")
        elif access.lacking:
            text = access.lacking
        else:
            when = self._desk.formats.moment(access.probed_at)
            text = tr("It may do everything payment links need, checked {when}.").format(when=when)
        self.summary.setText(text)
        set_property(self.summary, "tone", "bad" if access.lacking else "")
        for line in access.lines:
            if line.is_lacking:
                self._lines.addWidget(PermissionRowWidget(line))

    def _open_keys(self) -> None:
        QDesktopServices.openUrl(QUrl(self._keys_url))
