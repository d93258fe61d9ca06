"""Money given back by hand: out of a payment, or of a credit note that is left."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.money import PaymentDetail, SettledDocument
from billdesk.core.services.payments import RefundInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, Pair
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import amount_title, chosen_method, day_edit, method_box, money_edit
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.field import Field, text_field


class GiveBackDialog(FormDialog):
    """What it means decides what the customer owes afterwards."""

    def __init__(
        self,
        desk: Desk,
        currency: str,
        left_minor: int,
        meanings: Sequence[Pair],
        own_currency: str,
        parent: QWidget,
    ) -> None:
        """``meanings`` are of (meaning, document or ``None``); ``left_minor`` settles nothing.

        ``own_currency`` is the company's: where the money is in another, it may be said what left.
        """
        super().__init__(desk, tr("Give money back"), tr("Record refund"), parent=parent)
        self._payment_id: int | None = None
        self._note_id: int | None = None
        self._left_minor = left_minor
        self._currency = currency
        self._own_currency = own_currency
        self.meaning = ChoiceBox(meanings, meanings[0][0])
        self.meaning.lock_single()
        self.amount = money_edit(desk, currency)
        self.left = money_edit(desk, own_currency)
        self.on = day_edit(desk)
        self.method = method_box()
        reference, self.reference = text_field(tr("Reference"), optional=True)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("meaning", Field(tr("What it is"), self.meaning)))
        first, second = row(spacing=16), row(spacing=16)
        first.addWidget(self.add_field("minor", Field(amount_title(currency), self.amount)), 1)
        first.addWidget(self.add_field("refunded_on", Field(tr("On"), self.on)), 1)
        second.addWidget(self.add_field("method", Field(tr("How"), self.method)), 1)
        second.addWidget(self.add_field("reference", reference), 1)
        self.body.addLayout(first)
        self.body.addLayout(second)
        left = Field(
            tr("What left your account, in {currency}").format(currency=own_currency),
            self.left,
            helper=tr(
                "Where it was converted. Left empty, it goes back at the value it came in with."
            ),
            optional=True,
        )
        left.setVisible(currency != own_currency)
        self.body.addWidget(self.add_field("paid_minor", left))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.meaning.valueChanged.connect(self._suggest)
        self.amount.valueChanged.connect(self._explain)
        self._suggest()
        self.amount.selectAll()
        self.amount.setFocus()

    @classmethod
    def of_payment(
        cls, desk: Desk, detail: PaymentDetail, own_currency: str, parent: QWidget
    ) -> "GiveBackDialog":
        """Out of a payment: the rest that is credit, a settled part, or goodwill."""
        payment = detail.payment
        meanings: list[Pair] = []
        if payment.unallocated_minor > 0 and payment.customer_id is not None:
            rest = desk.money(payment.unallocated_minor, payment.currency)
            title = tr("The customer's credit of {amount}").format(amount=rest)
            meanings.append(((RefundMeaning.CREDIT_RETURNED, None), title))
        for one in detail.settles:
            title = tr("{number} is owed again").format(number=one.number)
            meanings.append(((RefundMeaning.REOPENED, one), title))
        meanings.append(((RefundMeaning.GOODWILL, None), tr("Goodwill: the sale stands")))
        left = payment.unallocated_minor
        made = cls(desk, payment.currency, left, meanings, own_currency, parent)
        made._payment_id = payment.id
        return made

    @classmethod
    def of_credit_note(
        cls,
        desk: Desk,
        note: tuple[int, str, str],
        left_minor: int,
        own_currency: str,
        parent: QWidget,
    ) -> "GiveBackDialog":
        """Pay out what a credit note (id, number, currency) has left."""
        note_id, number, currency = note
        title = tr("Pay out {number}").format(number=number)
        meanings: list[Pair] = [((RefundMeaning.CREDIT_NOTE, None), title)]
        made = cls(desk, currency, left_minor, meanings, own_currency, parent)
        made._note_id = note_id
        return made

    def submit(self) -> None:
        minor, day = self.amount.minor, self.on.value
        if not minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        if day is None:
            self.show_problem(tr("Enter the day."), "refunded_on")
            return
        meaning, settled = self._chosen
        converted = self.left.minor or None
        given = RefundInput(
            minor,
            chosen_method(self.method),
            day,
            payment_id=self._payment_id,
            credit_note_id=self._note_id,
            meaning=meaning,
            document_id=settled.document_id if settled is not None else None,
            reference=self.reference.text().strip(),
            paid_currency=self._own_currency if converted else None,
            paid_minor=converted,
        )
        self.run(partial(self.desk.app.refunds.refund, given))

    @property
    def _chosen(self) -> tuple[RefundMeaning, SettledDocument | None]:
        chosen: tuple[RefundMeaning, SettledDocument | None] = self.meaning.value
        return chosen

    def _suggest(self, *_value: object) -> None:
        meaning, settled = self._chosen
        if settled is not None:
            self.amount.set_minor(settled.minor)
        elif meaning is not RefundMeaning.GOODWILL:
            self.amount.set_minor(self._left_minor)
        else:
            self.amount.set_minor(None)
        self._explain()

    def _explain(self, *_value: object) -> None:
        meaning, settled = self._chosen
        amount = self.desk.money(self.amount.minor or 0, self._currency)
        if settled is not None:
            text = tr("{amount} of {number} is open again afterwards.").format(
                amount=amount, number=settled.number
            )
        elif meaning is RefundMeaning.GOODWILL:
            text = tr("Nothing is owed because of it; {amount} is your expense.").format(
                amount=amount
            )
        else:
            left = max(self._left_minor - (self.amount.minor or 0), 0)
            text = tr("Nothing of it is left afterwards.")
            if left:
                rest = self.desk.money(left, self._currency)
                text = tr("{rest} of it is left afterwards.").format(rest=rest)
        self.consequence.setText(text)
        self.fit()
