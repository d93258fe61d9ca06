"""Let credit of a customer settle a debt: which money, which document, how much."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.money import OpenReceivable, UnusedMoney
from billdesk.core.services.payments import Share
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import amount_title, debt_title, money_edit, money_title
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field


class UseDialog(FormDialog):
    """Money and debts of one customer in one currency; a single one of either is no choice.

    ``succeeded`` carries the document's number.
    """

    def __init__(
        self,
        desk: Desk,
        money: Sequence[UnusedMoney],
        debts: Sequence[OpenReceivable],
        parent: QWidget,
    ) -> None:
        super().__init__(desk, tr("Use credit for an invoice"), tr("Use credit"), parent=parent)
        currency = money[0].currency
        self.source = ChoiceBox([(one, money_title(desk, one)) for one in money], money[0])
        self.source.lock_single()
        self.debt = ChoiceBox([(one, debt_title(desk, one)) for one in debts], debts[0])
        self.debt.lock_single()
        self.amount = money_edit(desk, currency)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("source", Field(tr("From"), self.source)))
        self.body.addWidget(self.add_field("document_id", Field(tr("For"), self.debt)))
        self.body.addWidget(self.add_field("minor", Field(amount_title(currency), self.amount)))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.source.valueChanged.connect(self._suggest)
        self.debt.valueChanged.connect(self._suggest)
        self.amount.valueChanged.connect(self._explain)
        self._suggest()
        self.amount.selectAll()
        self.amount.setFocus()

    def submit(self) -> None:
        minor = self.amount.minor
        if not minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        source, debt = self._source, self._debt
        share, allocations = Share(debt.document_id, minor), self.desk.app.allocations

        def work() -> str:
            if source.payment_id is not None:
                allocations.use_payment(source.payment_id, share)
            else:
                allocations.use_credit_note(source.credit_note_id or 0, share)
            return debt.number

        self.run(work)

    @property
    def _source(self) -> UnusedMoney:
        source: UnusedMoney = self.source.value
        return source

    @property
    def _debt(self) -> OpenReceivable:
        debt: OpenReceivable = self.debt.value
        return debt

    def _suggest(self, *_value: object) -> None:
        self.amount.set_minor(min(self._source.left_minor, self._debt.open_minor))
        self._explain()

    def _explain(self, *_value: object) -> None:
        minor, money = self.amount.minor or 0, self.desk.money
        still = max(self._debt.open_minor - minor, 0)
        left = max(self._source.left_minor - minor, 0)
        if still:
            text = tr("{open} stays open on {number}").format(
                open=money(still, self._debt.currency), number=self._debt.number
            )
        else:
            text = tr("Nothing stays open on {number}").format(number=self._debt.number)
        if left:
            text = tr("{open}; {left} of the credit is left.").format(
                open=text, left=money(left, self._source.currency)
            )
        else:
            text = tr("{open}; the credit is used up.").format(open=text)
        self.consequence.setText(text)
        self.fit()


class MoveDialog(FormDialog):
    """Let what a payment settles of one document settle another one instead.

    ``succeeded`` carries the other's number.
    """

    def __init__(
        self,
        desk: Desk,
        payment_id: int,
        settled: tuple[int, str, int],
        debts: Sequence[OpenReceivable],
        parent: QWidget,
    ) -> None:
        """``settled``: the document's id, its number, and how much of it the payment settles."""
        self._from_id, number, self._minor = settled
        title = tr("Move money from {number}").format(number=number)
        super().__init__(desk, title, tr("Move"), parent=parent)
        self._payment_id = payment_id
        self._number = number
        currency = debts[0].currency
        self.debt = ChoiceBox([(one, debt_title(desk, one)) for one in debts], debts[0])
        self.debt.lock_single()
        self.amount = money_edit(desk, currency)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("document_id", Field(tr("To"), self.debt)))
        self.body.addWidget(self.add_field("minor", Field(amount_title(currency), self.amount)))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.debt.valueChanged.connect(self._suggest)
        self.amount.valueChanged.connect(self._explain)
        self._suggest()
        self.debt.setFocus()

    def submit(self) -> None:
        minor = self.amount.minor
        if not minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        debt = self._debt
        move = partial(
            self.desk.app.allocations.move,
            self._payment_id,
            self._from_id,
            Share(debt.document_id, minor),
        )

        def work() -> str:
            move()
            return debt.number

        self.run(work)

    @property
    def _debt(self) -> OpenReceivable:
        debt: OpenReceivable = self.debt.value
        return debt

    def _suggest(self, *_value: object) -> None:
        self.amount.set_minor(min(self._minor, self._debt.open_minor))
        self._explain()

    def _explain(self, *_value: object) -> None:
        minor, currency = self.amount.minor or 0, self._debt.currency
        self.consequence.setText(
            tr("{amount} is owed on {number} again.").format(
                amount=self.desk.money(minor, currency), number=self._number
            )
        )
        self.fit()
