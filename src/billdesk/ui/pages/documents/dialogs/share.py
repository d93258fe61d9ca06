"""Invoice a part of a quote, or ask for a part of it in advance."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum, auto
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.documents.quotes import BillInput, DepositInput, QuoteLeft
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, Pair
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.documents.dialogs.quantities import LineLeft, Quantities
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.entry import MoneyEdit, PercentEdit
from billdesk.ui.widgets.field import Field

_HUNDRED = Decimal(100)
_USUAL_DEPOSIT = Decimal(30)


class Way(Enum):
    """How a part of a quote is named."""

    PERCENT = auto()
    AMOUNT = auto()
    LINES = auto()


class ShareDialog(FormDialog):
    """Percent of the whole, an amount with tax, or (where it is allowed) lines.

    ``succeeded`` carries the draft that was saved.
    """

    def __init__(
        self,
        desk: Desk,
        detail: DocumentDetail,
        most_minor: int,
        words: tuple[str, str],
        ways: Sequence[Pair],
        parent: QWidget,
    ) -> None:
        """``words``: title and verb; ``most_minor``: what is left to ask for."""
        super().__init__(desk, *words, parent=parent)
        self._detail = detail
        self._most_minor = most_minor
        self.way = ChoiceBox(ways, ways[0][0])
        self.percent = PercentEdit(desk.formats, maximum=_HUNDRED)
        scale = exponent(detail.currency)
        self.amount = MoneyEdit(desk.formats, detail.currency, scale, minimum_minor=0)
        self._percent = self.add_field("percent", Field(tr("Percent of the whole"), self.percent))
        name = tr("Amount in {currency}, with tax").format(currency=detail.currency)
        self._amount = self.add_field("amount_minor", Field(name, self.amount))
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("way", Field(tr("How much"), self.way)))
        self.body.addWidget(self._percent)
        self.body.addWidget(self._amount)
        self.way.valueChanged.connect(self._follow)
        self.percent.valueChanged.connect(self._explain)
        self.amount.valueChanged.connect(self._explain)

    def finish(self) -> None:
        """Close the body; called at the end of a subclass's own."""
        self.body.addWidget(self.consequence)
        self.finish_form()
        self._follow()
        self.percent.setFocus()

    def entered(self) -> tuple[Decimal | None, int | None] | None:
        """Percent and amount as they were entered; ``None`` after telling what is missing."""
        if self.way.value is Way.PERCENT:
            if not self.percent.value:
                self.show_problem(self.percent.problem or tr("Enter a percentage."), "percent")
                return None
            return self.percent.value, None
        if not self.amount.minor:
            self.show_problem(self.amount.problem or tr("Enter an amount."), "amount_minor")
            return None
        return None, self.amount.minor

    def _follow(self, *_way: object) -> None:
        self._percent.setVisible(self.way.value is Way.PERCENT)
        self._amount.setVisible(self.way.value is Way.AMOUNT)
        self._explain()

    def _explain(self, *_value: object) -> None:
        money, currency = self.desk.money, self._detail.currency
        text = tr("{left} of {total} is left.").format(
            left=money(self._most_minor, currency),
            total=money(self._detail.total_minor, currency),
        )
        if self.way.value is Way.PERCENT and self.percent.value:
            share = round(self._detail.total_minor * self.percent.value / _HUNDRED)
            text = tr("That is {share}. {left}").format(share=money(share, currency), left=text)
        self.consequence.setText(text)
        self.fit()


class BillDialog(ShareDialog):
    """A draft over a part of the quote, until all of it is invoiced."""

    def __init__(
        self, desk: Desk, detail: DocumentDetail, left: QuoteLeft, parent: QWidget
    ) -> None:
        title = tr("Invoice a part of {number}").format(number=detail.number)
        shares = [(Way.PERCENT, tr("A percentage")), (Way.AMOUNT, tr("An amount"))]
        if left.quantities is not None:
            shares.append((Way.LINES, tr("Lines and quantities")))
        if left.quantities is not None and left.left_minor < detail.total_minor:
            # Lines were invoiced before: what is left of them is the likely next part.
            shares.reverse()
        words = (title, tr("Draft invoice"))
        super().__init__(desk, detail, left.left_minor, words, shares, parent)
        lines = [
            LineLeft(index, line.name, line.unit, (left.quantities or {}).get(index, Decimal(0)))
            for index, line in enumerate(detail.draft.lines)
        ]
        self.quantities = Quantities(desk, [line for line in lines if line.quantity > 0])
        self.body.addWidget(self.quantities)
        self.finish()

    def submit(self) -> None:
        if self.way.value is Way.LINES:
            if self.quantities.problem:
                self.show_problem(self.quantities.problem)
                return
            given = BillInput(self._detail.id, quantities=self.quantities.values)
        else:
            entered = self.entered()
            if entered is None:
                return
            percent, amount_minor = entered
            given = BillInput(self._detail.id, percent=percent, amount_minor=amount_minor)
        self.run(partial(self.desk.app.quotes.bill, given))

    def _follow(self, *_way: object) -> None:
        self.quantities.setVisible(self.way.value is Way.LINES)
        super()._follow()


class DepositDialog(ShareDialog):
    """A deposit invoice over a part of the quote; the final invoice deducts it once it is paid."""

    def __init__(
        self, desk: Desk, detail: DocumentDetail, left: QuoteLeft, parent: QWidget
    ) -> None:
        title = tr("Deposit on {number}").format(number=detail.number)
        ways = [(Way.PERCENT, tr("A percentage")), (Way.AMOUNT, tr("An amount"))]
        most = left.left_minor - left.asked_minor
        super().__init__(desk, detail, most, (title, tr("Draft deposit invoice")), ways, parent)
        self.percent.set_value(_USUAL_DEPOSIT)
        self.finish()

    def submit(self) -> None:
        entered = self.entered()
        if entered is not None:
            percent, amount_minor = entered
            given = DepositInput(self._detail.id, percent=percent, amount_minor=amount_minor)
            self.run(partial(self.desk.app.quotes.take_deposit, given))
