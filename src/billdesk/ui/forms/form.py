"""Fields by the names the core uses for them, so that its errors stand beside the right one."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.custom_fields import CustomFieldsBox
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.field import Field, IconLabel


class Form(QWidget):
    """Rows of fields; ``edited`` whenever somebody changes one.

    An error of the core is shown beside the field it names, or below them all.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._filling = False
        outer = column(self, spacing=12)
        self.body: QVBoxLayout = column(spacing=12)
        outer.addLayout(self.body)
        self._problem_line = QWidget()
        line = row(self._problem_line, spacing=6)
        self._problem = label("", "", "bad")
        self._problem.setWordWrap(True)
        line.addWidget(IconLabel("alert", "pill.bad.fg", 16))
        line.addWidget(self._problem, 1)
        outer.addWidget(self._problem_line)
        self._problem_line.hide()

    def add(self, name: str, field: Field) -> Field:
        """Take a field in under the name the core uses; the caller places it."""
        self._fields[name] = field
        self.watch(field.control)
        return field

    def line(self, *parts: tuple[str, Field, int]) -> None:
        """Place fields side by side: name, field, share of the width."""
        across = row(spacing=16)
        for name, field, share in parts:
            across.addWidget(self.add(name, field), share)
        self.body.addLayout(across)

    def watch(self, control: QWidget) -> None:
        """Count a change of the control as an edit of the form."""
        if isinstance(control, QLineEdit):
            # textChanged as well as typing: a date or preset chosen with a button counts.
            control.textChanged.connect(self._tell_edited)
        elif isinstance(control, QPlainTextEdit):
            control.textChanged.connect(self._tell_edited)
        elif isinstance(control, ChoiceBox):
            control.valueChanged.connect(self._tell_edited)
        elif isinstance(control, QAbstractButton):
            control.toggled.connect(self._tell_edited)
        elif isinstance(control, EntryList | CustomFieldsBox):
            control.changed.connect(self._tell_edited)

    def fill(self, work: Callable[[], object]) -> None:
        """Set values without that counting as editing; errors go away."""
        self.prepare(work)
        self.show_problem("")

    def prepare(self, work: Callable[[], object]) -> None:
        """Set what can be chosen without that counting as editing; errors stay."""
        self._filling = True
        try:
            work()
        finally:
            self._filling = False

    def field(self, name: str) -> Field:
        """The field of that name. Raises ``KeyError``."""
        return self._fields[name]

    @property
    def names(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(self._fields)

    def entry_problem(self) -> str:
        """What the first wrongly filled entry says; empty when all can be read."""
        for field in self._fields.values():
            problem: str = getattr(field.control, "problem", "")
            if problem:
                field.set_error(problem)
                field.control.setFocus()
                return problem
        return ""

    def show_problem(self, sentence: str, field_name: str | None = None) -> None:
        """Show an error beside its field or below them all; empty takes every error away."""
        for field in self._fields.values():
            field.set_error(getattr(field.control, "problem", ""))
        name = field_name or ""
        # An error inside a list, such as contacts.1.email, stands below the list.
        named = self._fields.get(name) or self._fields.get(name.partition(".")[0])
        if named is not None and sentence:
            named.set_error(sentence)
            named.control.setFocus()
        below = "" if named is not None else sentence
        self._problem.setText(below)
        self._problem_line.setVisible(bool(below))
        self._problem_line.setAccessibleName(below)

    def show_error(self, error: object, report: Callable[[object], object]) -> None:
        """Show what a use case raised; what is no sentence for people goes to ``report``."""
        if isinstance(error, UserError):
            self.show_problem(str(error), error.field)
        elif isinstance(error, BillDeskError):
            self.show_problem(str(error))
        else:
            report(error)

    @property
    def problem(self) -> str:
        """The error on show, wherever it stands."""
        beside = (field.error for field in self._fields.values() if field.error)
        return self._problem.text() or next(beside, "")

    def _tell_edited(self, *_value: Any) -> None:
        if not self._filling:
            self.edited.emit()
