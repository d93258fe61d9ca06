"""The company's own fields as entries of a form."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from billdesk.core.domain.custom_fields import (
    NO,
    YES,
    CustomField,
    CustomValue,
    CustomValues,
    FieldType,
)
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import NumberEdit
from billdesk.ui.widgets.field import Field

_COLUMNS = 2


class CustomFieldsBox(QWidget):
    """``changed`` on every edit. Values of fields that are not offered stay as they are."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._entries: dict[str, QWidget] = {}
        self._kept: dict[str, str] = {}
        self._filling = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(12)
        for place in range(_COLUMNS):
            self._grid.setColumnStretch(place, 1)

    @property
    def is_empty(self) -> bool:
        """Whether no field is defined."""
        return not self._entries

    @property
    def problem(self) -> str:
        """What the first entry that cannot be read says; empty when all can."""
        problems = (getattr(entry, "problem", "") for entry in self._entries.values())
        return next(filter(None, problems), "")

    def set_fields(self, fields: Iterable[CustomField]) -> None:
        """Offer these fields; what is filled in stays."""
        values = self.values
        clear_layout(self._grid)
        self._entries = {}
        for position, field in enumerate(fields):
            entry = self._entry(field)
            self._entries[field.key] = entry
            shown = Field(field.label, entry, optional=not field.is_required)
            self._grid.addWidget(shown, position // _COLUMNS, position % _COLUMNS)
        self.set_values(values)

    @property
    def values(self) -> CustomValues:
        """What is filled in, in canonical form, by key."""
        filled = dict(self._kept)
        for key, entry in self._entries.items():
            filled[key] = _text_of(entry)
        return tuple(CustomValue(key, filled[key]) for key in sorted(filled) if filled[key])

    def set_values(self, values: CustomValues) -> None:
        """Show these; emits nothing."""
        self._filling = True
        self._kept = {one.key: one.value for one in values}
        for key, entry in self._entries.items():
            _show(entry, self._kept.get(key, ""))
        self._filling = False

    def _entry(self, field: CustomField) -> QWidget:
        match field.field_type:
            case FieldType.NUMBER:
                number = NumberEdit(self._desk.formats, places=6)
                number.valueChanged.connect(self._tell)
                return number
            case FieldType.DATE:
                day = DateEdit(self._desk.formats, self._desk.app.today)
                day.dateChanged.connect(self._tell)
                return day
            case FieldType.YES_NO:
                choices = [("", "–"), (YES, tr("Yes")), (NO, tr("No"))]
            case FieldType.CHOICE:
                choices = [("", "–"), *((choice, choice) for choice in field.choices)]
            case _:
                text = QLineEdit()
                text.textEdited.connect(self._tell)
                return text
        box = ChoiceBox(choices)
        box.valueChanged.connect(self._tell)
        return box

    def _tell(self, *_value: object) -> None:
        if not self._filling:
            self.changed.emit()


def _text_of(entry: QWidget) -> str:
    if isinstance(entry, ChoiceBox):
        return str(entry.value or "")
    if isinstance(entry, NumberEdit):
        return "" if entry.value is None else format(entry.value, "f")
    if isinstance(entry, DateEdit):
        return "" if entry.value is None else entry.value.isoformat()
    return entry.text() if isinstance(entry, QLineEdit) else ""


def _show(entry: QWidget, text: str) -> None:
    if isinstance(entry, ChoiceBox):
        entry.set_value(text)
    elif isinstance(entry, NumberEdit):
        entry.set_value(Decimal(text) if text else None)
    elif isinstance(entry, DateEdit):
        entry.set_value(date.fromisoformat(text) if text else None)
    elif isinstance(entry, QLineEdit):
        entry.setText(text)
