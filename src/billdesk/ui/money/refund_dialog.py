"""Money that went back to a customer at Stripe: the owner says what it means."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.money import PaymentDetail, RefundRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field


def first_unexplained(detail: PaymentDetail) -> RefundRow | None:
    """The refund of a payment that is to be explained next."""
    return next((one for one in detail.refunds if one.is_unexplained), None)


def meaning_words() -> list[tuple[RefundMeaning, str]]:
    """What a refund can mean; the usual one first."""
    return [
        (RefundMeaning.CREDIT_NOTE, tr("The sale is taken back, by a credit note")),
        (RefundMeaning.REOPENED, tr("The customer still owes it")),
        (RefundMeaning.GOODWILL, tr("Goodwill: the sale stands")),
        (RefundMeaning.CREDIT_RETURNED, tr("It was credit the customer had left")),
    ]


def consequence_of(meaning: RefundMeaning) -> str:
    """What follows in the books from each meaning, with ``{amount}`` to fill in."""
    return {
        RefundMeaning.CREDIT_NOTE: tr(
            "A credit note over {amount} is issued, or one that is still open is used; nothing "
            "is owed."
        ),
        RefundMeaning.REOPENED: tr("{amount} of the invoice is open again and is reminded of."),
        RefundMeaning.GOODWILL: tr(
            "The invoice stays paid, with its tax; {amount} is an expense of yours."
        ),
        RefundMeaning.CREDIT_RETURNED: tr(
            "The customer has {amount} less credit; no invoice changes."
        ),
    }[meaning]


class RefundDialog(FormDialog):
    """Explains one refund made at Stripe."""

    def __init__(self, desk: Desk, refund: RefundRow, parent: QWidget) -> None:
        amount = desk.money(refund.minor, refund.currency)
        title = tr("What was the refund of {amount} for?").format(amount=amount)
        super().__init__(desk, title, tr("Save"), parent=parent)
        self._refund_id = refund.id
        self._amount = amount
        text = label(
            tr("It went back at Stripe on {day}. Until you say, nobody is asked to pay.").format(
                day=desk.formats.date(refund.refunded_on)
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.meaning = ChoiceBox(meaning_words(), RefundMeaning.CREDIT_NOTE)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        reason, self.reason = text_field(tr("Reason on the credit note"), optional=True)
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("meaning", Field(tr("Meaning"), self.meaning)))
        self._reason = self.add_field("reason", reason)
        self.body.addWidget(self._reason)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self._explain()
        self.meaning.valueChanged.connect(self._follow)
        self.meaning.setFocus()

    def submit(self) -> None:
        explain = self.desk.app.refunds.explain
        meaning, reason = self.meaning.value, self.reason.text().strip()
        self.run(partial(explain, self._refund_id, meaning, reason))

    def _follow(self) -> None:
        self._reason.setVisible(self.meaning.value is RefundMeaning.CREDIT_NOTE)
        self._explain()
        self.fit()

    def _explain(self) -> None:
        self.consequence.setText(consequence_of(self.meaning.value).format(amount=self._amount))
