"""Give an issued invoice back: all of it, some lines, or an amount."""

from enum import Enum, auto
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.steps.credit import CreditInput, CreditLeft
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.documents.dialogs.quantities import LineLeft, Quantities
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.entry import MoneyEdit
from billdesk.ui.widgets.field import Field, text_field


class Part(Enum):
    """How what is given back is named."""

    ALL = auto()
    LINES = auto()
    AMOUNT = auto()


class CreditDialog(FormDialog):
    """Says before it is done what settles the invoice and what the customer has to their credit."""

    def __init__(
        self, desk: Desk, detail: DocumentDetail, left: CreditLeft, parent: QWidget
    ) -> None:
        title = tr("Credit note for {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Issue credit note"), parent=parent)
        self._detail = detail
        self._left = left
        money = desk.money(left.left_minor, detail.currency)
        parts = [(Part.ALL, tr("All that is left, {amount}").format(amount=money))]
        if left.quantities is not None:
            parts.append((Part.LINES, tr("Lines and quantities")))
        parts.append((Part.AMOUNT, tr("An amount")))
        self.part = ChoiceBox(parts, Part.ALL)
        scale = exponent(detail.currency)
        self.amount = MoneyEdit(desk.formats, detail.currency, scale, minimum_minor=0)
        name = tr("Amount in {currency}, with tax").format(currency=detail.currency)
        self._amount = self.add_field("amount_minor", Field(name, self.amount))
        rest = left.quantities or {}
        self.quantities = Quantities(
            desk,
            [
                LineLeft(index, line.name, line.unit, rest[index])
                for index, line in enumerate(detail.draft.lines)
                if index in rest
            ],
        )
        reason, self.reason = text_field(tr("Reason"), placeholder=tr("Wrong price"))
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("part", Field(tr("What is taken back"), self.part)))
        self.body.addWidget(self._amount)
        self.body.addWidget(self.quantities)
        self.body.addWidget(self.add_field("reason", reason))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.part.valueChanged.connect(self._follow)
        self.amount.valueChanged.connect(self._explain)
        self.quantities.changed.connect(self._explain)
        self._follow()
        self.reason.setFocus()

    def submit(self) -> None:
        part, given = self.part.value, CreditInput(self._detail.id, reason=self.reason.text())
        if part is Part.LINES:
            if self.quantities.problem or not self.quantities.values:
                self.show_problem(self.quantities.problem or tr("Enter what is taken back."))
                return
            given = CreditInput(given.invoice_id, self.quantities.values, reason=given.reason)
        elif part is Part.AMOUNT:
            if not self.amount.minor:
                problem = self.amount.problem or tr("Enter what is credited.")
                self.show_problem(problem, "amount_minor")
                return
            # Everything is credited line by line, as the invoice has it.
            minor = None if self.amount.minor == self._left.left_minor else self.amount.minor
            given = CreditInput(given.invoice_id, amount_minor=minor, reason=given.reason)
        self.run(partial(self.desk.app.credit_notes.credit, given))

    def _follow(self, *_part: object) -> None:
        self._amount.setVisible(self.part.value is Part.AMOUNT)
        self.quantities.setVisible(self.part.value is Part.LINES)
        self._explain()

    def _entered_minor(self) -> int:
        if self.part.value is Part.ALL:
            return self._left.left_minor
        if self.part.value is Part.AMOUNT:
            return self.amount.minor or 0
        return self._left.total_of(self.quantities.values)

    def _explain(self, *_value: object) -> None:
        try:
            minor = self._entered_minor()
        except UserError as error:
            self.consequence.setText(str(error))
            return
        detail, money = self._detail, self.desk.money
        settled = min(minor, detail.open_minor)
        text = tr("{amount} is no longer owed.").format(amount=money(settled, detail.currency))
        if minor > settled:
            rest = money(minor - settled, detail.currency)
            text = tr("{settled} {rest} becomes the customer's credit.").format(
                settled=text if settled else "", rest=rest
            )
        self.consequence.setText(text.strip())
        self.fit()
