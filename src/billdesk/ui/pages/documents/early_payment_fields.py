"""The discount for paying early: percent and days, both or neither."""

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.early_payment import LONGEST_DAYS, DiscountTerms
from billdesk.core.domain.errors import UserError
from billdesk.ui.format import Formats
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.entry import NumberEdit, PercentEdit
from billdesk.ui.widgets.field import Field


class EarlyPaymentFields(QWidget):
    """``edited`` on every change; half of it is an error beside the other half.

    While a number is refused, the terms are those that stood here before the cursor came.
    """

    edited = Signal()

    def __init__(self, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.percent = PercentEdit(formats)
        self.days = NumberEdit(formats, minimum=Decimal(0), places=0)
        self._settled: DiscountTerms | None = None
        self.fields = {
            "discount_percent": Field(tr("Discount for paying early"), self.percent, optional=True),
            "discount_days": Field(tr("Within days"), self.days, optional=True),
        }
        layout = row(self, spacing=16)
        for field in self.fields.values():
            layout.addWidget(field, 1)
        for edit in (self.percent, self.days):
            edit.valueChanged.connect(self._edited)
            edit.editingFinished.connect(self._settle)

    @property
    def terms(self) -> DiscountTerms | None:
        """What is typed, once it is whole."""
        percent, days = self.percent.value, self.days.value
        if self.percent.problem or self.days.problem:
            return self._settled
        if percent is None or days is None:
            return None
        try:
            return DiscountTerms(percent, int(days))
        except UserError:
            return self._settled

    def set_terms(self, terms: DiscountTerms | None) -> None:
        """Show terms; emits nothing."""
        self.percent.set_value(terms.percent if terms else None)
        self.days.set_value(Decimal(terms.days) if terms else None)
        self._settled = terms
        self.check()

    def _settle(self) -> None:
        self._settled = self.terms

    def _edited(self) -> None:
        self.check()
        self.edited.emit()

    def check(self) -> None:
        """Show what is missing or impossible beside its field."""
        percent, days = self.percent.value, self.days.value
        sentences = dict.fromkeys(self.fields, "")
        if percent is not None and not 0 < percent < 100:
            sentences["discount_percent"] = tr("Between 0 and 100 %.")
        elif percent is None and days is not None and not self.percent.problem:
            sentences["discount_percent"] = tr("Say how many percent.")
        if days is not None and days > LONGEST_DAYS:
            sentences["discount_days"] = tr("At most {days} days.").format(days=LONGEST_DAYS)
        elif days is None and percent is not None and not self.days.problem:
            sentences["discount_days"] = tr("Say within how many days.")
        for name, field in self.fields.items():
            field.set_error(sentences[name] or getattr(field.control, "problem", ""))
