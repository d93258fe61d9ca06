"""How documents are numbered, kind by kind, with what the next number would look like."""

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.documents import DRAFTED_KINDS, DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field

_SAMPLE_CUSTOMER = "C-0001"
# The usual one first.
_KINDS = sorted(DocumentKind, key=lambda kind: kind is not DocumentKind.INVOICE)


@dataclass(frozen=True)
class Series:
    """What the section edits of one kind."""

    pattern: str
    reset: Reset
    at_creation: bool


Values = dict[DocumentKind, Series]


class NumberingSection(FormSection):
    """Pattern, restart, and whether a draft has a number already, for each kind of document."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Numbering"),
            tr(
                "Every document gets the next number of its kind, without gaps. Changes apply to "
                "new ones."
            ),
        )
        self._edits: Values = {}
        self._shown = DocumentKind.INVOICE
        self._refused: DocumentKind | None = None
        self.kind = ChoiceBox([(kind, kind_word(kind)) for kind in _KINDS], DocumentKind.INVOICE)
        self.kind.valueChanged.connect(self.show_kind)
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
        self.form.body.addWidget(Field(tr("Documents"), self.kind))
        self.form.line(
            ("pattern", pattern, 3),
            ("reset", Field(tr("Start again at 1"), self.reset), 2),
        )
        self.example = label("", "section")
        self.form.body.addWidget(label(tr("The next number"), "meta"))
        self.form.body.addWidget(self.example)
        self.form.body.addSpacing(8)
        self.form.body.addWidget(self.at_creation)
        self.form.watch(self.at_creation)
        self._why = label(
            tr(
                "Usually a document gets its number when it is issued, so that a deleted draft "
                "leaves no gap. With this switch the number is taken when the draft is begun; a "
                "draft thrown away then stays in the list as void, to explain its number."
            ),
            "meta",
        )
        self._why.setWordWrap(True)
        self.form.body.addWidget(self._why)
        self.card().body.addWidget(self.form)

    def first_focus(self) -> QWidget | None:
        return self.pattern

    def show_kind(self, kind: DocumentKind) -> None:
        """Show the numbers of another kind; what was typed for the one before stays."""
        self._edits = self.collect()
        self._shown = kind
        self.form.fill(self._show_edits)

    def values_of(self, company: CompanyInfo) -> Values:
        return {
            one.kind: Series(one.pattern, one.reset, one.at_creation) for one in company.all_series
        }

    def fill(self, values: Values) -> None:
        self._edits = dict(values)
        self._show_edits()

    def collect(self) -> Values:
        shown = Series(self.pattern.text().strip(), self.reset.value, self.at_creation.isChecked())
        return {**self._edits, self._shown: shown}

    def store(self, values: Values) -> None:
        stored = self.values_of(self.desk.app.queries.company())
        for kind in _KINDS:
            series = values[kind]
            if series != stored[kind]:
                self._refused = kind
                self.desk.app.settings.save_series(
                    series.pattern, series.reset, at_creation=series.at_creation, kind=kind
                )
        self._refused = None

    def saved_text(self) -> str:
        return tr("Numbering saved.")

    def edited(self) -> None:
        self._show_example()

    def _failed(self, error: object) -> None:
        if self._refused is not None and self._refused is not self._shown:
            self.kind.set_value(self._refused)
            self.show_kind(self._refused)
        super()._failed(error)

    def _show_edits(self) -> None:
        series = self._edits[self._shown]
        self.pattern.setText(series.pattern)
        self.reset.set_value(series.reset)
        self.at_creation.setChecked(series.at_creation)
        drafted = self._shown in DRAFTED_KINDS
        self.at_creation.setVisible(drafted)
        self._why.setVisible(drafted)
        self._show_example()

    def _show_example(self) -> None:
        values = self.collect()[self._shown]
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
        series = self.company.series_of(self._shown)
        if pattern.pattern == series.pattern and pattern.reset is series.reset:
            stored = NumberPattern(series.pattern, series.reset)
            today = self.desk.app.today()
            return stored.sequence_of(series.next_number, today, _SAMPLE_CUSTOMER) or 1
        if pattern.reset is not series.reset or pattern.per_customer:
            return 1
        same = NumberPattern(series.pattern, series.reset)
        return same.sequence_of(series.next_number, self.desk.app.today(), _SAMPLE_CUSTOMER) or 1
