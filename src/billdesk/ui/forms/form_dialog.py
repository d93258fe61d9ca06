"""A dialog whose verb does its work in a lane and shows what is wrong beside the field."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.ui.desk import Desk
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.field import Field


class FormDialog(Dialog):
    """Stays open until the work has succeeded; ``done(result)`` then carries its result."""

    succeeded = Signal(object)

    def __init__(
        self, desk: Desk, title: str, verb: str, *, danger: bool = False, parent: QWidget
    ) -> None:
        super().__init__(title, verb, danger=danger, parent=parent)
        self.desk = desk
        self._fields: dict[str, Field] = {}
        self._problem = label("", "", "bad")
        self._problem.setWordWrap(True)
        self._problem.hide()

    def add_field(self, name: str, field: Field) -> Field:
        """Show a field; ``name`` is what the core calls it in its errors."""
        self._fields[name] = field
        return field

    def finish_form(self) -> None:
        """Close the body with the place for errors that belong to no field."""
        self.body.addWidget(self._problem)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """As high as the texts need that wrap at this width; adjustSize stops at 2/3 screen."""
        layout = self.layout()
        if layout is not None:
            width = max(self.width(), self.minimumWidth())
            layout.activate()
            self.resize(width, layout.totalHeightForWidth(width))

    def run(self, work: Callable[[], object]) -> None:
        """Do the work in the write lane; the dialog closes when it succeeded."""
        self.show_problem("")
        self.verb_button.setEnabled(False)
        self.desk.lanes.write(work).then(self._succeeded, self._failed)

    def show_problem(self, sentence: str, field_name: str = "") -> None:
        """Show an error beside its field, or below all of them; empty clears everything."""
        for field in self._fields.values():
            field.set_error("")
        field_ = self._fields.get(field_name)
        if field_ is not None and sentence:
            field_.set_error(sentence)
            field_.control.setFocus()
        self._problem.setText("" if field_ is not None else sentence)
        self._problem.setVisible(bool(self._problem.text()))
        self.fit()

    @property
    def problem(self) -> str:
        """The error on show, wherever it stands."""
        return self._problem.text() or next(
            (field.error for field in self._fields.values() if field.error), ""
        )

    def _succeeded(self, result: object) -> None:
        self.succeeded.emit(result)
        self.accept()

    def _failed(self, error: object) -> None:
        self.verb_button.setEnabled(True)
        if isinstance(error, BillDeskError):
            name = error.field if isinstance(error, UserError) else None
            self.show_problem(str(error), name or "")
        else:
            self.reject()
            self.desk.report(error)
