"""Database: where the books of this desk live, and a server to share them with others."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from billdesk.core.domain.database_address import DEFAULT_PORT, DatabaseAddress, check_address
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.database import DatabasePlace
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import confirm
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field, IconLabel, text_field

_ENCRYPTED = "require"


class DatabaseSection(Section):
    """Acts at once, on this computer only; another place counts from the next start."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Database"),
            tr(
                "The books live in one file on this computer. An office with several desks keeps "
                "them on a PostgreSQL server instead, and every desk works on the same books."
            ),
        )
        self._place: DatabasePlace | None = None
        self.where = label("")
        self.where.setWordWrap(True)
        self.next_start = label("", "meta")
        self.next_start.setWordWrap(True)
        host, self.host = text_field(tr("Server"), placeholder="office.example.com")
        self.port = CountEdit(desk.formats, minimum=1)
        database, self.database = text_field(tr("Database"), placeholder="billdesk")
        user, self.user = text_field(tr("User"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(tr("from the keychain or ~/.pgpass"))
        self.encrypted = QCheckBox(tr("Only over an encrypted connection"))
        self.form = Form()
        self.form.line(
            ("host", host, 3), ("port", Field(tr("Port"), self.port), 1), ("database", database, 2)
        )
        self.form.line(
            ("user", user, 1),
            ("password", Field(tr("Password"), self.password, optional=True), 1),
        )
        self.form.body.addWidget(self.encrypted)
        self.test_button = Button(tr("Test connection"), icon="refresh", on_click=self.test)
        self.use_button = Button(tr("Use at next start"), "primary", on_click=self.choose)
        self.file_button = Button(tr("Back to the file"), on_click=self._ask_file)
        self.result = label("", "meta")
        self.result.setWordWrap(True)
        self._answer = QWidget()
        self._progress = label(tr("Connecting…"), "meta")
        self._assemble()

    # What the page asks

    def show_company(self, company: CompanyInfo) -> None:
        if self._place is None:
            self._ask_place()

    def first_focus(self) -> QWidget | None:
        return self.host if self.host.isEnabled() else None

    # What people do

    def test(self) -> None:
        """Connect with what is typed and say what is there."""
        self._try(self.desk.app.database.test, self._tell)

    def choose(self) -> None:
        """Use the server from the next start on, if it can be reached."""
        self._try(self.desk.app.database.choose, self._chosen)

    # Inside

    def _try(
        self,
        work: Callable[[DatabaseAddress, str | None], str],
        done: Callable[[str], None],
    ) -> None:
        address = self._typed()
        if address is None:
            return
        self._busy(True)
        password = self.password.text() or None
        reply = self.desk.lanes.net(partial(work, address, password))
        reply.becameSlow.connect(self._progress.show)
        reply.then(done, self._failed, owner=self)

    def _typed(self) -> DatabaseAddress | None:
        self._answer.hide()
        self.form.show_problem("")
        if self.form.entry_problem():
            return None
        port = self.port.value
        try:
            return check_address(
                DatabaseAddress(
                    host=self.host.text().strip(),
                    port=DEFAULT_PORT if port is None else int(port),
                    database=self.database.text().strip(),
                    user=self.user.text().strip(),
                    tls_mode=_ENCRYPTED if self.encrypted.isChecked() else "",
                )
            )
        except UserError as error:
            self.form.show_problem(str(error), error.field)
            return None

    def _tell(self, sentence: str) -> None:
        self._busy(False)
        self.result.setText(sentence)
        self._answer.show()

    def _chosen(self, sentence: str) -> None:
        # In the keychain from now on; nothing in the window knows it any more.
        self.password.clear()
        self._tell(sentence)
        self._ask_place()

    def _failed(self, error: object) -> None:
        self._busy(False)
        if isinstance(error, BillDeskError):
            self.form.show_error(error, self.desk.report)
        else:
            self.desk.report(error)

    def _ask_file(self) -> None:
        confirm(
            self,
            tr("Go back to the file?"),
            tr(
                "From the next start on this desk opens the books in its data folder. The books on "
                "the server stay where they are; nothing is copied."
            ),
            tr("Use the file"),
            self._use_file,
        )

    def _use_file(self) -> None:
        self.desk.lanes.net(self.desk.app.database.use_file).then(
            lambda _none: self._ask_place(), self.desk.report, owner=self
        )

    def _ask_place(self) -> None:
        self.desk.lanes.net(self.desk.app.database.place).then(
            self._show_place, self.desk.report, owner=self
        )

    def _show_place(self, place: DatabasePlace) -> None:
        first = self._place is None
        self._place = place
        self.where.setText(_words(place, place.now))
        waits = place.chosen != place.now and not place.is_fixed
        self.next_start.setText(
            tr("From the next start: {place}").format(place=_words(place, place.chosen))
            if waits
            else tr("The practice company always lives in a folder of its own.")
        )
        self.next_start.setVisible(waits or place.is_fixed)
        self.file_button.setVisible(place.chosen is not None)
        for control in (self.form, self.test_button, self.use_button):
            control.setEnabled(not place.is_fixed)
        if first:
            self.form.fill(partial(self._fill, place.chosen or place.now))

    def _fill(self, address: DatabaseAddress | None) -> None:
        self.port.set_value(Decimal(address.port if address else DEFAULT_PORT))
        if address is not None:
            self.host.setText(address.host)
            self.database.setText(address.database)
            self.user.setText(address.user)
            self.encrypted.setChecked(address.tls_mode == _ENCRYPTED)

    def _busy(self, is_busy: bool) -> None:
        if not is_busy:
            self._progress.hide()
        for button in (self.test_button, self.use_button):
            button.setEnabled(not is_busy)

    def _assemble(self) -> None:
        here = self.card(tr("Where the books are"))
        here.body.addWidget(self.where)
        here.body.addWidget(self.next_start)
        self.next_start.hide()
        server = self.card(tr("PostgreSQL server"))
        server.body.addWidget(self.form)
        answer = row(self._answer, spacing=6)
        answer.addWidget(IconLabel("check-circle", "pill.ok.fg", 16))
        answer.addWidget(self.result, 1)
        self._answer.hide()
        server.body.addWidget(self._answer)
        buttons = row(spacing=10)
        buttons.addWidget(self.use_button)
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.file_button)
        buttons.addWidget(self._progress)
        buttons.addStretch(1)
        server.body.addLayout(buttons)
        self._progress.hide()
        self.file_button.hide()
        note = label(
            tr(
                "BillDesk opens the server at its next start. To take the books there, export the "
                "company and import it on the server."
            ),
            "meta",
        )
        note.setWordWrap(True)
        server.body.addWidget(note)


def _words(place: DatabasePlace, address: DatabaseAddress | None) -> str:
    if address is None:
        return tr("The file books.db in {folder}").format(folder=place.folder)
    return tr("The database “{database}” on {host}, as {user}").format(
        database=address.database, host=f"{address.host}:{address.port}", user=address.user
    )
