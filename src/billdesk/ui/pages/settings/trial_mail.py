"""Send a test mail now and say plainly what the server answered."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row, rule, set_property
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.field import IconLabel


class TestMail(QWidget):
    """``sendRequested`` first: its owner saves what is typed and then calls ``send``."""

    sendRequested = Signal()
    # pytest takes classes by their name; this one is no test.
    __test__ = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._recipient = QLineEdit()
        self._recipient.setAccessibleName(tr("Send a test mail to"))
        self._recipient.setPlaceholderText(tr("Send a test mail to"))
        self._recipient.returnPressed.connect(self.sendRequested)
        self.button = Button(tr("Send test mail"), icon="send")
        self.button.clicked.connect(self.sendRequested)
        self.result = label("", "meta")
        self.result.setWordWrap(True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._icon = IconLabel("check-circle", "pill.ok.fg", 16)
        entry = row(spacing=8)
        entry.addWidget(self._recipient, 1)
        entry.addWidget(self.button)
        answer = row(spacing=6)
        answer.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        answer.addWidget(self.result, 1)
        layout = column(self, spacing=8)
        layout.addWidget(rule())
        layout.addLayout(entry)
        layout.addLayout(answer)
        self._show("", "")

    @property
    def recipient(self) -> str:
        """Where the test goes."""
        return self._recipient.text().strip()

    def set_recipient(self, address: str) -> None:
        """Suggest an address."""
        self._recipient.setText(address)

    def send(self) -> None:
        """Send now, with the stored settings."""
        self.button.setEnabled(False)
        self._show("", "")
        reply = self._desk.lanes.net(partial(self._desk.app.mail.send_test, self.recipient))
        reply.becameSlow.connect(self._say_sending)
        reply.then(self._sent, self._failed)

    def _say_sending(self) -> None:
        self._show(tr("Talking to the server…"), "")

    def _sent(self, answer: str) -> None:
        self.button.setEnabled(True)
        text = tr("The server took it: “{answer}”. Now look into the mailbox of {address}.")
        self._show(text.format(answer=answer, address=self.recipient), "ok")

    def _failed(self, error: object) -> None:
        self.button.setEnabled(True)
        if isinstance(error, BillDeskError | OSError):
            self._show(str(error), "bad")
        else:
            self._desk.report(error)

    def _show(self, text: str, tone: str) -> None:
        self.result.setText(text)
        self.result.setVisible(bool(text))
        set_property(self.result, "tone", tone)
        self._icon.setVisible(bool(tone))
        icon = "check-circle" if tone == "ok" else "alert"
        self._icon.set_icon(icon, f"pill.{tone}.fg" if tone else None)
