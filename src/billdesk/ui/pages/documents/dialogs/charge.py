"""Charge a card that the customer left for it."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.stripe.cards import ChargeInput
from billdesk.ui.card_words import card_name, card_until
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import amount_title, money_edit
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field


class ChargeDialog(FormDialog):
    """Which card and how much; it is charged once."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Charge a saved card for {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Charge card"), parent=parent)
        self._detail = detail
        cards = [
            (card.id, " ".join(filter(None, (card_name(card.brand, card.last4), card_until(card)))))
            for card in detail.cards
        ]
        self.card = ChoiceBox(cards, cards[0][0])
        self.card.lock_single()
        self.amount = money_edit(desk, detail.currency, detail.ask_minor)
        self.body.addWidget(self.add_field("card_id", Field(tr("Card"), self.card)))
        self.body.addWidget(
            self.add_field("minor", Field(amount_title(detail.currency), self.amount))
        )
        about = tr(
            "Its payment link is switched off first, so that nobody pays twice. The card is "
            "charged once: if the bank says no, nothing tries again by itself."
        )
        self.about = label(about, "text2")
        self.about.setWordWrap(True)
        self.body.addWidget(self.about)
        self.finish_form()
        self.amount.setFocus()

    def submit(self) -> None:
        if not self.amount.minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        given = ChargeInput(self._detail.id, int(self.card.value), self.amount.minor)
        self.run(partial(self.desk.app.cards.charge, given))
