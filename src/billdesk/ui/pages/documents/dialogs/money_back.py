"""Money that went back to a customer by itself: the owner says what it means."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.documents import PaymentRow
from billdesk.core.queries.money import RefundRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field


def meaning_words() -> list[tuple[RefundMeaning, str]]:
    """What a refund can mean; the usual one first."""
    return [
        (RefundMeaning.CREDIT_NOTE, tr("The sale is taken back, by a credit note")),
        (RefundMeaning.REOPENED, tr("The customer still owes it")),
        (RefundMeaning.GOODWILL, tr("Goodwill: the sale stands")),
        (RefundMeaning.CREDIT_RETURNED, tr("It was credit the customer had left")),
    ]


class RefundDialog(FormDialog):
    """Explains one refund made at Stripe."""

    def __init__(self, desk: Desk, refund: RefundRow, parent: QWidget) -> None:
        amount = desk.money(refund.minor, refund.currency)
        title = tr("What was the refund of {amount} for?").format(amount=amount)
        super().__init__(desk, title, tr("Save"), parent=parent)
        self._refund_id = refund.id
        text = label(
            tr("It went back at Stripe on {day}. Until you say, nobody is asked to pay.").format(
                day=desk.formats.date(refund.refunded_on)
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.meaning = ChoiceBox(meaning_words(), RefundMeaning.CREDIT_NOTE)
        reason, self.reason = text_field(tr("Reason on the credit note"), optional=True)
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("meaning", Field(tr("Meaning"), self.meaning)))
        self._reason = self.add_field("reason", reason)
        self.body.addWidget(self._reason)
        self.finish_form()
        self.meaning.valueChanged.connect(self._follow)
        self.meaning.setFocus()

    def submit(self) -> None:
        explain = self.desk.app.refunds.explain
        meaning, reason = self.meaning.value, self.reason.text().strip()
        self.run(partial(explain, self._refund_id, meaning, reason))

    def _follow(self) -> None:
        self._reason.setVisible(self.meaning.value is RefundMeaning.CREDIT_NOTE)
        self.fit()


class DisputeDialog(FormDialog):
    """Says what a lost dispute means."""

    def __init__(self, desk: Desk, payment: PaymentRow, parent: QWidget) -> None:
        amount = desk.money(payment.disputed_minor, payment.currency)
        title = tr("Is the dispute over {amount} lost?").format(amount=amount)
        super().__init__(desk, title, tr("Save"), parent=parent)
        self._payment_id = payment.id
        text = label(
            tr(
                "The customer's bank took the money back. Should it come back after all, it "
                "settles again what is open."
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.bad_debt = ChoiceBox(
            [
                (False, tr("The customer still owes it")),
                (True, tr("Bad debt: it will not be paid")),
            ],
            False,
        )
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("bad_debt", Field(tr("Meaning"), self.bad_debt)))
        self.finish_form()
        self.bad_debt.setFocus()

    def submit(self) -> None:
        lost = self.desk.app.deductions.dispute_lost
        self.run(partial(lost, self._payment_id, bad_debt=self.bad_debt.value))
