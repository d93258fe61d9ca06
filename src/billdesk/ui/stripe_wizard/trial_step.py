"""Going live: the test payments that are booked so far, to be taken back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.queries.payments import PaymentRow
from billdesk.ui.format import Formats
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.card import Card

_MOST_SHOWN = 8


class TrialStep(WizardStep):
    """Lists them; what is done with them is the wizard's."""

    def __init__(self, formats: Formats, payments: Sequence[PaymentRow]) -> None:
        super().__init__(tr("Test payments"))
        self._count = len(payments)
        self.say(counted(self._count), "section")
        self.say(consequence())
        card = Card()
        for payment in payments[:_MOST_SHOWN]:
            card.body.addWidget(_line(formats, payment))
        more = self._count - _MOST_SHOWN
        if more > 0:
            card.body.addWidget(label(tr("and {count} more").format(count=more), "meta"))
        self.body.addWidget(card)

    @property
    def next_text(self) -> str:
        return tr("Take back")


def counted(count: int) -> str:
    """How many test payments the books have."""
    if count == 1:
        return tr("One test payment is in the books")
    return tr("{count} test payments are in the books").format(count=count)


def consequence() -> str:
    """What taking back does."""
    return tr(
        "While you tried Stripe out, payments of test mode were booked like money. It was none: "
        "take them back, and each is reversed by an entry of today. The invoices they paid are "
        "open again."
    )


def _line(formats: Formats, payment: PaymentRow) -> QWidget:
    made = QWidget()
    money = formats.money(payment.amount_minor, payment.currency, exponent(payment.currency))
    what = " · ".join(filter(None, (payment.number, payment.customer)))
    across = row(made, spacing=12)
    texts = column(spacing=0)
    name = label(what or tr("No invoice"), "strong")
    name.setWordWrap(True)
    texts.addWidget(name)
    texts.addWidget(label(formats.date(payment.received_on), "meta"))
    across.addLayout(texts, 1)
    across.addWidget(label(money))
    made.setAccessibleName(f"{what}, {money}")
    return made
