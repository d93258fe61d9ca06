"""How this computer reaches Stripe: a proxy, and whose certificates are trusted."""

from functools import partial

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from billdesk.core.domain.network_way import NetworkWay
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.field import Field


class NetworkBox(QWidget):
    """Of this computer alone, so it has a button of its own."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._stored = NetworkWay()
        self.proxy = QLineEdit()
        self.proxy.setPlaceholderText("http://proxy.office.example:3128")
        self.trust = QCheckBox(tr("Trust this system's certificates too"))
        self.save_button = Button(tr("Save for this computer"), on_click=self.save)
        self.form = Form()
        self.form.line(
            (
                "proxy",
                Field(
                    tr("Proxy"),
                    self.proxy,
                    helper=tr("Empty: as this system is set up."),
                    optional=True,
                ),
                1,
            )
        )
        self.form.body.addWidget(self.trust)
        self.form.watch(self.trust)
        note = label(
            tr("For networks whose own proxy reads the traffic, and says so to its users."), "meta"
        )
        note.setWordWrap(True)
        note.setContentsMargins(26, 0, 0, 4)
        self.form.body.addWidget(note)
        self.form.edited.connect(self._show_state)
        buttons = row()
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        outer = column(self, spacing=8)
        outer.addWidget(self.form)
        outer.addLayout(buttons)
        self._show_state()

    def refresh(self) -> None:
        """Show what is stored, unless something else was typed."""
        self._desk.lanes.read(self._desk.app.network.way).then(self._show, self._failed, owner=self)

    def save(self) -> None:
        """Use it from the next request on."""
        way = self._way()
        self._desk.lanes.write(partial(self._desk.app.network.choose, way)).then(
            lambda _none: self._saved(), self._failed, owner=self
        )

    def _saved(self) -> None:
        self.form.show_problem("")
        self._stored = NetworkWay()
        self.refresh()
        self._desk.window.toasts.show(tr("The way to Stripe was saved."), icon="check")

    def _way(self) -> NetworkWay:
        return NetworkWay(self.proxy.text().strip(), self.trust.isChecked())

    def _show(self, way: NetworkWay) -> None:
        untouched = self._way() in (self._stored, way)
        self._stored = way
        if untouched:
            self.form.prepare(partial(self._fill, way))
        self._show_state()

    def _fill(self, way: NetworkWay) -> None:
        self.proxy.setText(way.proxy)
        self.trust.setChecked(way.system_certificates)

    def _failed(self, error: object) -> None:
        self.form.show_error(error, self._desk.report)

    def _show_state(self) -> None:
        self.save_button.setEnabled(self._way() != self._stored)
