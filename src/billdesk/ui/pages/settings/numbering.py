"""How invoices are numbered, with what the next number would look like."""

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field

_SAMPLE_CUSTOMER = "C-0001"


@dataclass(frozen=True)
class Series:
    """What the section edits."""

    pattern: str
    reset: Reset
    at_creation: bool


class NumberingSection(FormSection):
    """Pattern, restart, and whether a draft has a number already."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Numbering"),
            tr("Every invoice gets the next number, without gaps. Changes apply to new ones."),
        )
        pattern, self.pattern = text_field(
            tr("Pattern"),
            helper=tr(
                "{seq:05} counts with five digits; {yyyy}, {yy} and {mm} are the date, "
                "{customer} the customer number."
            ),
        )
        self.reset = ChoiceBox(
            [
                (Reset.NEVER, tr("Never")),
                (Reset.YEARLY, tr("Every year")),
                (Reset.MONTHLY, tr("Every month")),
            ]
        )
        self.at_creation = QCheckBox(tr("Give drafts their number at once"))
        self.form.line(
            ("pattern", pattern, 3),
            ("reset", Field(tr("Start again at 1"), self.reset), 2),
        )
        self.example = label("", "section")
        self.form.body.addWidget(label(tr("The next invoice"), "meta"))
        self.form.body.addWidget(self.example)
        self.form.body.addSpacing(8)
        self.form.body.addWidget(self.at_creation)
        self.form.watch(self.at_creation)
        why = label(
            tr(
                "Usually an invoice gets its number when it is issued, so that a deleted draft "
                "leaves no gap. With this switch the number is taken when the draft is begun; a "
                "draft thrown away then stays in the list as void, to explain its number."
            ),
            "meta",
        )
        why.setWordWrap(True)
        self.form.body.addWidget(why)
        self.card().body.addWidget(self.form)

    def first_focus(self) -> QWidget | None:
        return self.pattern

    def values_of(self, company: CompanyInfo) -> Series:
        series = company.series
        return Series(series.pattern, series.reset, series.at_creation)

    def fill(self, values: Series) -> None:
        self.pattern.setText(values.pattern)
        self.reset.set_value(values.reset)
        self.at_creation.setChecked(values.at_creation)
        self._show_example()

    def collect(self) -> Series:
        return Series(self.pattern.text().strip(), self.reset.value, self.at_creation.isChecked())

    def store(self, values: Series) -> None:
        self.desk.app.settings.save_series(
            values.pattern, values.reset, at_creation=values.at_creation
        )

    def saved_text(self) -> str:
        return tr("Numbering saved.")

    def edited(self) -> None:
        self._show_example()

    def _show_example(self) -> None:
        values = self.collect()
        field = self.form.field("pattern")
        try:
            checked = NumberPattern(values.pattern, values.reset)
            text = checked.format(self._next(checked), self.desk.app.today(), _SAMPLE_CUSTOMER)
        except UserError as error:
            field.set_error(str(error))
            self.example.setText("–")
            return
        field.set_error("")
        self.example.setText(text)

    def _next(self, pattern: NumberPattern) -> int:
        """The counter as it stands; a restart that is new begins at 1."""
        if self.company is None:
            return 1
        series = self.company.series
        if pattern.pattern == series.pattern and pattern.reset is series.reset:
            stored = NumberPattern(series.pattern, series.reset)
            today = self.desk.app.today()
            return stored.sequence_of(series.next_number, today, _SAMPLE_CUSTOMER) or 1
        if pattern.reset is not series.reset or pattern.per_customer:
            return 1
        same = NumberPattern(series.pattern, series.reset)
        return same.sequence_of(series.next_number, self.desk.app.today(), _SAMPLE_CUSTOMER) or 1
