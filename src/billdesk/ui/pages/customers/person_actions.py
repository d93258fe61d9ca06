"""A customer as a person and as a duplicate: merge, give out what is known, erase it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.customers import CustomerRow
from billdesk.core.services.personal_data import Erased, GivenOut
from billdesk.ui.desk import Desk
from billdesk.ui.files import ask_save_path, file_name
from billdesk.ui.forms.customer_picker import CustomerPicker
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.forms.soft_delete import UNDO_MS
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog, confirm
from billdesk.ui.widgets.field import Field


class PersonActions(QObject):
    """Each asks first."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent

    def merge(self, customer: CustomerRow) -> None:
        """Ask which customer this one is a duplicate of."""
        dialog = MergeDialog(self._desk, customer, self._widget)
        dialog.succeeded.connect(partial(self._merged, customer))
        dialog.open()

    def give_out(self, customer: CustomerRow) -> None:
        """Ask for a file and write everything that is known of the customer into it."""
        name = file_name(customer.name, ".zip")

        def write(path: Path) -> None:
            work = partial(self._desk.app.personal_data.give_out, customer.id, path)
            self._desk.lanes.write(work).then(self._given, self._desk.report, owner=self)

        title = tr("Give out personal data")
        ask_save_path(self._widget, title, name, tr("Archive (*.zip)"), write)

    def erase(self, customer: CustomerRow) -> None:
        """After a question: erase what does not have to be kept."""
        confirm(
            self._widget,
            tr("Erase the personal data of {name}?").format(name=customer.name),
            tr(
                "Name, addresses, contacts, notes, drafts and the texts of mails are erased. "
                "Issued documents are kept as they were sent, as the law asks. This cannot be "
                "undone."
            ),
            tr("Erase"),
            partial(self._erase, customer.id),
            danger=True,
        )

    def _merged(self, customer: CustomerRow, into_id: int) -> None:
        self._desk.window.open_page("customer", into_id)
        undo = partial(self._desk.app.customer_merges.undo, customer.id)
        self._desk.window.toasts.show(
            tr("{name} is merged.").format(name=customer.name),
            action=tr("Undo"),
            on_action=lambda: self._desk.lanes.write(undo).then(
                lambda _none: None, self._desk.report, owner=self
            ),
            duration_ms=UNDO_MS,
            icon="check",
        )

    def _given(self, given: GivenOut) -> None:
        self._desk.window.toasts.show(
            tr("Saved as {name}: {rows} and {files}.").format(
                name=given.file.name,
                rows=trn("{count} row", "{count} rows", given.rows),
                files=trn("{count} file", "{count} files", given.files),
            ),
            icon="check",
        )

    def _erase(self, customer_id: int) -> None:
        work = partial(self._desk.app.personal_data.erase, customer_id)
        self._desk.lanes.write(work).then(self._erased, self._desk.report, owner=self)

    def _erased(self, erased: Erased) -> None:
        """What to tell the person who asked; it stays until it was read."""
        dialog = Dialog(tr("Personal data erased"), tr("Close"), parent=self._desk.window)
        dialog.cancel_button.hide()
        text = label(erased.sentence, "text2")
        text.setWordWrap(True)
        dialog.body.addWidget(text)
        dialog.fit()
        dialog.open()


class MergeDialog(FormDialog):
    """``succeeded`` carries the id of the customer that stays."""

    def __init__(self, desk: Desk, customer: CustomerRow, parent: QWidget) -> None:
        title = tr("Which customer is {name}, really?").format(name=customer.name)
        super().__init__(desk, title, tr("Merge"), parent=parent)
        self._customer = customer
        self._into_id: int | None = None
        self.into = CustomerPicker(desk, customer.address.country, self)
        text = label(
            tr(
                "All documents and payments of {name} count for the other customer from now on, "
                "who is then the only one of the two on the list. They can be taken apart again."
            ).format(name=customer.name),
            "text2",
        )
        text.setWordWrap(True)
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("into_id", Field(tr("Merge into"), self.into.edit)))
        self.finish_form()
        self.into.chosen.connect(self.set_into)
        self.into.edit.setFocus()

    def set_into(self, customer_id: int | None) -> None:
        """The customer that stays."""
        self._into_id = customer_id

    def submit(self) -> None:
        into_id = self._into_id
        if into_id is None:
            self.show_problem(tr("Choose the customer that stays."), "into_id")
            return
        merge = partial(self.desk.app.customer_merges.merge, self._customer.id, into_id)

        def work() -> int:
            merge()
            return into_id

        self.run(work)
