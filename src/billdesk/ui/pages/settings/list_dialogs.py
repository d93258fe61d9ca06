"""A field of the company's own, a price list and a cost centre, each in a dialog."""

from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.custom_fields import CustomField, Entity, FieldType
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.custom_fields import CustomFieldRow
from billdesk.core.queries.prices import PriceListRow
from billdesk.core.services.cost_centres import CostCentreInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, currency_choices
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.text import tr
from billdesk.ui.widgets.field import Field, text_field


def type_name(kind: FieldType) -> str:
    """What can be entered, in plain words."""
    return {
        FieldType.TEXT: tr("Text"),
        FieldType.NUMBER: tr("Number"),
        FieldType.DATE: tr("Date"),
        FieldType.YES_NO: tr("Yes or no"),
        FieldType.CHOICE: tr("Choice"),
    }[kind]


class FieldDialog(FormDialog):
    """A field's kind is chosen once; its name, answers and rules can change."""

    def __init__(
        self, desk: Desk, entity: Entity, row: CustomFieldRow | None, parent: QWidget
    ) -> None:
        super().__init__(
            desk,
            tr("New field") if row is None else tr("Edit field"),
            tr("Add") if row is None else tr("Save"),
            parent=parent,
        )
        self._entity = entity
        self._row = row
        shown = row.field if row is not None else CustomField("", "")
        name, self.label = text_field(tr("Name"), shown.label)
        self.kind = ChoiceBox([(each, type_name(each)) for each in FieldType], shown.field_type)
        self.kind.setEnabled(row is None)
        self.choices = TextArea(lines=4)
        self.choices.set_text("\n".join(shown.choices))
        self.is_required = QCheckBox(tr("Required"))
        self.is_required.setChecked(shown.is_required)
        self.is_printed = QCheckBox(tr("Printed on documents"))
        self.is_printed.setChecked(shown.is_printed)
        self.is_printed.setVisible(entity is not Entity.ITEM)
        self.body.addWidget(self.add_field("label", name))
        self.body.addWidget(self.add_field("field_type", Field(tr("Kind"), self.kind)))
        self._answers = Field(tr("Answers"), self.choices, helper=tr("One on each line."))
        self.body.addWidget(self.add_field("choices", self._answers))
        self.body.addWidget(self.is_required)
        self.body.addWidget(self.is_printed)
        self.finish_form()
        self.kind.valueChanged.connect(self._show_answers)
        self._show_answers(shown.field_type)
        self.label.setFocus()

    def submit(self) -> None:
        chosen = self.kind.value is FieldType.CHOICE
        field = CustomField(
            self._row.field.key if self._row is not None else "",
            self.label.text(),
            self.kind.value,
            tuple(self.choices.text().splitlines()) if chosen else (),
            self.is_required.isChecked(),
            self.is_printed.isChecked() and self._entity is not Entity.ITEM,
        )
        service = self.desk.app.custom_fields
        if self._row is None:
            self.run(partial(service.create, self._entity, field))
        else:
            self.run(partial(service.update, self._row.id, field))

    def _show_answers(self, kind: object) -> None:
        self._answers.setVisible(kind is FieldType.CHOICE)
        self.fit()


class PriceListDialog(FormDialog):
    """A price list has one currency for good: its prices are of it."""

    def __init__(self, desk: Desk, row: PriceListRow | None, parent: QWidget) -> None:
        super().__init__(
            desk,
            tr("New price list") if row is None else tr("Rename price list"),
            tr("Add") if row is None else tr("Save"),
            parent=parent,
        )
        self._row = row
        name, self.name = text_field(tr("Name"), row.name if row is not None else "")
        self.currency = ChoiceBox(
            currency_choices(desk.formats.locale, tr("The company's own")),
            row.currency if row is not None else "",
        )
        self.currency.setEnabled(row is None)
        self.body.addWidget(self.add_field("name", name))
        self.body.addWidget(self.add_field("currency", Field(tr("Currency"), self.currency)))
        self.finish_form()
        self.name.setFocus()

    def submit(self) -> None:
        service = self.desk.app.price_lists
        if self._row is None:
            self.run(partial(service.create, self.name.text(), self.currency.value or ""))
        else:
            self.run(partial(service.rename, self._row.id, self.name.text()))


class CostCentreDialog(FormDialog):
    """A code of its own and a name."""

    def __init__(self, desk: Desk, row: CostCentreRow | None, parent: QWidget) -> None:
        super().__init__(
            desk,
            tr("New cost centre") if row is None else tr("Edit cost centre"),
            tr("Add") if row is None else tr("Save"),
            parent=parent,
        )
        self._row = row
        code, self.code = text_field(tr("Code"), row.code if row is not None else "")
        name, self.name = text_field(tr("Name"), row.name if row is not None else "")
        self.body.addWidget(self.add_field("code", code))
        self.body.addWidget(self.add_field("name", name))
        self.finish_form()
        self.code.setFocus()

    def submit(self) -> None:
        given = CostCentreInput(self.code.text(), self.name.text())
        service = self.desk.app.cost_centres
        if self._row is None:
            self.run(partial(service.create, given))
        else:
            self.run(partial(service.update, self._row.id, given))
